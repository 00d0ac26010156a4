"""A gateway for trying everything out, with no account anywhere.

Its page (`payments/views.py`) approves, declines, answers later or never; API clients choose the same by
token. Once paid, the page also makes refunds and chargebacks, as a bank does without us. The gateway
remembers what was decided (`SandboxAnswer`), answers when asked, and sends signed webhooks like a real one:
HMAC-SHA256 over the time and the body, refused when older than five minutes.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from lib.compiled import compiled, insert
from lib.jobs import ask_worker
from lib.money import from_minor_units, to_minor_units
from payments.gateways.base import (
    GatewayMessage,
    PaymentOutcome,
    PaymentStatus,
    RefundNews,
    RefundOutcome,
    RefundStatus,
    Started,
    WebhookRefused,
)
from payments.models import GatewayAccount, Payment, Refund, SandboxAnswer

# The oldest webhook that is accepted: one that was overheard can't be sent again later.
REPLAY_SECONDS = 300
LATER_SECONDS = 15
SIGNATURE_HEADER = "Marquee-Sandbox-Signature"
# What happens at the bank without us.
OUTSIDE_EVENTS = {
    "refund.made": (Refund.Source.GATEWAY, RefundStatus.SUCCEEDED),
    "chargeback.opened": (Refund.Source.CHARGEBACK, RefundStatus.PENDING),
    "chargeback.lost": (Refund.Source.CHARGEBACK, RefundStatus.SUCCEEDED),
    "chargeback.won": (Refund.Source.CHARGEBACK, RefundStatus.FAILED),
}
_RETURN_SALT = "bookings.sandbox.return"


class SandboxGateway:
    name = Payment.Gateway.SANDBOX
    is_for_staff = False

    def start(self, payment: Payment, *, return_url: str) -> Started:
        # Signed, so that the page redirects only to addresses that we chose.
        back = signing.dumps(return_url, salt=_RETURN_SALT)
        url = f"{reverse('payments:sandbox', args=[payment.key])}?back={back}"
        return Started(redirect_url=url, outcome=self.fetch(payment))

    def takes_token(self, token: str) -> bool:
        return token in SandboxAnswer.Decision

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        answer = decide(payment, SandboxAnswer.Decision(token))
        if answer.decision == SandboxAnswer.Decision.LATER:
            schedule_webhook(answer)
        return _tell(payment, answer, timezone.now())

    def fetch(self, payment: Payment) -> PaymentOutcome:
        return _tell(payment, next(iter(_read_answer(payment.pk)), None), timezone.now())

    def abandon(self, payment: Payment) -> PaymentOutcome:
        """Return what was decided. Like a bank transfer, the sandbox may still be paid after the wait is over."""
        outcome = self.fetch(payment)
        return outcome if outcome.status != PaymentStatus.OPEN else PaymentOutcome(PaymentStatus.ABANDONED)

    def refund(self, refund: Refund) -> RefundOutcome:
        if SandboxAnswer.objects.filter(payment=refund.payment_id, refuses_refunds=True).exists():
            return RefundOutcome(RefundStatus.FAILED, error="The sandbox was told to refuse refunds.")
        return RefundOutcome(RefundStatus.SUCCEEDED, reference=f"sandbox-{refund.key}")

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, account: GatewayAccount | None = None
    ) -> GatewayMessage:
        if self.name not in settings.PAYMENT_GATEWAYS or account is not None:
            raise WebhookRefused
        check_signature(body, headers.get(SIGNATURE_HEADER, ""), timezone.now())
        try:
            event = json.loads(body)
            key, kind, currency = UUID(event["payment"]), str(event["kind"]), str(event["currency"])
            reference, amount = str(event["reference"]), from_minor_units(int(event["amount"]), currency)
            message = GatewayMessage(str(event["id"]), kind, event)
            if kind in OUTSIDE_EVENTS:
                source, status = OUTSIDE_EVENTS[kind]
                outcome = RefundOutcome(status, reference)
                news = RefundNews(outcome, payment_key=key, amount=amount, currency=currency, source=source)
                return replace(message, refunds=[news])
            paid = PaymentOutcome(PaymentStatus(event["status"]), reference=reference, amount=amount, currency=currency)
            return replace(message, payment_key=key, payment_outcome=paid)
        except (KeyError, TypeError, ValueError) as error:
            raise WebhookRefused from error


@compiled
def _read_answer(payment_id: int) -> QuerySet[SandboxAnswer]:
    return SandboxAnswer.objects.filter(payment=payment_id)


def decide(
    payment: Payment,
    decision: SandboxAnswer.Decision,
    *,
    amount: Decimal | None = None,
    refuses_refunds: bool = False,
) -> SandboxAnswer:
    """Remember what the customer decided on the sandbox's page; the first decision stands.

    `amount` is what is paid, if it differs from what was asked for.
    """
    wait = LATER_SECONDS if decision == SandboxAnswer.Decision.LATER else 0
    answer = SandboxAnswer(
        payment=payment,
        decision=decision,
        amount=amount,
        answers_at=timezone.now() + timedelta(seconds=wait),
        refuses_refunds=refuses_refunds,
    )
    try:
        with transaction.atomic():
            insert(answer)
    except IntegrityError:
        return SandboxAnswer.objects.get(payment=payment)
    return answer


def schedule_webhook(answer: SandboxAnswer) -> None:
    """Let a worker deliver the decision; later, if that was chosen."""
    is_later = answer.decision == SandboxAnswer.Decision.LATER
    # If this is lost, the sweep asks the sandbox.
    _send("deliver_sandbox_webhook", str(answer.payment.key), countdown=LATER_SECONDS if is_later else 0)


def schedule_outside(payment: Payment, kind: str, amount: Decimal) -> None:
    """Let a worker deliver what a bank later does by itself; `kind` is one of `OUTSIDE_EVENTS`.

    A payment has one chargeback, which can be won or lost, and any number of refunds.
    """
    is_chargeback = OUTSIDE_EVENTS[kind][0] == Refund.Source.CHARGEBACK
    event_id = f"{payment.key}-{kind}" if is_chargeback else str(uuid4())
    event = {
        "id": f"sandbox-{event_id}",
        "kind": kind,
        "payment": str(payment.key),
        "reference": f"sandbox-chargeback-{payment.key}" if is_chargeback else f"sandbox-refund-{event_id}",
        "amount": to_minor_units(amount, payment.paid_currency),
        "currency": payment.paid_currency,
    }
    _send("deliver_sandbox_event", event)


def _send(task: str, about: str | dict[str, Any], *, countdown: int = 0) -> None:
    ask_worker(f"bookings.tasks.{task}", about, countdown=countdown)


def build_webhook(answer: SandboxAnswer, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the webhook that tells the decision, signed at `now`."""
    payment = answer.payment
    is_paid = answer.decision != SandboxAnswer.Decision.DECLINE
    event = {
        "id": f"sandbox-{payment.key}",
        "kind": "payment.paid" if is_paid else "payment.declined",
        "payment": str(payment.key),
        "status": PaymentStatus.PAID if is_paid else PaymentStatus.DECLINED,
        "reference": _reference(payment),
        "amount": to_minor_units(payment.amount if answer.amount is None else answer.amount, payment.currency),
        "currency": payment.currency,
    }
    return sign_event(event, now)


def sign_event(event: dict[str, Any], now: datetime) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a webhook, signed at `now`."""
    body = json.dumps(event).encode()
    seconds = int(now.timestamp())
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: f"t={seconds},v1={_sign(seconds, body)}"}
    return body, headers


def check_signature(body: bytes, header: str, now: datetime) -> None:
    """Raise `WebhookRefused` unless the header signs this body and is fresh."""
    match = re.fullmatch(r"t=(\d{1,12}),v1=([0-9a-f]{64})", header)
    if match is None or not hmac.compare_digest(_sign(int(match[1]), body), match[2]):
        raise WebhookRefused
    if abs(now.timestamp() - int(match[1])) > REPLAY_SECONDS:
        raise WebhookRefused


def read_return_url(signed: str) -> str | None:
    """Return the address that the page leads back to, or None if we did not sign it."""
    try:
        return str(signing.loads(signed, salt=_RETURN_SALT))
    except signing.BadSignature:
        return None


def _sign(seconds: int, body: bytes) -> str:
    secret = f"sandbox webhook {settings.SANDBOX_WEBHOOK_SECRET}".encode()
    return hmac.new(secret, b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()


def _reference(payment: Payment) -> str:
    return f"sandbox-{payment.key}"


def _tell(payment: Payment, answer: SandboxAnswer | None, now: datetime) -> PaymentOutcome:
    if answer is None or answer.answers_at > now:
        return PaymentOutcome(PaymentStatus.OPEN)
    if answer.decision == SandboxAnswer.Decision.DECLINE:
        return PaymentOutcome(PaymentStatus.DECLINED, _reference(payment))
    amount = payment.amount if answer.amount is None else answer.amount
    return PaymentOutcome(PaymentStatus.PAID, _reference(payment), amount, payment.currency)
