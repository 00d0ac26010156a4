"""Refund money: the intent is committed first, then the gateway is called, then its answer is recorded."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import WrongState
from bookings.models import Booking, Exchange, Ticket
from bookings.pricing import split
from lib.after_commit import after_commit
from lib.compiled import compiled
from lib.jobs import ask_worker
from payments.drawers import DrawerShort, NoOpenDrawer, expected_cash, find_open_drawer, lock_open_drawer
from payments.errors import RefundTooLarge
from payments.gateways import get_gateway
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.models import DrawerEntry, Payment, Refund, RefundLine, Remedy

MAX_PAUSE_MINUTES = 360
NO_LINES: Mapping[int, Decimal] = {}


def request_refund(
    *,
    payment: Payment,
    amount: Decimal,
    reason: str = "",
    lines: Mapping[int, Decimal] = NO_LINES,
    fees: Mapping[int, Decimal] | None = None,
    by: User | None = None,
    key: uuid.UUID | None = None,
    way: Refund.Way = Refund.Way.AS_PAID,
    reference: str = "",
    exchange: Exchange | None = None,
) -> Refund:
    """Promise a refund, in the caller's transaction and under the lock of its booking.

    `lines` are the parts of the amount for tickets of the booking, by pk; of a refund that is for the money as
    such, there are none. `fees` are what of these is for fees: without, all that goes beyond the admission. A worker
    calls the gateway after the commit, unless staff refund it in another `way`, which the caller settles in the same
    transaction. With a `key` that follows from the reason, the database refuses a second refund for it. Raises
    `RefundTooLarge` if less is left of the payment.
    """
    _move_refunded(payment, amount)
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason[:300],
        key=key or uuid.uuid4(),
        way=way,
        reference=reference[:255],
        exchange=exchange,
        made_by=by,
    )
    write_lines(refund, lines, fees)
    if way == Refund.Way.AS_PAID:
        after_commit(wake_refund, refund.pk)
    return refund


def find_payments(booking: Booking) -> list[Payment]:
    """Return what paid for the booking, surcharges of exchanges too, the first first. One query."""
    payments = _read_captured(booking.pk)
    for payment in payments:
        payment.booking = booking
    return payments


@compiled
def _read_captured(booking_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(booking=booking_id, state=Payment.State.CAPTURED).order_by("pk")


def promise_refund(
    booking: Booking,
    amount: Decimal,
    *,
    lines: Mapping[int, Decimal] = NO_LINES,
    fees: Mapping[int, Decimal] | None = None,
    by: User | None = None,
    reason: str = "",
    key: uuid.UUID | None = None,
    exchange: Exchange | None = None,
) -> Refund | None:
    """Promise to refund an amount of a locked booking's payments, as `request_refund` does for one of them.

    Returns None for an amount of zero. Of a booking with several payments, each gives its part, the first one
    first, and what is returned is their sum: a refund that is not in the database.

    Raises `RefundTooLarge`.
    """
    rest, refunds = amount, []
    for payment in find_payments(booking) if amount else ():
        part = min(rest, payment.left)
        if part > 0:
            refunds.append(
                request_refund(
                    payment=payment,
                    amount=part,
                    reason=reason,
                    lines=share(part, lines, booking.currency),
                    fees=fees if part == amount else None,
                    by=by,
                    key=key,
                    exchange=exchange,
                )
            )
            rest, key = rest - part, None
    if rest > 0:
        raise RefundTooLarge
    if len(refunds) <= 1:
        return refunds[0] if refunds else None
    return Refund(payment=refunds[0].payment, amount=amount, reason=reason[:300])


def write_lines(refund: Refund, lines: Mapping[int, Decimal], fees: Mapping[int, Decimal] | None = None) -> None:
    """Write which part of a new refund is for which ticket, by pk, and what of it is for its fees.

    Two queries more for a booking with fees whose part is not given.
    """
    if fees is None:
        fees = _find_fees(refund.payment.booking, lines) if lines and refund.payment.booking.fees else {}
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, ticket_id=pk, amount=part, fees=min(fees.get(pk, Decimal(0)), part))
        for pk, part in lines.items()
    )


def _find_fees(booking: Booking, lines: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return by ticket what of these amounts goes beyond what is left of its admission."""
    given = defaultdict[int, Decimal](Decimal)
    before = RefundLine.objects.filter(ticket__in=lines, refund__payment__booking=booking)
    for pk, amount, fees in before.exclude(refund__state=Refund.State.FAILED).values_list("ticket", "amount", "fees"):
        given[pk] += amount - fees
    found = {}
    for ticket in booking.tickets.filter(pk__in=lines):
        beyond = lines[ticket.pk] - max(ticket.worth - given[ticket.pk], Decimal(0))
        found[ticket.pk] = min(max(beyond, Decimal(0)), ticket.fees)
    return found


def share(amount: Decimal, weights: Mapping[int, Decimal], currency: str) -> dict[int, Decimal]:
    """Divide an amount over tickets, by pk, in proportion to their weights; equally if none weighs anything."""
    even = [Decimal(1)] * len(weights)
    parts = split(amount, list(weights.values()) if any(weights.values()) else even, currency) if weights else []
    return dict(zip(weights, parts, strict=True))


def share_over_tickets(booking: Booking, amount: Decimal) -> dict[int, Decimal]:
    """Divide an amount that is for no ticket in particular over those that were paid; those in use come first.

    Each takes part by what was paid for it and not refunded yet. Two queries.
    """
    tickets = booking.tickets.filter(state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED]).order_by("pk")
    given = defaultdict[int, Decimal](Decimal)
    lines = RefundLine.objects.filter(refund__payment__booking=booking, ticket__in=tickets.values("pk"))
    for ticket_id, part in lines.exclude(refund__state=Refund.State.FAILED).values_list("ticket", "amount"):
        given[ticket_id] += part
    left = {one.pk: max(one.worth + one.fees_left - given[one.pk], Decimal(0)) for one in tickets}
    issued = {one.pk: left[one.pk] for one in tickets if one.state == Ticket.State.ISSUED}
    return share(amount, issued if any(issued.values()) else left, booking.currency)


def settle_refund(refund_id: int) -> Refund:
    """Call the gateway for a pending refund and record its answer; harmless when repeated.

    Call it outside a transaction. Raises `GatewayUnavailable`, after which it is tried again.
    """
    refund = Refund.objects.select_related("payment__booking").get(pk=refund_id)
    # One that was made on the gateway's own pages is asked about by its reference, and a bank tells by itself.
    is_known_there = refund.way == Refund.Way.AS_PAID and refund.source != Refund.Source.CHARGEBACK
    if refund.state == Refund.State.PENDING and is_known_there:
        Refund.objects.filter(pk=refund_id).update(attempts=F("attempts") + 1)
        outcome = get_gateway(refund.payment.gateway).refund(refund)
        apply_refund_outcome(refund, outcome)
        refund.refresh_from_db()
    return refund


def apply_refund_outcome(refund: Refund, outcome: RefundOutcome) -> None:
    """Record what the gateway says about a refund, once for each answer.

    Failure is final: a refund that was made and comes back, because the account is closed, is owed again. Any
    other contradiction changes nothing.
    """
    if outcome.status == RefundStatus.PENDING:
        if not refund.is_outside:
            Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(reference=outcome.reference)
        return
    has_succeeded = outcome.status == RefundStatus.SUCCEEDED
    before = Q(state=Refund.State.PENDING)
    if not has_succeeded:
        before |= Q(state=Refund.State.SUCCEEDED, way=Refund.Way.AS_PAID)
    with transaction.atomic():
        booking = locking.lock_booking(refund.payment.booking_id)
        is_first = Refund.objects.filter(before, pk=refund.pk).update(
            state=Refund.State.SUCCEEDED if has_succeeded else Refund.State.FAILED,
            reference=refund.reference if refund.is_outside else outcome.reference or refund.reference,
            error=outcome.error[:300],
            settled_at=timezone.now(),
        )
        if not is_first:
            return
        refund.payment.booking = booking
        refund.error = outcome.error[:300]
        if not has_succeeded:
            _note_failure(refund)
        elif refund.source != Refund.Source.CHARGEBACK:
            messages.notify_refunded(refund)


def _note_failure(refund: Refund) -> None:
    """Make the amount refundable again, and alert staff."""
    count_refunded(refund.payment)
    record(
        by=None,
        action=Action.REFUND_FAILED if refund.source != Refund.Source.CHARGEBACK else Action.CHARGEBACK_WON,
        on=refund,
        theater_id=refund.payment.booking.theater_id,
        after={"amount": str(refund.amount), "error": refund.error},
    )
    if not refund.is_outside and not match_outside(refund.payment):
        messages.alert_refund_failed(refund)


def count_refunded(payment: Payment) -> None:
    """Return what is refunded or promised of a payment, under the lock of its booking. Two queries.

    A bank may take more than was left. That much no longer belongs to the payment, and staff see it.
    """
    live = Refund.objects.filter(payment=payment).exclude(state=Refund.State.FAILED)
    # Added up here because SQLite would do it in binary.
    given = sum(live.values_list("amount", flat=True), Decimal(0))
    payment.refunded = min(given, payment.received_amount or Decimal(0))
    payment.save(update_fields=["refunded"])


def match_outside(payment: Payment) -> bool:
    """Let a refund made at the gateway replace a failed one of the same amount; return True if it did.

    Call it under the lock of the payment's booking, whichever of the two came first.
    """
    found = False
    outside = Refund.objects.filter(payment=payment, source=Refund.Source.GATEWAY, remedy_of__isnull=True)
    made = {row.amount: row for row in outside.exclude(state=Refund.State.FAILED)}
    failed = Refund.objects.filter(
        payment=payment, source=Refund.Source.HERE, state=Refund.State.FAILED, remedy__isnull=True
    )
    for refund in failed.order_by("pk"):
        if (instead := made.pop(refund.amount, None)) is not None:
            Remedy.objects.create(refund=instead, failed=refund, reason="Made in the gateway's own pages.")
            found = True
    return found


def wake_due_refunds(*, now: datetime | None = None) -> int:
    """Wake the refunds whose task was lost or that wait for another try; return how many.

    Pauses double from two minutes to six hours. A refund whose gateway never answers stays pending: it is
    unknown whether the money has gone, so it is never simply made again.
    """
    now = now or timezone.now()
    waiting = Refund.objects.filter(state=Refund.State.PENDING).exclude(source=Refund.Source.CHARGEBACK)
    pending = waiting.values_list("pk", "created_at", "attempts")
    due = [pk for pk, created_at, attempts in pending if created_at + _pause(attempts) <= now]
    for pk in due:
        wake_refund(pk)
    return len(due)


def _pause(attempts: int) -> timedelta:
    """Return how long after its request a refund is tried again."""
    doubling = sum(min(2 ** (attempt + 1), MAX_PAUSE_MINUTES) for attempt in range(attempts + 1))
    return timedelta(minutes=doubling)


def _move_refunded(payment: Payment, change: Decimal) -> None:
    """Add to what is promised of a payment, and refresh it. Raises `RefundTooLarge`.

    Added up here because SQLite would do it in binary; the row is only written if it has not changed since it
    was read.
    """
    payment.refresh_from_db(fields=["received_amount", "refunded"])
    before, after = payment.refunded, payment.refunded + change
    unchanged = Payment.objects.filter(pk=payment.pk, refunded=before)
    if not 0 <= after <= (payment.received_amount or 0) or not unchanged.update(refunded=after):
        raise RefundTooLarge
    payment.refunded = after


def wake_refund(refund_id: int) -> None:
    """Ask a worker to settle a refund now. If the broker is down, the next sweep does."""
    ask_worker("bookings.tasks.settle_refund", refund_id)


def hand_out_refund(*, refund: Refund, by: User) -> Refund:
    """Pay a promised refund in cash out of the drawer of `by`. Harmless when repeated.

    Raises `NoOpenDrawer`, `DrawerShort`, and `WrongState` for a refund that is not in cash.
    """
    with transaction.atomic():
        booking = locking.lock_booking(refund.payment.booking_id)
        refund = Refund.objects.select_related("payment").get(pk=refund.pk)
        if not refund.is_in_cash:
            raise WrongState
        if refund.state == Refund.State.SUCCEEDED:
            return refund
        if refund.state != Refund.State.PENDING:
            raise WrongState
        found = find_open_drawer(by, booking.theater_id)
        if found is None:
            raise NoOpenDrawer
        drawer = lock_open_drawer(found.pk)
        if refund.amount > expected_cash(drawer):
            raise DrawerShort
        DrawerEntry.objects.create(
            drawer=drawer, kind=DrawerEntry.Kind.REFUND, amount=refund.amount, refund=refund, by=by
        )
        apply_refund_outcome(refund, RefundOutcome(RefundStatus.SUCCEEDED))
        record(
            by=by,
            action=Action.HAND_OUT_REFUND,
            on=refund,
            theater_id=drawer.theater_id,
            after={"amount": str(refund.amount), "currency": drawer.currency},
        )
    refund.refresh_from_db()
    return refund


def waits_in_cash(booking: Booking) -> bool:
    """Return True if some of the booking's money waits to be handed out at the counter. One query."""
    return waiting_in_cash().filter(payment__booking=booking).exists()


def waiting_in_cash() -> QuerySet[Refund]:
    """Refunds that the counter is to hand out."""
    return Refund.objects.filter(payment__gateway=Payment.Gateway.CASH, state=Refund.State.PENDING)


def give_goodwill(*, booking: Booking, amount: Decimal, by: User, reason: str, key: uuid.UUID) -> Refund | None:
    """Promise to refund `amount` as goodwill; nothing is canceled.

    `key` names the request: called again with the same one, it returns the refund that was made first.

    Raises `RefundTooLarge`, and `WrongState` for a booking that was never paid or is canceled.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        earlier = Refund.objects.filter(key=key, payment__booking=booking).select_related("payment").first()
        if earlier is not None:
            return earlier
        if booking.state != Booking.State.CONFIRMED or amount <= 0:
            raise WrongState
        lines = share_over_tickets(booking, amount)
        refund = promise_refund(booking, amount, lines=lines, by=by, reason=reason, key=key)
        record(
            by=by,
            action=Action.GOODWILL_REFUND,
            on=booking,
            theater_id=booking.theater_id,
            after={"refund": str(amount), "currency": booking.currency},
            reason=reason[:300],
        )
    return refund
