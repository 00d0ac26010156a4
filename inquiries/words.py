"""An inquiry in words, the same for pages, e-mails and the console."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from bookings.models import Ticket
from inquiries.models import Inquiry
from lib.templatetags.formats import when


def describe_party(inquiry: Inquiry) -> str:
    """Say how many people of what kind of group, in the active language."""
    people = ngettext("%(count)d person", "%(count)d people", inquiry.party_size) % {"count": inquiry.party_size}
    return f"{people} ({inquiry.get_kind_display()})"


def describe_dates(inquiry: Inquiry) -> list[str]:
    """Return the wished dates in the theater's zone, in the active language; none means any. One query."""
    zone = inquiry.theater.city.time_zone
    return [when(at, zone) for at in inquiry.shows.order_by("starts_at").values_list("starts_at", flat=True)]


def describe_places(tickets: Iterable[Ticket]) -> list[str]:
    """Return the places of tickets in seating order, a line for each row or area: “Stalls, row C: 4, 5, 6”."""
    rows: dict[str, list[str]] = defaultdict(list)
    areas: dict[str, int] = defaultdict(int)
    for ticket in tickets:
        if ticket.seat is not None:
            seat = ticket.seat
            row = gettext("row %(row)s") % {"row": seat.row} if seat.row else ""
            rows[", ".join(part for part in (seat.section, row) if part)].append(seat.number)
        elif ticket.area is not None:
            areas[ticket.area.name] += 1
    seated = [f"{row}: {', '.join(numbers)}" if row else ", ".join(numbers) for row, numbers in rows.items()]
    return [*seated, *(f"{name}: {count}" for name, count in areas.items())]


def begin_answer(inquiry: Inquiry) -> str:
    """Return how an answer may begin, in the group's language: what is held for it, or nothing. One query."""
    booking = inquiry.booking
    if booking is None or not inquiry.is_reserved(timezone.now()):
        return ""
    with translation.override(inquiry.locale):
        count = booking.tickets.live().count()
        words = ngettext("We are holding %(count)d place for you.", "We are holding %(count)d places for you.", count)
        return words % {"count": count}
