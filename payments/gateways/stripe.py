"""Stripe: a hosted Checkout Session for each payment, by the official SDK.

The keys are those of the theater's own account, or the site's: `STRIPE_SECRET_KEY`, and `STRIPE_WEBHOOK_SECRET` for
webhooks. A payment's reference is
the session while it is open and the payment intent once it is paid, as staff find it in the dashboard.
Amounts: https://docs.stripe.com/currencies (minor units as Stripe counts them, which is not ISO 4217
for a few). The SDK is imported late: it takes 0.4 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

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
    from stripe import StripeClient
    from stripe.checkout import Session

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 15
NETWORK_RETRIES = 2
# Stripe keeps a session open for half an hour at least; ours are closed earlier, with the hold.
SESSION_MINUTES = 31
WITHOUT_MINOR_UNITS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
WITH_THREE_DIGITS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
# What an endpoint at Stripe has to listen to.
WEBHOOK_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
)
REFUND_EVENTS = frozenset(("refund.created", "refund.updated", "refund.failed", "charge.refund.updated"))
_REFUND_STATUS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
# An inquiry (`warning_…`) takes no money. https://docs.stripe.com/disputes/how-disputes-work
_DISPUTE_STATUS = {
    "needs_response": RefundStatus.PENDING,
    "under_review": RefundStatus.PENDING,
    "lost": RefundStatus.SUCCEEDED,
    "won": RefundStatus.FAILED,
}
# Refunds of one charge that are listed at once: the most that Stripe gives.
LISTED_REFUNDS = 100


class StripeGateway:
    name = Payment.Gateway.STRIPE
    is_for_staff = False
    key_shape = RegexValidator(
        r"\A(sk|rk)_(live|test)_\w{8,240}\Z",
        _("Stripe’s secret keys begin with sk_live_ or rk_live_; those for tests with sk_test_ or rk_test_."),
        flags=re.ASCII,
    )
    webhook_secret_shape = RegexValidator(
        r"\Awhsec_[\w+/=-]{8,240}\Z", _("Stripe’s signing secrets begin with whsec_."), flags=re.ASCII
    )

    def start(self, payment: Payment, *, return_url: str) -> Started:
        with _answering(payment.key, payment.account) as client:
            if payment.reference:
                session = client.v1.checkout.sessions.retrieve(payment.reference)
            else:
                session = _create_session(client, payment, return_url)
        return Started(session.id, session.url or "", _read_session(session.to_dict()))

    def takes_token(self, token: str) -> bool:
        return False

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        raise GatewayNotOffered

    def fetch(self, payment: Payment) -> PaymentOutcome:
        if not payment.reference:
            # The call that should have opened it was cut off, so no customer was ever sent there.
            return PaymentOutcome(PaymentStatus.OPEN)
        with _answering(payment.key, payment.account) as client:
            return _read_session(client.v1.checkout.sessions.retrieve(payment.reference).to_dict())

    def abandon(self, payment: Payment) -> PaymentOutcome:
        outcome = self.fetch(payment)
        if outcome.status != PaymentStatus.OPEN:
            return outcome
        if payment.reference:
            with _answering(payment.key, payment.account) as client:
                return _read_session(client.v1.checkout.sessions.expire(payment.reference).to_dict())
        return PaymentOutcome(PaymentStatus.ABANDONED)

    def refund(self, refund: Refund) -> RefundOutcome:
        import stripe  # noqa: PLC0415

        payment = refund.payment
        with _answering(refund.key, payment.account) as client:
            if refund.reference:
                return _read_refund(client.v1.refunds.retrieve(refund.reference).to_dict())
            try:
                answer = client.v1.refunds.create(
                    params={
                        "payment_intent": payment.reference,
                        "amount": to_stripe_units(refund.amount, payment.paid_currency),
                        "metadata": {"refund_key": str(refund.key), "booking": payment.booking.code},
                    },
                    options={"idempotency_key": str(refund.key)},
                )
            except stripe.InvalidRequestError as error:
                # Refused for good, such as more than is left of the charge: asking again changes nothing.
                return RefundOutcome(RefundStatus.FAILED, error=error.user_message or "")
        return _read_refund(answer.to_dict())

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, account: GatewayAccount | None = None
    ) -> GatewayMessage:
        found = _open_event(body, headers.get("Stripe-Signature", ""), account)
        about = found["data"]["object"]
        if found["type"] == "charge.refunded" and not (about.get("refunds") or {}).get("data"):
            # Newer versions of Stripe's API leave the refunds out.
            with _answering(about["id"], account) as client:
                listed = client.v1.refunds.list(params={"charge": about["id"], "limit": LISTED_REFUNDS})
            about["refunds"] = listed.to_dict()
        return _read_event(found)

    def is_live(self, key: str) -> bool:
        return "_live_" in key

    def identify(self, key: str) -> Identity:
        import stripe  # noqa: PLC0415

        with _answering("identify", key=key) as client:
            try:
                account = client.v1.accounts.retrieve_current().to_dict()
            except (stripe.AuthenticationError, stripe.PermissionError) as error:
                raise KeyRefused from error
        profile, dashboard = account.get("business_profile") or {}, (account.get("settings") or {}).get("dashboard")
        name = profile.get("name") or (dashboard or {}).get("display_name") or account.get("email") or account["id"]
        return Identity(account["id"], name, may_take_payments=bool(account.get("charges_enabled")))


def _open_event(body: bytes, signature: str, account: GatewayAccount | None) -> dict[str, Any]:
    """Return a genuine event, signed by any secret that holds now. Raises `WebhookRefused`."""
    import stripe  # noqa: PLC0415

    secrets = account.webhook_secrets if account else [settings.STRIPE_WEBHOOK_SECRET]
    refused: Exception | None = None
    for secret in filter(None, secrets):
        try:
            event: dict[str, Any] = stripe.Webhook.construct_event(body, signature, secret).to_dict()
        except (ValueError, stripe.SignatureVerificationError) as error:
            refused = error
        else:
            return event
    raise WebhookRefused from refused


def to_stripe_units(amount: Decimal, currency: str) -> int:
    """Return the amount as Stripe counts it: 12.50 EUR is 1250, 1250 JPY is 1250, 1.250 KWD is 1250."""
    return int(amount.scaleb(_digits(currency)))


def from_stripe_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-_digits(currency))


def _digits(currency: str) -> int:
    if currency in WITHOUT_MINOR_UNITS:
        return 0
    return 3 if currency in WITH_THREE_DIGITS else 2


@contextmanager
def _answering(about: UUID | str, account: GatewayAccount | None = None, *, key: str = "") -> Iterator[StripeClient]:
    """Yield a client of an account, or the site's, whose failures become `GatewayUnavailable`.

    The caller decides what a refusal means. Raises `KeyUnreadable`.
    """
    import stripe  # noqa: PLC0415

    if not key:
        key = account.key if account else settings.STRIPE_SECRET_KEY
    if not key:
        # The site's account was closed.
        raise GatewayUnavailable
    try:
        yield stripe.StripeClient(
            key,
            base_addresses={"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {},
            max_network_retries=NETWORK_RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )
    except stripe.StripeError as error:
        if account is not None and isinstance(error, stripe.AuthenticationError):
            account.note_refusal()
        log.warning("stripe_failed", about=str(about), error=str(error), request=error.request_id)
        raise GatewayUnavailable from error


def _create_session(client: StripeClient, payment: Payment, return_url: str) -> Session:
    """Open a session. Repeated calls send the same parameters, as Stripe's idempotency demands."""
    booking = payment.booking
    metadata = {"payment_key": str(payment.key), "booking": booking.code}
    expires_at = payment.created_at + timedelta(minutes=SESSION_MINUTES)
    return client.v1.checkout.sessions.create(
        params={
            "mode": "payment",
            "client_reference_id": booking.code,
            "metadata": metadata,
            "payment_intent_data": {
                "metadata": metadata,
                "description": f"{brand_of(booking.theater_id).name} {booking.code}",
            },
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": payment.currency.lower(),
                        "unit_amount": to_stripe_units(payment.amount, payment.currency),
                        "product_data": {"name": booking.theater.name},
                    },
                }
            ],
            "customer_email": booking.contact_email,
            "success_url": return_url,
            "cancel_url": return_url,
            "expires_at": int(expires_at.timestamp()),
            "locale": "auto",
        },
        options={"idempotency_key": str(payment.key)},
    )


def _read_session(session: dict[str, Any]) -> PaymentOutcome:
    if session["payment_status"] == "paid":
        currency = session["currency"].upper()
        amount = from_stripe_units(session["amount_total"], currency)
        return PaymentOutcome(PaymentStatus.PAID, str(session["payment_intent"]), amount, currency)
    if session["status"] == "expired":
        return PaymentOutcome(PaymentStatus.ABANDONED, session["id"])
    return PaymentOutcome(PaymentStatus.OPEN, session["id"])


def _read_refund(refund: dict[str, Any]) -> RefundOutcome:
    status = _REFUND_STATUS.get(refund["status"], RefundStatus.PENDING)
    return RefundOutcome(status, refund["id"], refund.get("failure_reason") or "")


def _read_refund_news(refund: dict[str, Any], charge: dict[str, Any] | None = None) -> RefundNews:
    """Read a refund of ours by its key, any other by its payment."""
    outcome = _read_refund(refund)
    if key := (refund.get("metadata") or {}).get("refund_key"):
        return RefundNews(outcome, key=UUID(key))
    currency = refund["currency"].upper()
    payment_key = ((charge or {}).get("metadata") or {}).get("payment_key")
    return RefundNews(
        outcome,
        payment_key=UUID(payment_key) if payment_key else None,
        payment_reference=str(refund.get("payment_intent") or ""),
        amount=from_stripe_units(refund["amount"], currency),
        currency=currency,
    )


def _read_dispute(dispute: dict[str, Any]) -> RefundNews:
    currency = dispute["currency"].upper()
    return RefundNews(
        RefundOutcome(_DISPUTE_STATUS[dispute["status"]], dispute["id"]),
        payment_reference=str(dispute.get("payment_intent") or ""),
        amount=from_stripe_units(dispute["amount"], currency),
        currency=currency,
        source=Refund.Source.CHARGEBACK,
    )


def _read_event(event: dict[str, Any]) -> GatewayMessage:
    """Read events about sessions of ours, refunds and disputes; all others are only recorded."""
    kind, about = event["type"], event["data"]["object"]
    metadata = about.get("metadata") or {}
    news = GatewayMessage(
        event["id"],
        kind,
        {"object": about.get("id"), "status": about.get("payment_status") or about.get("status")},
    )
    try:
        if kind.startswith("checkout.session.") and "payment_key" in metadata:
            outcome = _read_session(about)
            if kind == "checkout.session.async_payment_failed":
                outcome = PaymentOutcome(PaymentStatus.DECLINED, about["id"])
            return replace(news, payment_key=UUID(metadata["payment_key"]), payment_outcome=outcome)
        if kind in REFUND_EVENTS:
            return replace(news, refunds=[_read_refund_news(about)])
        if kind == "charge.refunded":
            # The charge has the metadata of its payment intent.
            refunds = [_read_refund_news(one, charge=about) for one in about["refunds"]["data"]]
            return replace(news, refunds=refunds)
        if kind.startswith("charge.dispute.") and about["status"] in _DISPUTE_STATUS:
            return replace(news, refunds=[_read_dispute(about)])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WebhookRefused from error
    return news
