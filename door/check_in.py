"""Let people in, and out again."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Capability
from bookings import locking
from bookings.errors import IdempotencyKeyReused
from bookings.models import Booking, Ticket
from bookings.tickets.codes import InvalidTicketCode, read
from bookings.tickets.replaced import find_standing, find_successors
from door.models import CheckIn
from door.passages import judge_passage, next_passage, renumber_passages
from events.models import Show
from theaters.access import may, require

log = structlog.get_logger(__name__)

# A device may report a festival weekend's scans later, by a clock that is nearly right. The API refuses others.
MAX_SCAN_AGE = timedelta(days=2)
MAX_CLOCK_SKEW = timedelta(minutes=2)

# What the decision reads of a ticket, and its answer of it.
PLACES = ("seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city")

Direction, Reason, Result = CheckIn.Direction, CheckIn.Reason, CheckIn.Result


class TicketOfOtherTheater(PermissionDenied):
    """The ticket is for a theater where this person may not check in. Nothing was recorded."""

    def __init__(self, show_id: int) -> None:
        super().__init__()
        self.show_id = show_id


class Presented(NamedTuple):
    """How a ticket is presented: see `check_in`."""

    gate: str
    by: User
    device: str
    direction: str
    shows: Collection[Show]
    key: str | None
    scanned_at: datetime | None
    refused_as: tuple[str, str] | None
    clock_error: int | None
    note: str


def check_in(
    *,
    qr: str = "",
    ticket_code: str = "",
    gate: str,
    by: User,
    device: str = "",
    direction: str = Direction.IN,
    shows: Collection[Show] = (),
    key: str | None = None,
    scanned_at: datetime | None = None,
    refused_as: tuple[str, str] | None = None,
    clock_error: int | None = None,
    note: str = "",
) -> CheckIn:
    """Decide about a ticket that is presented at a gate, and record it whatever the result.

    The ticket is named by the text of its QR code, or by its own code where staff have found it by other means. One
    that was moved or exchanged stands for the new ticket until the customer has that (`bookings.tickets.replaced`).

    A ticket goes in once, and again only after it went out, if the theater allows that. If two gates scan it at the
    same moment, one admits it. Nobody goes in before the doors open: see `Show.admits_from`. The
    start if that is not set. With `shows`, tickets for other shows are not valid at this gate. `find_entry` returns
    when someone already inside came in. Called again with the same `key` by the same person, it returns the first
    decision.

    With a `note`, why it is admitted all the same, refusals of `YIELDING_REASONS` and a ticket that is inside
    already become admissions; that takes `ADMIT_ANYWAY`.

    With `scanned_at`, a device without a network let the person through at that moment and reports it now. The
    ticket is judged as of that moment; if it would have been refused, the row is a conflict. If other gates let the
    ticket through later, they are judged again: the first by time stands. `refused_as` is the result and reason for
    which the device sent the person away instead, and `clock_error` by how many seconds its clock was ahead. If the
    device decided because our answer to the same `key` was lost, what it did is what counts.

    Raises `InvalidTicketCode` for what we never signed, which is not recorded, `TicketOfOtherTheater` or another
    `PermissionDenied` unless `by` may do this at the show's theater, and `IdempotencyKeyReused` if that call was
    about another ticket. Six queries, one more each with a key and a note.
    """
    require(by, Capability.CHECK_IN)
    code = ticket_code or _read(qr, by)
    of_ticket = ("pk", "booking_id", "show_id", "show__hall__theater_id", "state")
    found = Ticket.objects.filter(code=code).values_list(*of_ticket).first()
    if found is None:
        raise InvalidTicketCode
    ticket_id, booking_id, show_id, theater_id, state = found
    if state == Ticket.State.CANCELED and refused_as is None:
        standing = find_standing(Ticket.objects.get(pk=ticket_id))
        ticket_id, show_id = standing.pk, standing.show_id
    if not may(by, Capability.CHECK_IN, theater_id):
        raise TicketOfOtherTheater(show_id)
    note = " ".join(note.split())[:200]
    if note:
        require(by, Capability.ADMIT_ANYWAY, theater_id)
    presented = Presented(gate, by, device, direction, shows, key, scanned_at, refused_as, clock_error, note)
    try:
        return _decide(ticket_id, booking_id, presented)
    except IntegrityError:
        # The same key was sent with another ticket at the same moment.
        if _find_earlier(key, by) is None:
            raise
        raise IdempotencyKeyReused from None


def _decide(ticket_id: int, booking_id: int, presented: Presented) -> CheckIn:
    with transaction.atomic():
        # Until this is written, the ticket can't be canceled, and other gates can't decide.
        booking = locking.lock_booking(booking_id)
        now = timezone.now()
        earlier = _find_earlier(presented.key, presented.by)
        if earlier is not None:
            if earlier.direction != presented.direction or not _is_same(ticket_id, earlier.ticket_id):
                raise IdempotencyKeyReused
            if presented.scanned_at and not earlier.received_at:
                _follow_device(earlier, presented, now)
            return earlier
        ticket = Ticket.objects.select_related(*PLACES).get(pk=ticket_id)
        ticket.booking = booking
        # A device's clock may be slightly ahead.
        at = min(presented.scanned_at or now, now)
        last = _find_last(ticket, until=at if presented.scanned_at else None)
        result, reason = presented.refused_as or _judge(ticket, last, presented.direction, presented.shows, at)
        is_overruled = bool(presented.note) and _yields(result, reason)
        if is_overruled:
            result = Result.ADMITTED
        is_let_through = presented.scanned_at is not None and presented.refused_as is None
        is_late = is_let_through and ticket.check_ins.passed().filter(at__gt=at).exists()
        is_admitted = result == Result.ADMITTED
        found = CheckIn.objects.create(
            ticket=ticket,
            gate=presented.gate.strip()[:60],
            direction=presented.direction,
            result=result,
            reason=reason,
            # A report may come before that of what it overrules.
            note=presented.note if is_overruled or (is_let_through and is_admitted) else "",
            # A late one gets its number below.
            passage=next_passage(_find_last(ticket) if is_late else last, presented.direction) if is_admitted else None,
            by=presented.by,
            at=at,
            received_at=now if presented.scanned_at else None,
            is_conflict=is_let_through and not is_admitted,
            clock_error=presented.clock_error,
            device=presented.device.strip()[:80],
            key=presented.key or None,
        )
        if is_late:
            renumber_passages(ticket, now)
            found.refresh_from_db(fields=["result", "reason", "passage", "is_conflict"])
        return found


def _follow_device(found: CheckIn, presented: Presented, now: datetime) -> None:
    """Put right what we recorded of a scan whose answer the device never got, if it decided otherwise."""
    found.received_at, found.clock_error = now, presented.clock_error
    if presented.refused_as is None:
        found.is_conflict = found.result in CheckIn.REFUSED
    elif found.result == Result.ADMITTED:
        found.result, found.passage = Result.UNDONE, None
    found.save(update_fields=["received_at", "clock_error", "is_conflict", "result", "passage"])
    renumber_passages(found.ticket, now)
    found.refresh_from_db(fields=["result", "reason", "passage", "is_conflict"])


def _find_last(ticket: Ticket, until: datetime | None = None) -> CheckIn | None:
    """Return the last admission, of those known to be before a moment if one is given."""
    admitted = ticket.check_ins.filter(result=Result.ADMITTED)
    return (admitted.filter(at__lte=until) if until else admitted).order_by("-passage").first()


def find_entry(ticket: Ticket) -> CheckIn | None:
    """Return how the ticket last came in: when, through which gate, and who admitted it. One query."""
    entries = ticket.check_ins.filter(result=Result.ADMITTED, direction=Direction.IN)
    return entries.select_related("by").order_by("-passage").first()


def is_replaced(successors: Iterable[Ticket]) -> bool:
    """Return True if a ticket with these successors was replaced by one that is still valid, even by way of others."""
    return any(successor.state == Ticket.State.ISSUED for successor in successors)


def may_yield(found: CheckIn) -> bool:
    """Return True if staff with `ADMIT_ANYWAY` may let the ticket in all the same."""
    return found.direction == Direction.IN and _yields(found.result, found.reason)


def _yields(result: str, reason: str) -> bool:
    return result == Result.ALREADY_IN or (result == Result.NOT_VALID and reason in CheckIn.YIELDING_REASONS)


def _find_earlier(key: str | None, by: User) -> CheckIn | None:
    if not key:
        return None
    earlier = CheckIn.objects.select_related("ticket__booking", *(f"ticket__{place}" for place in PLACES))
    return earlier.filter(by=by, key=key).first()


def _read(qr: str, by: User) -> str:
    try:
        return read(qr)
    except InvalidTicketCode:
        log.warning("forged_ticket_code", by=by.pk, text=qr[:40])
        raise


def _is_same(ticket_id: int, decided_id: int) -> bool:
    """Return True if the decision about one ticket was about the other: itself, or one that it then stood for."""
    if ticket_id == decided_id:
        return True
    ticket = Ticket.objects.get(pk=ticket_id)
    return any(successor.pk == decided_id for successor in find_successors([ticket])[ticket])


def _judge(
    ticket: Ticket, last: CheckIn | None, direction: str, shows: Collection[Show], now: datetime
) -> tuple[str, str]:
    allows_reentry = ticket.show.hall.theater.allows_reentry
    if direction == Direction.OUT:
        return judge_passage(last, direction, allows_reentry=allows_reentry)
    show = ticket.show
    if ticket.state == Ticket.State.CANCELED or ticket.booking.state == Booking.State.CANCELED:
        successors = find_successors([ticket])[ticket]
        return Result.NOT_VALID, Reason.REPLACED if is_replaced(successors) else Reason.CANCELED
    if ticket.state != Ticket.State.ISSUED:
        return Result.NOT_VALID, Reason.NOT_ISSUED
    if shows and show not in shows:
        return Result.NOT_VALID, Reason.OTHER_SHOW
    if show.state == Show.State.CANCELED:
        return Result.NOT_VALID, Reason.SHOW_CANCELED
    if now >= show.ends_at:
        return Result.NOT_VALID, Reason.OVER
    result, reason = judge_passage(last, direction, allows_reentry=allows_reentry)
    if result != Result.ALREADY_IN and now < show.admits_from:
        return Result.NOT_VALID, Reason.SHOW_MOVED if ticket.show_moved_at else Reason.TOO_EARLY
    return result, reason
