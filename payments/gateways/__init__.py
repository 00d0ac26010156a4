"""Ways of paying. A new gateway is one more file here, a name in `Payment.Gateway` and an entry in `_GATEWAYS`."""

from decimal import Decimal

from django.conf import settings
from django.utils.text import capfirst

from payments.errors import GatewayNotOffered
from payments.gateways.base import AccountGateway, Gateway
from payments.gateways.counter import CashGateway, TerminalGateway
from payments.gateways.mollie import MollieGateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway
from payments.gateways.transfer import TransferGateway
from payments.models import GatewayAccount, Payment, Refund
from theaters.models import Theater

_GATEWAYS: dict[str, Gateway] = {
    gateway.name: gateway
    for gateway in (
        SandboxGateway(),
        StripeGateway(),
        MollieGateway(),
        CashGateway(),
        TerminalGateway(),
        TransferGateway(),
    )
}

# Where theaters may have accounts of their own: one for each name of `GatewayAccount.Gateway`.
_ACCOUNT_GATEWAYS: dict[str, AccountGateway] = {gateway.name: gateway for gateway in (StripeGateway(), MollieGateway())}


def gateway_of(account: GatewayAccount) -> AccountGateway:
    return _ACCOUNT_GATEWAYS[account.gateway]


def get_gateway(name: str) -> Gateway:
    """Return the gateway, even one that is no longer offered: its payments may still be refunded.

    Raises `GatewayNotOffered` for a name that there is not.
    """
    if name not in _GATEWAYS:
        raise GatewayNotOffered
    return _GATEWAYS[name]


def offered_gateways(theater: Theater, due: Decimal, *, is_staff: bool = False) -> list[Gateway]:
    """Return the ways to pay what is due to a theater, the preferred one first; none if nothing is due. No queries.

    A theater with an account of its own in use offers only those; the site's are for theaters that may use them.
    """
    if not due:
        return []
    names = theater.own_gateways.split()
    if not names and theater.uses_site_gateways:
        names = settings.PAYMENT_GATEWAYS
    # Who may pay by bank transfer is decided for each booking: see `bookings/services/transfer.py`.
    gateways = [_GATEWAYS[name] for name in names if name in _GATEWAYS and name != Payment.Gateway.TRANSFER]
    counter = [gateway for gateway in _GATEWAYS.values() if gateway.is_for_staff] if is_staff else []
    return counter + [gateway for gateway in gateways if not gateway.is_for_staff]


def find_account(theater: Theater, gateway: str) -> GatewayAccount | None:
    """Return the theater's own account with which a new payment is made; None: the site's, or none is needed.

    One query if the theater has one. Raises `GatewayNotOffered` if it has just gone out of use.
    """
    if gateway not in theater.own_gateways.split():
        return None
    account = GatewayAccount.objects.filter(theater=theater, gateway=gateway, is_in_use=True).first()
    if account is None:
        raise GatewayNotOffered
    return account


def name_gateway(name: str) -> str:
    """Return what people call a way of paying, or of giving money back."""
    words = dict(Refund.Way.choices) | dict(Payment.Gateway.choices)
    return capfirst(str(words.get(name, name)))
