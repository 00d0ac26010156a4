"""What the door says to a scan: the same on its page and by the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Ticket
from bookings.tickets.codes import ForeignCode, ForgedCode, InvalidTicketCode, UnreadableCode
from door.check_in import TicketOfOtherTheater, check_in, find_entry, may_yield
from door.models import CheckIn
from events.models import Show


class Unrecorded(models.TextChoices):
    """Reasons of refusals that leave no row, because no ticket of this person's theaters was presented."""

    UNREADABLE = "unreadable", _("This is not a ticket's code.")
    OTHER_ISSUER = "other_issuer", _("This ticket was issued elsewhere, not by us.")
    FORGED = "forged", _("This ticket is forged or damaged.")
    UNKNOWN = "unknown", _("This is not one of our tickets.")
    OTHER_THEATER = "other_theater", _("The ticket is for another theater.")


@dataclass(frozen=True)
class Answer:
    """A decision, with what staff at the door need to explain it. `found` is what was recorded."""

    result: str
    reason: str = ""
    found: CheckIn | None = None
    # What the ticket is for, also at another theater.
    show: Show | None = None
    # How a ticket that is already in came in.
    entry: CheckIn | None = None

    @property
    def ticket(self) -> Ticket | None:
        return self.found.ticket if self.found else None

    @property
    def words(self) -> str:
        """The reason as a sentence, or the result if there is none."""
        if self.found is None:
            return str(Unrecorded(self.reason).label)
        return str(self.found.get_reason_display() if self.reason else self.found.get_result_display())

    @property
    def opens_at(self) -> datetime | None:
        return self.show.admits_from if self.show else None

    @property
    def is_early(self) -> bool:
        return self.reason in {CheckIn.Reason.TOO_EARLY, CheckIn.Reason.SHOW_MOVED}

    @property
    def may_yield(self) -> bool:
        return self.found is not None and may_yield(self.found)


def answer_scan(*, by: User, **presented: Any) -> Answer:
    """Call `check_in`, which see for what `presented` holds, and return its decision or why there is none.

    Raises `PermissionDenied` for people who work at no door, and `IdempotencyKeyReused`.
    """
    try:
        found = check_in(by=by, **presented)
    except UnreadableCode:
        return Answer(CheckIn.Result.NOT_VALID, Unrecorded.UNREADABLE)
    except ForeignCode:
        return Answer(CheckIn.Result.NOT_VALID, Unrecorded.OTHER_ISSUER)
    except ForgedCode:
        return Answer(CheckIn.Result.NOT_VALID, Unrecorded.FORGED)
    except InvalidTicketCode:
        return Answer(CheckIn.Result.NOT_VALID, Unrecorded.UNKNOWN)
    except TicketOfOtherTheater as other:
        show = Show.objects.select_related("event", "hall__theater__city").get(pk=other.show_id)
        return Answer(CheckIn.Result.NOT_VALID, Unrecorded.OTHER_THEATER, show=show)
    ticket = found.ticket
    entry = find_entry(ticket) if found.result == CheckIn.Result.ALREADY_IN else None
    return Answer(found.result, found.reason, found, ticket.show, entry)
