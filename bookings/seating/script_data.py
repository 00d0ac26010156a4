"""What the scripts of the seat map begin with."""

from django.urls import reverse
from django.utils.translation import gettext

from bookings.seating.page import SeatPage
from events.models import Event


def data_for_scripts(page: SeatPage) -> dict[str, object]:
    """Return what the seat map's scripts need to begin with."""
    show = page.show
    is_film = show.event.kind == Event.Kind.FILM
    now = page.availability
    return {
        "plan": f"{reverse('bookings:plan', args=[show.code])}?v={page.plan.digest}",
        "availability": f"/api/v1/shows/{show.code}/availability",
        "limit": page.limit,
        "stage": gettext("Screen") if is_film else gettext("Stage"),
        "isScreen": is_film,
        "photos": reverse("bookings:photos", args=[show.code]),
        "keepsCompanions": not show.are_access_places_released(page.now),
        "own": sorted(page.own_seats),
        "ownAreas": page.own_areas,
        # Without what is gone.
        "choice": {
            "seats": [[line.seat.id, line.type_id] for line in page.lines],
            "areas": [[choice.area_id, choice.ticket_type_id, choice.quantity] for choice in page.chosen.areas],
        },
        "now": {"version": now.version, "taken": now.taken, "areas": now.areas},
    }
