"""Money of exchanged tickets: it pays for the new ones, and goes back the way it came.

Customers never choose this gateway. Each of its payments names the one that brought the money
(`Payment.origin`), and a refund goes through that one's gateway.
"""

from collections.abc import Callable, Mapping
from copy import copy

from payments.errors import GatewayNotOffered
from payments.gateways.base import (
    Gateway,
    GatewayMessage,
    PaymentOutcome,
    PaymentStatus,
    RefundOutcome,
    Started,
    WebhookRefused,
)
from payments.models import Payment, Refund


class ExchangeGateway:
    name = Payment.Gateway.EXCHANGE
    is_for_staff = False

    def __init__(self, find: Callable[[str], Gateway]) -> None:
        self._find = find

    def start(self, payment: Payment, *, return_url: str) -> Started:
        raise GatewayNotOffered

    def takes_token(self, token: str) -> bool:
        return False

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        raise GatewayNotOffered

    def fetch(self, payment: Payment) -> PaymentOutcome:
        return PaymentOutcome(PaymentStatus.OPEN)

    def abandon(self, payment: Payment) -> PaymentOutcome:
        return PaymentOutcome(PaymentStatus.ABANDONED)

    def refund(self, refund: Refund) -> RefundOutcome:
        origin = refund.payment.origin
        if origin is None:
            raise GatewayNotOffered
        # With the refund's own key, so that the gateway sees the same one however often it is asked.
        real = copy(refund)
        real.payment = origin
        return self._find(origin.gateway).refund(real)

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayMessage:
        raise WebhookRefused
