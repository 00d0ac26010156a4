"""Find tickets at the door by what a visitor says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from bookings.models import Booking, Ticket
from bookings.search import find_bookings
from door.check_in import PLACES
from door.models import CheckIn
from events.models import Show

# More than anyone reads on a phone while others wait.
MAX_FOUND = 20


def find_tickets(shows: Sequence[Show], text: str) -> list[Any]:
    """Return issued tickets of these shows by a name, a code or a seat, with all others of the same bookings.

    Each has the direction in which it passed last as `last_direction`. At most nine queries.
    """
    of_shows = Ticket.objects.issued().filter(show__in=shows)
    bookings = find_bookings(Booking.objects.filter(pk__in=of_shows.values("booking")), text)
    tickets = with_last_direction(of_shows.filter(booking__in=list(bookings.values_list("pk", flat=True))))
    return list(tickets.select_related("booking", *PLACES).order_by("booking", "seat__run", "seat__position", "pk"))[
        :MAX_FOUND
    ]


def find_party(ticket: Ticket) -> tuple[int, int]:
    """Return how many tickets the booking has for the ticket's show, and how many of them are inside. One query."""
    party = Ticket.objects.issued().filter(booking=ticket.booking_id, show=ticket.show_id).order_by()
    last = list(with_last_direction(party).values_list("last_direction", flat=True))
    return len(last), last.count(CheckIn.Direction.IN)


def with_last_direction(tickets: QuerySet[Ticket]) -> Any:
    """Annotate how each ticket passed last: `in`, `out`, or None."""
    passed = CheckIn.objects.filter(ticket=OuterRef("pk"), result=CheckIn.Result.ADMITTED)
    return tickets.annotate(last_direction=Subquery(passed.order_by("-passage").values("direction")[:1]))
