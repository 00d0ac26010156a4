"""Let people in, and out again."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Capability
from bookings import locking
from bookings.errors import IdempotencyKeyReused
from bookings.models import Booking, Ticket
from bookings.tickets.codes import InvalidTicketCode, read
from door.models import CheckIn
from events.models import Show
from theaters.access import require

log = structlog.get_logger(__name__)

# A device may report a festival weekend's scans later, by a clock that is nearly right. The API refuses others.
MAX_SCAN_AGE = timedelta(days=2)
MAX_CLOCK_SKEW = timedelta(minutes=2)

Direction, Reason, Result = CheckIn.Direction, CheckIn.Reason, CheckIn.Result


def check_in(
    *,
    qr: str,
    gate: str,
    by: User,
    device: str = "",
    direction: str = Direction.IN,
    show: Show | None = None,
    key: str | None = None,
    scanned_at: datetime | None = None,
) -> CheckIn:
    """Decide about a ticket that is presented at a gate, and record it whatever the result.

    A ticket goes in once, and again only after it went out. If two gates scan it at the same moment, one admits
    it. Nobody goes in before the doors open: at `Show.doors_at`, or `DOORS_HOURS` before the start if that is
    not set. With `show`, tickets for other shows are not valid at this gate. `find_entry` returns when someone
    already inside came in. Called again with the same `key` by the same person, it returns the first decision.

    With `scanned_at`, a device without a network let the person through at that moment and reports it now. The
    ticket is judged as of that moment; if it would have been refused, the row is a conflict.

    Raises `InvalidTicketCode` for what we never signed, which is not recorded, `PermissionDenied` unless `by`
    may check in at the show's theater, and `IdempotencyKeyReused` if that call was about another ticket. Six
    queries, one more with a key.
    """
    require(by, Capability.CHECK_IN)
    code = _read(qr, by)
    found = Ticket.objects.filter(code=code).values_list("pk", "booking_id", "show__hall__theater_id").first()
    if found is None:
        raise InvalidTicketCode
    ticket_id, booking_id, theater_id = found
    require(by, Capability.CHECK_IN, theater_id)
    try:
        return _decide(
            ticket_id,
            booking_id,
            gate=gate,
            by=by,
            device=device,
            direction=direction,
            show=show,
            key=key,
            scanned_at=scanned_at,
        )
    except IntegrityError:
        # The same key was sent with another ticket at the same moment.
        if _find_earlier(key, by) is None:
            raise
        raise IdempotencyKeyReused from None


def _decide(
    ticket_id: int,
    booking_id: int,
    *,
    gate: str,
    by: User,
    device: str,
    direction: str,
    show: Show | None,
    key: str | None,
    scanned_at: datetime | None,
) -> CheckIn:
    with transaction.atomic():
        # Until this is written, the ticket can't be canceled, and other gates can't decide.
        booking = locking.lock_booking(booking_id)
        now = timezone.now()
        earlier = _find_earlier(key, by)
        if earlier is not None:
            if (earlier.ticket_id, earlier.direction) != (ticket_id, direction):
                raise IdempotencyKeyReused
            return earlier
        places = ("seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city")
        ticket = Ticket.objects.select_related(*places).get(pk=ticket_id)
        ticket.booking = booking
        last = ticket.check_ins.filter(result=Result.ADMITTED).order_by("-passage").first()
        # A device's clock may be slightly ahead.
        at = min(scanned_at or now, now)
        result, reason = _judge(ticket, last, direction, show, at)
        return CheckIn.objects.create(
            ticket=ticket,
            gate=gate.strip()[:60],
            direction=direction,
            result=result,
            reason=reason,
            passage=_next_passage(last) if result == Result.ADMITTED else None,
            by=by,
            at=at,
            received_at=now if scanned_at else None,
            device=device.strip()[:80],
            key=key or None,
        )


def find_entry(ticket: Ticket) -> CheckIn | None:
    """Return how the ticket last came in: when, and through which gate. One query."""
    entries = ticket.check_ins.filter(result=Result.ADMITTED, direction=Direction.IN)
    return entries.order_by("-passage").first()


def doors_open_at(show: Show) -> datetime:
    """Return when the doors of a show open."""
    return show.doors_at or show.starts_at - timedelta(hours=settings.DOORS_HOURS)


def _find_earlier(key: str | None, by: User) -> CheckIn | None:
    if not key:
        return None
    earlier = CheckIn.objects.select_related(
        "ticket__booking", "ticket__seat", "ticket__area", "ticket__category", "ticket__ticket_type",
        "ticket__show__event", "ticket__show__hall__theater__city",
    )  # fmt: skip
    return earlier.filter(by=by, key=key).first()


def _read(qr: str, by: User) -> str:
    try:
        return read(qr)
    except InvalidTicketCode:
        log.warning("forged_ticket_code", by=by.pk, text=qr[:40])
        raise


def _is_replaced(ticket: Ticket) -> bool:
    """Return True if a ticket that is still valid replaced this one, even by way of others. One query for each."""
    successor = Ticket.objects.filter(moved_from=ticket).first()
    if successor is None or successor.state == Ticket.State.ISSUED:
        return successor is not None
    return _is_replaced(successor)


def _next_passage(last: CheckIn | None) -> int:
    return (last.passage or 0) + 1 if last else 1


def _judge(ticket: Ticket, last: CheckIn | None, direction: str, show: Show | None, now: datetime) -> tuple[str, str]:
    is_inside = last is not None and last.direction == Direction.IN
    if direction == Direction.OUT:
        return (Result.ADMITTED, "") if is_inside else (Result.NOT_VALID, Reason.NOT_INSIDE)
    if ticket.state == Ticket.State.CANCELED or ticket.booking.state == Booking.State.CANCELED:
        return Result.NOT_VALID, Reason.REPLACED if _is_replaced(ticket) else Reason.CANCELED
    if ticket.state != Ticket.State.ISSUED:
        return Result.NOT_VALID, Reason.NOT_ISSUED
    if show is not None and ticket.show_id != show.pk:
        return Result.NOT_VALID, Reason.OTHER_SHOW
    if ticket.show.state == Show.State.CANCELED:
        return Result.NOT_VALID, Reason.SHOW_CANCELED
    if now >= ticket.show.ends_at:
        return Result.NOT_VALID, Reason.OVER
    if not is_inside and now < doors_open_at(ticket.show):
        return Result.NOT_VALID, Reason.TOO_EARLY
    return (Result.ALREADY_IN, "") if is_inside else (Result.ADMITTED, "")
