"""Mollie: a payment on its own pages, where customers choose the method, by the official client.

The keys are those of the theater's own account, or the site's: `MOLLIE_API_KEY`. A payment's reference is Mollie's
id of it, from the start. Mollie signs no webhooks and tells only an id, so it is asked back: only about payments
that we know, so that strangers can make us ask nothing. It remembers idempotency keys for an hour; a refund whose
answer was lost is looked for among the payment's refunds first. The client is imported late, as Stripe's is.
https://docs.mollie.com/reference/get-payment
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.validators import RegexValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib.money import round_money
from payments.errors import GatewayNotOffered, GatewayUnavailable
from payments.gateways.base import (
    GatewayMessage,
    Identity,
    KeyRefused,
    PaymentOutcome,
    PaymentStatus,
    RefundNews,
    RefundOutcome,
    RefundStatus,
    Started,
    WebhookRefused,
)
from payments.models import GatewayAccount, Payment, Refund
from theaters.brands import brand_of

if TYPE_CHECKING:
    from mollie.api.client import Client

log = structlog.get_logger(__name__)

# To connect, and to answer.
TIMEOUT_SECONDS = (5, 15)
CONNECT_RETRIES = 2
_STATUS = {
    "paid": PaymentStatus.PAID,
    "failed": PaymentStatus.DECLINED,
    # By the customer, who went back, or by us.
    "canceled": PaymentStatus.ABANDONED,
    "expired": PaymentStatus.ABANDONED,
}
_REFUND_STATUS = {
    "refunded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_NOT_PUBLIC = frozenset(("localhost", "127.0.0.1", "::1"))


class MollieGateway:
    name = Payment.Gateway.MOLLIE
    is_for_staff = False
    key_shape = RegexValidator(
        r"\A(live|test)_\w{20,240}\Z",
        _("Mollie’s API keys begin with live_; those for tests with test_."),
        flags=re.ASCII,
    )
    webhook_secret_shape = None

    def start(self, payment: Payment, *, return_url: str) -> Started:
        with _answering(payment.key, payment.account) as client:
            if payment.reference:
                found = client.payments.get(payment.reference)
            else:
                found = client.payments.create(_describe(payment, return_url), idempotency_key=str(payment.key))
        url = ((found.get("_links") or {}).get("checkout") or {}).get("href", "")
        return Started(found["id"], url, _read_payment(found), leads_on=True)

    def takes_token(self, token: str) -> bool:
        return False

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        raise GatewayNotOffered

    def fetch(self, payment: Payment) -> PaymentOutcome:
        if not payment.reference:
            # The call that should have opened it was cut off, so no customer was ever sent there.
            return PaymentOutcome(PaymentStatus.OPEN)
        with _answering(payment.key, payment.account) as client:
            return _read_payment(client.payments.get(payment.reference))

    def abandon(self, payment: Payment) -> PaymentOutcome:
        """Cancel the payment; by some methods that is impossible, and it stays open until it expires there."""
        from mollie.api.error import ResponseError  # noqa: PLC0415

        if not payment.reference:
            return PaymentOutcome(PaymentStatus.ABANDONED)
        with _answering(payment.key, payment.account) as client:
            found: Mapping[str, Any] = client.payments.get(payment.reference)
            if found.get("isCancelable"):
                try:
                    found = client.payments.delete(payment.reference)
                except ResponseError as error:
                    if error.status not in {409, 422}:
                        raise
                    # Paid or ended meanwhile.
                    found = client.payments.get(payment.reference)
        return _read_payment(found)

    def refund(self, refund: Refund) -> RefundOutcome:
        from mollie.api.error import NotFoundError, UnprocessableEntityError  # noqa: PLC0415

        payment = refund.payment
        with _answering(refund.key, payment.account) as client:
            found = client.payments.get(payment.reference, embed="refunds")
            for made in _embedded(found, "refunds"):
                if made["id"] == refund.reference or _key_of(made) == refund.key:
                    return _read_refund(made)
            if refund.reference:
                try:
                    return _read_refund(found.refunds.get(refund.reference))
                except NotFoundError:
                    # Mollie forgets a refund that was canceled there.
                    return RefundOutcome(RefundStatus.FAILED, refund.reference, "canceled")
            asked = {
                "amount": _write_amount(refund.amount, payment.paid_currency),
                "description": payment.booking.code,
                "metadata": {"refund_key": str(refund.key), "booking": payment.booking.code},
            }
            try:
                return _read_refund(found.refunds.create(asked, idempotency_key=str(refund.key)))
            except UnprocessableEntityError as error:
                # Refused for good, such as more than is left: asking again changes nothing.
                return RefundOutcome(RefundStatus.FAILED, error=str(error))

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, account: GatewayAccount | None = None
    ) -> GatewayMessage:
        payment_id = parse_qs(body.decode(errors="replace")).get("id", [""])[0]
        if not re.fullmatch(r"tr_\w{1,200}", payment_id, re.ASCII):
            raise WebhookRefused
        payment = Payment.objects.filter(gateway=self.name, account=account, reference=payment_id).first()
        if payment is None:
            raise WebhookRefused
        with _answering(payment.key, account) as client:
            found = client.payments.get(payment_id, embed="refunds,chargebacks")
        try:
            return _read_message(payment, found)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WebhookRefused from error

    def is_live(self, key: str) -> bool:
        return key.startswith("live_")

    def identify(self, key: str) -> Identity:
        from mollie.api.error import UnauthorizedError  # noqa: PLC0415

        with _answering("identify", key=key) as client:
            try:
                profile = client.profiles.get("me")
            except UnauthorizedError as error:
                raise KeyRefused from error
        may_take_payments = not self.is_live(key) or profile.get("status") == "verified"
        return Identity(profile["id"], profile.get("name") or profile["id"], may_take_payments)


@contextmanager
def _answering(about: UUID | str, account: GatewayAccount | None = None, *, key: str = "") -> Iterator[Client]:
    """Yield a client of an account, or the site's, whose failures become `GatewayUnavailable`.

    The caller decides what a refusal means. Raises `KeyUnreadable`.
    """
    from mollie.api.client import Client  # noqa: PLC0415
    from mollie.api.error import Error, UnauthorizedError  # noqa: PLC0415

    if not key:
        key = account.key if account else settings.MOLLIE_API_KEY
    if not key:
        # The site's account was closed.
        raise GatewayUnavailable
    client = Client(settings.MOLLIE_API_BASE, timeout=TIMEOUT_SECONDS, retry=CONNECT_RETRIES)
    try:
        client.set_api_key(key)
        yield client
    except Error as error:
        if account is not None and isinstance(error, UnauthorizedError):
            account.note_refusal()
        # Its message may have the key.
        log.warning("mollie_failed", about=str(about), error=type(error).__name__, status=getattr(error, "status", 0))
        raise GatewayUnavailable from None


def _describe(payment: Payment, return_url: str) -> dict[str, Any]:
    """Return what a payment is opened with, the same at each call."""
    booking, account = payment.booking, payment.account
    asked = {
        "amount": _write_amount(payment.amount, payment.currency),
        "description": f"{brand_of(booking.theater_id).name} {booking.code}",
        "redirectUrl": return_url,
        "metadata": {"payment_key": str(payment.key), "booking": booking.code},
    }
    # Mollie refuses addresses that it cannot reach.
    if urlsplit(settings.SITE_URL).hostname not in _NOT_PUBLIC:
        asked["webhookUrl"] = (
            account.webhook_url if account else settings.SITE_URL + reverse("bookings:webhook", args=[payment.gateway])
        )
    return asked


def _write_amount(amount: Decimal, currency: str) -> dict[str, str]:
    """Return an amount as Mollie reads it, with all of its currency's digits."""
    return {"currency": currency, "value": f"{round_money(amount, currency):f}"}


def _embedded(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list((found.get("_embedded") or {}).get(name) or [])


def _key_of(refund: Mapping[str, Any]) -> UUID | None:
    """Return our key of a refund that we made; None for one that was made at Mollie."""
    metadata = refund.get("metadata")
    try:
        return UUID(metadata["refund_key"]) if isinstance(metadata, dict) else None
    except (KeyError, ValueError):
        return None


def _read_payment(found: Mapping[str, Any]) -> PaymentOutcome:
    status = _STATUS.get(found["status"], PaymentStatus.OPEN)
    if status != PaymentStatus.PAID:
        return PaymentOutcome(status, found["id"])
    amount = found["amount"]
    return PaymentOutcome(status, found["id"], Decimal(amount["value"]), amount["currency"])


def _read_refund(refund: Mapping[str, Any]) -> RefundOutcome:
    status = _REFUND_STATUS.get(refund["status"], RefundStatus.PENDING)
    return RefundOutcome(status, refund["id"], refund["status"] if status == RefundStatus.FAILED else "")


def _read_message(payment: Payment, found: Mapping[str, Any]) -> GatewayMessage:
    """Read a payment as it is now, with all that went back of it; the same state is the same event."""
    refunds, chargebacks = _embedded(found, "refunds"), _embedded(found, "chargebacks")
    summary = {
        "object": found["id"],
        "status": found["status"],
        "refunds": [f"{one['id']} {one['status']}" for one in refunds],
        "chargebacks": [f"{one['id']} {'reversed' if one.get('reversedAt') else 'received'}" for one in chargebacks],
    }
    digest = sha256(repr(sorted(summary.items())).encode()).hexdigest()[:24]
    return GatewayMessage(
        f"{found['id']}-{digest}",
        f"payment.{found['status']}",
        summary,
        payment_key=payment.key,
        payment_outcome=_read_payment(found),
        refunds=[
            *(_read_refund_news(payment, one) for one in refunds),
            *(_read_chargeback(payment, one) for one in chargebacks),
        ],
    )


def _read_refund_news(payment: Payment, refund: Mapping[str, Any]) -> RefundNews:
    """Read a refund of ours by its key, any other by its payment."""
    key, amount = _key_of(refund), refund["amount"]
    if key is not None:
        return RefundNews(_read_refund(refund), key=key)
    return RefundNews(
        _read_refund(refund),
        payment_key=payment.key,
        amount=Decimal(amount["value"]),
        currency=amount["currency"],
    )


def _read_chargeback(payment: Payment, chargeback: Mapping[str, Any]) -> RefundNews:
    """Read a chargeback: the money is gone, unless the bank gave it back."""
    status = RefundStatus.FAILED if chargeback.get("reversedAt") else RefundStatus.SUCCEEDED
    return RefundNews(
        RefundOutcome(status, chargeback["id"]),
        payment_key=payment.key,
        amount=Decimal(chargeback["amount"]["value"]),
        currency=chargeback["amount"]["currency"],
        source=Refund.Source.CHARGEBACK,
    )
