"""What a gate's device decided while it had no network, and reports now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from bookings.errors import IdempotencyKeyReused
from bookings.tickets.codes import InvalidTicketCode
from door.check_in import MAX_SCAN_AGE, check_in
from door.models import CheckIn

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Decision:
    """One scan, decided by a device. `key` is its own, so that sending it again changes nothing."""

    key: str
    ticket: str
    gate: str
    direction: str
    scanned_at: datetime
    result: str
    reason: str
    note: str


def record_decisions(*, decisions: Sequence[Decision], by: User, device: str, clock_error: int) -> list[CheckIn | None]:
    """Record each decision by itself, and return what became of it; None where `by` may not or there is no ticket.

    One that cannot be recorded does not hold up the others: it would be sent again for ever. One that is older than
    `MAX_SCAN_AGE` by the device's reckoning is recorded as of then.
    """
    return [_record(one, by, device, clock_error) for one in decisions]


def _record(one: Decision, by: User, device: str, clock_error: int) -> CheckIn | None:
    # Without the right to admit all the same, the person is in, and staff have to know it: a conflict.
    for note in dict.fromkeys((one.note, "")):
        try:
            return check_in(
                ticket_code=one.ticket,
                gate=one.gate,
                by=by,
                device=device,
                direction=one.direction,
                key=one.key,
                scanned_at=max(one.scanned_at, timezone.now() - MAX_SCAN_AGE),
                refused_as=None if one.result == CheckIn.Result.ADMITTED else (one.result, one.reason),
                clock_error=clock_error,
                note=note,
            )
        except (InvalidTicketCode, IdempotencyKeyReused, PermissionDenied) as refused:
            log.warning("door_report_refused", by=by.pk, ticket=one.ticket, error=type(refused).__name__)
    return None
