"""Ways of paying. A new gateway is one more file here and one more line in `_GATEWAYS`."""

from django.conf import settings

from bookings.errors import GatewayNotOffered
from bookings.gateways.base import Gateway
from bookings.gateways.counter import CashGateway, TerminalGateway
from bookings.gateways.exchange import ExchangeGateway
from bookings.gateways.sandbox import SandboxGateway
from bookings.gateways.stripe import StripeGateway
from bookings.models import Booking, Payment

_GATEWAYS: dict[str, Gateway] = {
    gateway.name: gateway for gateway in (SandboxGateway(), StripeGateway(), CashGateway(), TerminalGateway())
}


def get_gateway(name: str) -> Gateway:
    """Return the gateway, even one that is no longer offered: its payments may still be refunded.

    Raises `GatewayNotOffered` for a name that there is not.
    """
    if name not in _GATEWAYS:
        raise GatewayNotOffered
    return _GATEWAYS[name]


_GATEWAYS[Payment.EXCHANGE] = ExchangeGateway(get_gateway)


def offered_gateways(booking: Booking, *, is_staff: bool = False) -> list[Gateway]:
    """Return the ways to pay this booking, the preferred one first; none when nothing is due."""
    if not booking.due:
        return []
    named = [name for name in settings.PAYMENT_GATEWAYS if name in _GATEWAYS and name != Payment.EXCHANGE]
    gateways = [_GATEWAYS[name] for name in named]
    counter = [gateway for gateway in _GATEWAYS.values() if gateway.is_for_staff] if is_staff else []
    return counter + [gateway for gateway in gateways if not gateway.is_for_staff]
