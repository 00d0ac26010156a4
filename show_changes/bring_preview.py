"""What would become of each show on another version of its seat map: for staff to look at first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from bookings.models import Booking, Ticket
from events.models import Price, Show
from show_changes.same_places import KINDS, NewMap, Seating, carry_prices, find_places, read_new_map, read_tickets
from theaters.models import Area, Seat, SeatCategory, SeatMap
from waiting_list.models import WaitingListEntry

# Eleven shows with 8,000 tickets take 0.5 s of CPU.
MAX_SHOWS = 100
# Named on the page for each show.
MAX_NAMED = 40


@dataclass(frozen=True)
class ShowPreview:
    """A show with what becomes of its places. `waiting` counts parties on its waiting list."""

    show: Show
    seating: Seating
    waiting: int

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        return [(kind, name, self.seating.counts[kind]) for kind, name in KINDS.items() if self.seating.counts[kind]]

    @property
    def vanished(self) -> list[Ticket]:
        return self.seating.vanished[:MAX_NAMED]

    @property
    def renamed(self) -> list[tuple[Ticket, str]]:
        """The first places with another name, each with its new one."""
        places = self.seating.places
        return [(ticket, _label(places[ticket.pk])) for ticket in self.seating.renamed[:MAX_NAMED]]

    @property
    def untold(self) -> list[Booking]:
        """Bookings whose places have other names, and whose customers have no address to write to."""
        found = {ticket.booking_id: ticket.booking for ticket in self.seating.renamed}
        told = self.seating.told
        return [booking for pk, booking in found.items() if pk in told and not booking.contact_email]


def _label(place: Seat | Area) -> str:
    return place.label if isinstance(place, Seat) else place.name


def find_shows(seat_map: SeatMap) -> QuerySet[Show]:
    """Return the coming shows of the map's hall that are on another version, the earliest first."""
    shows = Show.objects.filter(hall=seat_map.hall_id, state__in=[Show.State.DRAFT, Show.State.ON_SALE])
    related = shows.select_related("event", "hall__theater__city", "seat_map").defer("seat_map__layout")
    return related.filter(starts_at__gt=timezone.now()).exclude(seat_map=seat_map).order_by("starts_at", "pk")


def preview_shows(
    seat_map: SeatMap, shows: Iterable[Show], sources: Mapping[str, str], *, new: NewMap | None = None
) -> list[ShowPreview]:
    """Return what becomes of each show. Seven queries, however many shows."""
    shows = list(shows)
    new = new or read_new_map(seat_map)
    pks = [show.pk for show in shows]
    tickets, now = defaultdict(list), timezone.now()
    for ticket in read_tickets(pks):
        if not ticket.booking.is_lapsed(now):
            tickets[ticket.show_id].append(ticket)
    categories, prices = defaultdict(list), defaultdict(list)
    for category in SeatCategory.objects.filter(seat_map__in={show.seat_map_id for show in shows}):
        categories[category.seat_map_id].append(category)
    for price in Price.objects.filter(show__in=pks):
        prices[price.show_id].append(price)
    entries = WaitingListEntry.objects.live().filter(show__in=pks).order_by()
    waiting = dict(entries.values_list("show").annotate(Count("pk")))
    previews = []
    for show in shows:
        seating = find_places(show, tickets[show.pk], new)
        seating.missing = carry_prices(show, categories[show.seat_map_id], new, prices[show.pk], sources)[1]
        previews.append(ShowPreview(show, seating, waiting.get(show.pk, 0)))
    return previews


def find_sources(previews: Iterable[ShowPreview]) -> list[str]:
    """Return the names of the categories that shows have now, the best first, whose prices new ones can take."""
    maps = {preview.show.seat_map_id for preview in previews}
    found = SeatCategory.objects.filter(seat_map__in=maps).order_by("rank", "name").values_list("name", flat=True)
    return list(dict.fromkeys(found))
