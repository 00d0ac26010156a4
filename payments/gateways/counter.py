"""Money at the box office: cash in the drawer, or the card terminal beside it.

Staff see the money themselves, so they confirm the payment (`confirm_payment(by=…)`); there is no webhook
and no one to ask. A refund in cash waits until it is handed out of a drawer (`payments/drawers.py`); one by
terminal is made there by hand.
"""

from collections.abc import Mapping

from payments.errors import GatewayNotOffered
from payments.gateways.base import (
    GatewayMessage,
    PaymentOutcome,
    PaymentStatus,
    RefundOutcome,
    RefundStatus,
    Started,
    WebhookRefused,
)
from payments.models import GatewayAccount, Payment, Refund


class HandledByStaff:
    """A way of paying of which only staff see the money."""

    is_for_staff = True

    def start(self, payment: Payment, *, return_url: str) -> Started:
        return Started()

    def takes_token(self, token: str) -> bool:
        return False

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        raise GatewayNotOffered

    def fetch(self, payment: Payment) -> PaymentOutcome:
        return PaymentOutcome(PaymentStatus.OPEN)

    def abandon(self, payment: Payment) -> PaymentOutcome:
        return PaymentOutcome(PaymentStatus.ABANDONED)

    def refund(self, refund: Refund) -> RefundOutcome:
        return RefundOutcome(RefundStatus.SUCCEEDED)

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, account: GatewayAccount | None = None
    ) -> GatewayMessage:
        raise WebhookRefused


class CashGateway(HandledByStaff):
    name = Payment.Gateway.CASH

    def refund(self, refund: Refund) -> RefundOutcome:
        return RefundOutcome(RefundStatus.PENDING)


class TerminalGateway(HandledByStaff):
    name = Payment.Gateway.TERMINAL
