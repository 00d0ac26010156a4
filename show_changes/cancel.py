"""Cancel a show: its sale stops at once, then each booking gets its outcome in the background.

`cancel_show` commits, in one transaction, that the show is off, that its holds are free, and a row for each
booking (`CanceledBooking`). `carry_on` then gives each row its outcome in a transaction of its own: tickets
for the show canceled, their places given back, the refund promised, the customer notified. So a worker that is
killed loses at most the transaction of one booking, and the sweep lets another go on with the rows that
still wait. A booking's tickets for other shows stay valid. Its last ticket closes it, and its voucher can be
used again.

No one is refunded twice: a row leaves `waiting` by a conditional update in that same transaction, the keys of
its refunds follow from the row, the payment and the number of the try, and only `settle_refund` calls the
gateway, with that key. The row is claimed before its booking is locked, and nothing else locks it.

All that is left of what the tickets cost comes back (`quote_canceled_shows`), whatever the show's refund policy.
What the box office took is not refunded by a gateway but paid out by hand when the customer comes (`pay_out`). A
refund that its gateway refused is remedied like any other (`bookings/services/remedy.py`), and the row follows it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.models import Booking, Ticket
from bookings.pricing import ZERO
from bookings.seating.availability import forget_availability
from bookings.services.cancel import free_issued, quote_canceled_shows, read_left_by_ticket
from bookings.services.refund import find_payments, hand_out_refund, request_refund, settle_refund, share
from bookings.services.release_hold import free_at_once
from bookings.services.remedy import give_back
from bookings.tallies import move_vouchers
from events.catalogue import forget_catalogue
from events.errors import WrongShowState
from events.locking import lock_show
from events.models import Show
from lib.after_commit import after_commit
from lib.jobs import ask_worker
from lib.turns import Turn
from payments.gateways import get_gateway
from payments.models import Payment, Refund
from show_changes.messages import notify_show_canceled
from show_changes.models import CanceledBooking, ShowCancellation

log = structlog.get_logger(__name__)

State = CanceledBooking.State

# Rows read at once; each is a transaction of some 25 statements, so that no lock is held for long.
ROW_BATCH = 50
# One run stops taking rows after this and wakes the next, well before a job's time limit.
RUN_SECONDS = 240
# A run notes each batch; one that was silent for this long is dead.
DEAD_AFTER = timedelta(seconds=60)
# A payment that was being confirmed while the show was canceled may finish later.
LATE_BOOKINGS_WITHIN = timedelta(days=1)
_KEYS = uuid.UUID("6f0d4e0e-3c5e-4d0b-9a5e-8a1f5c6f7b21")


def cancel_shows(
    *, shows: Iterable[Show], by: User, reason: str, message: str = "", batch: uuid.UUID
) -> list[ShowCancellation]:
    """Cancel all of these shows or none, each as `cancel_show` does; their common page is that of `batch`.

    Raises `WrongShowState` if one is a draft.
    """
    with transaction.atomic():
        return [
            cancel_show(show=show, by=by, reason=reason, message=message, batch=batch)
            for show in sorted(shows, key=lambda show: show.pk)
        ]


def cancel_show(
    *, show: Show, by: User, reason: str, message: str = "", batch: uuid.UUID | None = None
) -> ShowCancellation:
    """Stop the sale of a show for good, free its holds, and let workers handle its bookings.

    The caller has checked that `by` may (`Capability.CANCEL_SHOW`). A second call returns the cancellation
    that the first one made. `reason` goes into the audit log and on each refund; `message` is what the
    theater writes to its customers. Money that arrives for a freed hold is returned by `confirm_payment`.
    Raises `WrongShowState` for a draft.
    """
    with transaction.atomic():
        try:
            show = lock_show(show, Show.State.ON_SALE, Show.State.ENDED)
        except WrongShowState:
            if found := ShowCancellation.objects.filter(show=show.pk).first():
                return found
            raise
        before = show.state
        Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
        cancellation = ShowCancellation.objects.create(
            show=show, reason=reason[:300], message=message, made_by=by, batch=batch
        )
        holds = locking.lock_holds_of_show(show.pk)
        free_at_once(holds)
        # Customers with a reservation are notified; those still choosing on the page see it there.
        reserved = [hold for hold in holds if hold.channel == Booking.Channel.BOX_OFFICE and _is_named(hold)]
        _enlist(cancellation, [*(hold.pk for hold in reserved), *_find_unlisted(cancellation)])
        record(
            by=by,
            action=Action.CANCEL_SHOW,
            on=show,
            theater_id=show.hall.theater_id,
            before={"state": before},
            after={"state": Show.State.CANCELED, "holds": len(holds), "bookings": cancellation.bookings.count()},
            reason=reason[:300],
        )
        forget_catalogue(changed=[show.event_id])
        after_commit(forget_availability, show.pk)
        after_commit(wake, cancellation.pk)
    return cancellation


def carry_on(cancellation_id: int, *, seconds: float = RUN_SECONDS) -> int:
    """Give waiting bookings their outcome until none is left or the time is up; return how many got one.

    Call it outside a transaction. Several runs at once share the work.
    """
    cancellation = ShowCancellation.objects.get(pk=cancellation_id)
    _enlist(cancellation, _find_unlisted(cancellation))
    waiting = cancellation.bookings.filter(state=State.WAITING)
    turn = Turn(seconds)
    done = 0
    while batch := list(waiting.values_list("pk", flat=True)[:ROW_BATCH]):
        ShowCancellation.objects.filter(pk=cancellation_id).update(worked_at=timezone.now())
        for pk in batch:
            if not turn.go_on():
                wake(cancellation_id)
                return done
            done += _settle_booking(pk)
    _finish(cancellation_id)
    return done


def wake_silent(*, now: datetime | None = None) -> int:
    """Wake workers for cancellations that wait without a live run; return how many. Run each minute."""
    now = now or timezone.now()
    for cancellation in ShowCancellation.objects.filter(started_at__gt=now - LATE_BOOKINGS_WITHIN):
        _enlist(cancellation, _find_unlisted(cancellation))
    is_silent = Q(worked_at__isnull=True) | Q(worked_at__lte=now - DEAD_AFTER)
    waiting = ShowCancellation.objects.filter(is_silent, bookings__state=State.WAITING, started_at__lte=now).distinct()
    woken = 0
    for pk in waiting.values_list("pk", flat=True):
        # By row count, so that of two sweeps only one wakes.
        if ShowCancellation.objects.filter(is_silent, pk=pk).update(worked_at=now):
            wake(pk)
            woken += 1
    return woken


def try_again(*, row: CanceledBooking, by: User) -> bool:
    """Try a failed booking, or a refund that its gateway refused, once more; return True if there was one.

    A second call is harmless. Raises `RefundTooLarge` if the money was given back in another way.
    """
    with transaction.atomic():
        rows = CanceledBooking.objects.filter(pk=row.pk)
        if rows.filter(state=State.FAILED).update(state=State.WAITING, error=""):
            after_commit(wake, row.cancellation_id)
            record(by=by, action=Action.TRY_BOOKING_AGAIN, on=row, theater_id=row.cancellation.show.hall.theater_id)
            return True
    refused = list(row.refunds.filter(state=Refund.State.FAILED).select_related("payment").order_by("payment"))
    for refund in refused:
        give_back(payment=refund.payment, failed=refund, by=by, reason=row.cancellation.reason)
    return bool(refused)


def pay_out(*, row: CanceledBooking, by: User) -> list[Refund]:
    """Record that the box office pays back by hand what it took; cash leaves the open drawer of `by`.

    Call it outside a transaction. Returns the refunds that were made; none when called again. Raises
    `NoOpenDrawer` and `DrawerShort`; then nothing has changed.
    """
    with transaction.atomic():
        if not CanceledBooking.objects.filter(pk=row.pk, state=State.PAY_OUT).update(state=State.DONE):
            return []
        row = _read(row.pk)
        booking = locking.lock_booking(row.booking_id)
        by_hand = [payment for payment in find_payments(booking) if is_by_hand(payment)]
        due = _quote(row, booking, left=min(row.at_counter, sum((payment.left for payment in by_hand), ZERO)))
        refunds = _promise(row, divide(by_hand, sum(due.values(), ZERO)), due, by=by)
        for refund in refunds:
            if refund.is_in_cash:
                hand_out_refund(refund=refund, by=by)
        record(
            by=by,
            action=Action.PAY_OUT_REFUND,
            on=booking,
            theater_id=booking.theater_id,
            after={"refund": str(sum((refund.amount for refund in refunds), ZERO)), "currency": booking.currency},
            reason=row.cancellation.reason,
        )
    return [settle_refund(refund.pk) for refund in refunds]


def wake(cancellation_id: int) -> None:
    """Ask a worker to go on. A broker that is down delays it until a sweep."""
    ask_worker("show_changes.tasks.carry_on_canceling", cancellation_id)


def _is_named(hold: Booking) -> bool:
    return bool(hold.email or hold.phone or hold.name or hold.customer_id)


def _find_unlisted(cancellation: ShowCancellation) -> list[int]:
    """Return the confirmed bookings with tickets for the show that have no row yet."""
    issued = Ticket.objects.issued().filter(show=cancellation.show_id).order_by()
    confirmed = Booking.objects.confirmed().filter(pk__in=issued.values("booking"))
    unlisted = confirmed.exclude(pk__in=cancellation.bookings.order_by().values("booking"))
    return list(unlisted.order_by("pk").values_list("pk", flat=True))


def _enlist(cancellation: ShowCancellation, booking_ids: Iterable[int]) -> None:
    rows = [CanceledBooking(cancellation=cancellation, booking_id=pk) for pk in booking_ids]
    CanceledBooking.objects.bulk_create(rows, ignore_conflicts=True)


def _settle_booking(pk: int) -> bool:
    """Give one row its outcome; return True if this call did."""
    try:
        with transaction.atomic():
            if not CanceledBooking.objects.filter(pk=pk, state=State.WAITING).update(state=State.DONE):
                return False
            _give_outcome(_read(pk))
    except OperationalError:
        # The database is busy or down: the sweep goes on later.
        raise
    except Exception as error:  # one booking must not keep the others waiting
        log.exception("canceling_failed", row=pk)
        CanceledBooking.objects.filter(pk=pk, state=State.WAITING).update(
            state=State.FAILED, error=f"{type(error).__name__}: {error}"[:300]
        )
        return False
    return True


def _read(pk: int) -> CanceledBooking:
    related = ["cancellation__made_by", "cancellation__show__event", "cancellation__show__hall__theater__city"]
    return CanceledBooking.objects.select_related(*related).get(pk=pk)


def _give_outcome(row: CanceledBooking) -> None:
    cancellation = row.cancellation
    booking = locking.lock_booking(row.booking_id)
    tickets = list(booking.tickets.filter(show=cancellation.show, state=Ticket.State.ISSUED).order_by("pk"))
    # The customer may have been faster, with the same full refund, and was notified then.
    is_returned_already = not tickets and booking.confirmed_at is not None
    if tickets:
        free_issued(booking, tickets, timezone.now())
    others = booking.show_cancellations.exclude(pk=row.pk)
    if (
        booking.state == Booking.State.CANCELED
        and booking.voucher_id is not None
        and not others.filter(has_returned_voucher=True).exists()
    ):
        move_vouchers({booking.voucher_id: -1})
        row.has_returned_voucher = True
    payments = find_payments(booking)
    # What waits at the counter for other shows has no refund yet.
    promised = sum((other.at_counter for other in others.filter(state=State.PAY_OUT)), ZERO)
    due = _quote(row, booking, left=sum((payment.left for payment in payments), ZERO) - promised)
    parts = divide(payments, sum(due.values(), ZERO))
    at_counter = sum((part for payment, part in parts if is_by_hand(payment)), ZERO)
    by_gateway = [(payment, part) for payment, part in parts if not is_by_hand(payment)]
    refunds = _promise(row, by_gateway, due, by=cancellation.made_by)
    row.amount = sum((refund.amount for refund in refunds), at_counter)
    row.state = State.PAY_OUT if at_counter else State.DONE
    row.is_told = is_returned_already or bool(
        notify_show_canceled(
            booking,
            cancellation.show,
            _sum_up(refunds),
            tickets=tickets or None,
            at_counter=at_counter or None,
            message=cancellation.message,
        )
    )
    row.save(update_fields=["state", "amount", "is_told", "has_returned_voucher"])
    record(
        by=cancellation.made_by,
        action=Action.CANCEL_TICKETS,
        on=booking,
        theater_id=booking.theater_id,
        before={"tickets": [ticket.code for ticket in tickets]},
        after={"state": booking.state, "refund": str(row.amount)},
        reason=cancellation.reason,
    )


def _quote(row: CanceledBooking, booking: Booking, *, left: Decimal) -> dict[int, Decimal]:
    """Return by pk of ticket what goes back for the row's show. One query."""
    by_ticket = read_left_by_ticket([booking])[booking.pk]
    return quote_canceled_shows(booking, by_ticket, [row.cancellation.show_id], left=left)


def divide(payments: Iterable[Payment], amount: Decimal) -> list[tuple[Payment, Decimal]]:
    """Return which part of an amount each payment gives: first those that gateways refund by themselves."""
    parts = []
    for payment in sorted(payments, key=is_by_hand):
        if part := min(amount, payment.left):
            parts.append((payment, part))
            amount -= part
    return parts


def _promise(
    row: CanceledBooking, parts: Iterable[tuple[Payment, Decimal]], due: dict[int, Decimal], *, by: User | None
) -> list[Refund]:
    """Promise these parts of a locked booking's payments, by the keys of this try; `due` is by pk of ticket."""
    row.tries += 1
    refunds = []
    for payment, part in parts:
        lines = share(part, due, payment.paid_currency)
        due = {pk: amount - lines[pk] for pk, amount in due.items()}
        key = uuid.uuid5(_KEYS, f"{row.pk}/{payment.pk}/{row.tries}")
        reason = row.cancellation.reason
        refunds.append(request_refund(payment=payment, amount=part, reason=reason, lines=lines, by=by, key=key))
    row.refunds.add(*refunds)
    row.save(update_fields=["tries"])
    return refunds


def _sum_up(refunds: list[Refund]) -> Refund | None:
    """Return one refund for the message to mention, if several payments go back."""
    if len(refunds) <= 1:
        return refunds[0] if refunds else None
    return Refund(payment=refunds[0].payment, amount=sum((refund.amount for refund in refunds), ZERO))


def is_by_hand(payment: Payment) -> bool:
    """Return True if the box office took the money."""
    return get_gateway(payment.gateway).is_for_staff


def _finish(cancellation_id: int) -> None:
    """Record when the last booking got its outcome."""
    open_rows = CanceledBooking.objects.filter(cancellation=cancellation_id, state__in=[State.WAITING, State.FAILED])
    if not open_rows.exists():
        now = timezone.now()
        ShowCancellation.objects.filter(pk=cancellation_id, finished_at__isnull=True).update(
            finished_at=now, worked_at=now
        )
