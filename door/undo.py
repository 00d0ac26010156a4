"""Take back an admission that was a mistake."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Capability
from bookings import locking
from door.models import CheckIn
from door.passages import renumber_passages
from lib.refusals import Refusal
from theaters.access import require

UNDO_TIME = timedelta(minutes=1)

Result = CheckIn.Result


class TooLateToUndo(Refusal):
    message = _("Too late to undo: a minute has passed, or the ticket was scanned again.")


def undo(*, key: str, by: User) -> CheckIn:
    """Undo the admission of the scan with this key, within `UNDO_TIME`; harmless when repeated.

    Only who admitted the ticket may undo it; others are raised `PermissionDenied`. Raises `TooLateToUndo` if the
    minute is over, or the ticket was admitted once more since.
    """
    found = CheckIn.objects.filter(by=by, key=key).select_related("ticket__show__hall").first()
    if found is None:
        raise PermissionDenied
    require(by, Capability.CHECK_IN, found.ticket.show.hall.theater_id)
    with transaction.atomic():
        locking.lock_booking(found.ticket.booking_id)
        found.refresh_from_db(fields=["result", "passage"])
        if found.result == Result.UNDONE:
            return found
        later = CheckIn.objects.filter(ticket=found.ticket_id, passage__gt=found.passage or 0)
        is_late = timezone.now() > found.at + UNDO_TIME
        if found.result != Result.ADMITTED or is_late or later.exists():
            raise TooLateToUndo
        found.result, found.passage = Result.UNDONE, None
        found.save(update_fields=["result", "passage"])
        if CheckIn.objects.conflicts().filter(ticket=found.ticket_id).exists():
            # Another gate let the ticket in, too, and this was the entry.
            renumber_passages(found.ticket, timezone.now())
    return found
