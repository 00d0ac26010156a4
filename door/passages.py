"""How a ticket passes the gates: in, out, and in again, in the order of the scans' times.

A device without a network reports late, so that an earlier passage may become known after later ones. Then all
passages of the ticket are numbered again, and an admission that was not the first becomes a conflict.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from bookings.models import Ticket
from door.models import CheckIn

# More passages than a ticket ever has; even, so that odd numbers stay odd.
_APART = 1000

Direction, Reason, Result = CheckIn.Direction, CheckIn.Reason, CheckIn.Result


def judge_passage(last: CheckIn | None, direction: str, *, allows_reentry: bool) -> tuple[str, str]:
    """Return result and reason for a valid ticket whose last admission is `last`."""
    is_inside = last is not None and last.direction == Direction.IN
    if direction == Direction.OUT:
        return (Result.ADMITTED, "") if is_inside else (Result.NOT_VALID, Reason.NOT_INSIDE)
    if is_inside:
        return Result.ALREADY_IN, ""
    if last is not None and not allows_reentry:
        return Result.NOT_VALID, Reason.NO_REENTRY
    return Result.ADMITTED, ""


def next_passage(last: CheckIn | None, direction: str) -> int:
    """Return the number of an admission after `last`: odd ones go in, even ones out."""
    number = (last.passage or 0) + 1 if last else 1
    goes_in = number % 2 == 1
    return number if goes_in == (direction == Direction.IN) else number + 1


def renumber_passages(ticket: Ticket, now: datetime) -> None:
    """Decide again about each passage of the ticket, in the order of their times. Lock its booking before.

    Who was admitted and now comes second is a conflict from `now` on. Reads `ticket.show.hall.theater`; a query
    for each passage that changes, and two more.
    """
    passed = ticket.check_ins.passed()
    # Out of each other's way: two passages never have the same number, not even between two statements.
    passed.filter(result=Result.ADMITTED).update(passage=F("passage") + _APART)
    last = None
    for row in passed.order_by("at", "pk"):
        was_admitted = row.result == Result.ADMITTED
        result, reason = judge_passage(last, row.direction, allows_reentry=ticket.show.hall.theater.allows_reentry)
        if row.note:
            # Admitted all the same, for a reason of its own.
            result, reason = Result.ADMITTED, row.reason
        row.result, row.reason, row.is_conflict = result, reason, result != Result.ADMITTED
        row.passage = None if row.is_conflict else next_passage(last, row.direction)
        if row.is_conflict and was_admitted:
            row.received_at = now
        row.save(update_fields=["result", "reason", "is_conflict", "passage", "received_at"])
        last = last if row.is_conflict else row
