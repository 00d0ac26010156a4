"""What this app keeps about people, and what it owes them; see `accounts/privacy.py`."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.privacy import Holding, Obstacle, Person
from bookings.personal_data import bookings_of
from show_changes.models import CanceledBooking


def find_obstacles(person: Person) -> Iterator[Obstacle]:
    """Yield bookings of canceled shows that are not settled yet. One query."""
    unsettled = CanceledBooking.objects.exclude(state=CanceledBooking.State.DONE)
    found = bookings_of(person).filter(pk__in=unsettled.values("booking"))
    bookings = list(found.select_related("theater__city").with_shows())
    if bookings:
        reason = _("A show that you booked was canceled, and your tickets are not settled yet. Please come back later.")
        yield Obstacle(reason, bookings)


HOLDINGS = [
    Holding(
        CanceledBooking,
        lambda person: CanceledBooking.objects.filter(booking__in=bookings_of(person)),
        section="canceled_shows",
        personal=("error",),
        tells={"booking": "booking__code", "state": "state", "amount": "amount"},
    ),
]

# About a show, not about a person.
NOT_PERSONAL = {
    "show_changes.ShowCancellation": ["reason", "message"],
    "show_changes.ShowMove": ["plan", "before"],
    "show_changes.MapUpdate": ["price_sources"],
    "show_changes.UpdatedShow": ["error"],
    # Written to all of a show's customers.
    "show_changes.ShowNote": ["texts"],
}

OBSTACLES = [find_obstacles]
