"""Money that went back without us: refunds made on a gateway's own pages, and chargebacks.

They are facts, so nothing refuses them. Each becomes a refund of its payment, with its source, and is in the
books from then on; it also settles a failed refund of ours of the same amount. If the money had bought
something, staff decide what becomes of the tickets, and until then it is in their list.
"""

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import ReasonMissing, WrongState
from bookings.pricing import ZERO
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import (
    apply_refund_outcome,
    count_refunded,
    match_outside,
    share_over_tickets,
    write_lines,
)
from payments.gateways.base import RefundNews, RefundStatus
from payments.models import GatewayAccount, Payment, Refund, Remedy

_STATES = {RefundStatus.PENDING: Refund.State.PENDING, RefundStatus.SUCCEEDED: Refund.State.SUCCEEDED}


class NotReceivedYet(Exception):
    """Money went back that we do not know to have come: the news of the payment is still on its way."""


def open_outside() -> QuerySet[Refund]:
    """Return what went back without us and still needs a decision about its tickets."""
    matters = Q(payment__state=Payment.State.CAPTURED) | Q(source=Refund.Source.CHARGEBACK)
    outside = Refund.objects.exclude(source=Refund.Source.HERE).filter(matters, remedy_of__isnull=True)
    return outside.exclude(state=Refund.State.FAILED)


def receive_refund(gateway: str, news: RefundNews, *, account: GatewayAccount | None = None) -> Refund | None:
    """Record what a gateway says about a refund of an account, made by us or there. Harmless when repeated.

    Returns None for a refund made there that failed before we knew it. Call it in a transaction. Raises
    `Refund.DoesNotExist`, `Payment.DoesNotExist`, `NotReceivedYet`.
    """
    refunds = Refund.objects.filter(payment__gateway=gateway, payment__account=account).select_related("payment")
    if news.key is not None:
        refund = refunds.get(key=news.key)
    else:
        payment = _find_payment(Payment.objects.filter(gateway=gateway, account=account), news)
        locking.lock_booking(payment.booking_id)
        known = refunds.filter(Q(source=news.source) | Q(source=Refund.Source.HERE), reference=news.outcome.reference)
        earlier = known.first()
        if earlier is None:
            return _write(payment, news) if news.outcome.status in _STATES else None
        refund = earlier
    apply_refund_outcome(refund, news.outcome)
    return refund


def accept_outside(*, refund: Refund, by: User, reason: str, cancels: bool) -> Refund:
    """Decide about the tickets whose money went back without us: they stay valid, or are canceled.

    Nothing more is refunded for them. Called again, it returns the first decision. Raises `ReasonMissing`, and
    `WrongState` for a refund that needs no decision.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        booking = locking.lock_booking(refund.payment.booking_id)
        if Remedy.objects.filter(refund=refund).exists():
            return refund
        if not open_outside().filter(pk=refund.pk).exists():
            raise WrongState
        if cancels:
            cancel_tickets(booking=booking, by=by, reason=reason, amount=ZERO)
        Remedy.objects.create(refund=refund, reason=reason.strip()[:300], made_by=by)
        record(
            by=by,
            action=Action.ACCEPT_OUTSIDE_REFUND,
            on=refund,
            theater_id=booking.theater_id,
            after={"amount": str(refund.amount), "currency": refund.currency, "tickets canceled": cancels},
            reason=reason.strip()[:300],
        )
    return refund


def _find_payment(payments: QuerySet[Payment], news: RefundNews) -> Payment:
    if news.payment_key is not None:
        return payments.get(key=news.payment_key)
    if not news.payment_reference:
        raise Payment.DoesNotExist
    found = payments.filter(reference=news.payment_reference).first()
    if found is None:
        raise Payment.DoesNotExist
    return found


def _write(payment: Payment, news: RefundNews) -> Refund:
    """Record an outside refund; what it takes of a payment that bought something belongs to all its tickets."""
    payment.refresh_from_db()
    if payment.state not in Payment.RECEIVED:
        raise NotReceivedYet
    amount = news.amount
    if news.currency != payment.paid_currency:
        # Banks may contest in the currency of the card, but what they take is the payment.
        amount = payment.received_amount or amount
    state = _STATES[news.outcome.status]
    now = timezone.now()
    refund = Refund.objects.create(
        payment=payment,
        source=news.source,
        amount=amount,
        state=state,
        reference=news.outcome.reference[:255],
        key=uuid.uuid4(),
        created_at=now,
        settled_at=None if state == Refund.State.PENDING else now,
    )
    before = payment.refunded
    count_refunded(payment)
    booking = payment.booking
    if payment.state == Payment.State.CAPTURED:
        write_lines(refund, share_over_tickets(booking, payment.refunded - before))
    record(
        by=None,
        action=Action.CHARGEBACK if news.source == Refund.Source.CHARGEBACK else Action.REFUND_AT_THE_GATEWAY,
        on=refund,
        theater_id=booking.theater_id,
        after={"amount": str(amount), "currency": refund.currency, "reference": refund.reference},
    )
    if not match_outside(payment) and open_outside().filter(pk=refund.pk).exists():
        messages.alert_taken_back(refund)
    if refund.source == Refund.Source.GATEWAY and state == Refund.State.SUCCEEDED:
        messages.notify_refunded(refund)
    return refund
