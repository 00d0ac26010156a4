"""Booking curves of shows, and what those of earlier shows say about a coming one.

Forecast: between now and its start, a coming show gains the mean share of the hall that similar
earlier shows gained from the same point before theirs. Similar shows are those of the same theater,
kind of event and class of weekday (Friday to Sunday, or not); if there are too few, of the same
theater and kind; then of the same theater. The past error is the mean difference, in points of
occupancy, when each of those earlier shows is forecast from the others at the same point.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from django.db.models import QuerySet

from bookings.models import Ticket
from events.models import Show
from theaters.models import Theater

# With fewer shows, a mean says nothing.
MIN_SIMILAR_SHOWS = 5
# Older shows say little about today's. Every ticket of these is read: some 200,000 a second.
MAX_SHOW_AGE = timedelta(days=400)
MAX_EARLIER_SHOWS = 600
FRIDAY = 4


@dataclass(frozen=True)
class BookingCurve:
    """A show and the moments at which its valid tickets were bought, in order."""

    pk: int
    event: int
    theater: int
    kind: str
    is_weekend: bool
    starts_at: datetime
    capacity: int
    moments: Sequence[datetime]

    @property
    def sold(self) -> int:
        return len(self.moments)

    def sold_before(self, lead: timedelta) -> int:
        """Return how many were sold by that time before the start."""
        return bisect_right(self.moments, self.starts_at - lead)


@dataclass(frozen=True)
class Forecast:
    """`expected` tickets at the start; `error` in points of occupancy; `based_on` that many earlier shows."""

    expected: int
    error: float
    based_on: int


def read_curves(shows: Iterable[Show]) -> list[BookingCurve]:
    """Return the curves of shows that were fetched by `with_places`. One query."""
    shows = list(shows)
    moments: dict[int, list[datetime]] = defaultdict(list)
    tickets = Ticket.objects.issued().filter(show__in=shows, booking__confirmed_at__isnull=False).order_by()
    for show_id, at in tickets.values_list("show_id", "booking__confirmed_at").iterator(chunk_size=5000):
        if at is not None:
            moments[show_id].append(at)
    return [
        BookingCurve(
            show.pk,
            show.event_id,
            show.hall.theater_id,
            show.event.kind,
            show.starts_at.astimezone(show.hall.theater.tz).weekday() >= FRIDAY,
            show.starts_at,
            show.seat_map.capacity,
            sorted(moments[show.pk]),
        )
        for show in shows
    ]


def read_earlier(theaters: Sequence[Theater], now: datetime) -> list[BookingCurve]:
    """Return the curves of each theater's latest past shows. Two queries a theater."""
    found = []
    for theater in theaters:
        shows = with_places(
            Show.objects.filter(hall__theater=theater, starts_at__lte=now, starts_at__gt=now - MAX_SHOW_AGE)
        )
        live = shows.filter(state__in=[Show.State.ON_SALE, Show.State.ENDED], seat_map__capacity__gt=0)
        found += read_curves(live.order_by("-starts_at")[:MAX_EARLIER_SHOWS])
    return found


def with_places(shows: QuerySet[Show]) -> QuerySet[Show]:
    """Fetch with each show what a curve needs, without the layout of its hall."""
    return shows.select_related("event", "hall__theater__city", "seat_map").defer("seat_map__layout")


def find_similar(curve: BookingCurve, earlier: Iterable[BookingCurve]) -> list[BookingCurve]:
    """Return the earlier shows of the most similar group that is large enough; none if no group is."""
    own = [one for one in earlier if one.theater == curve.theater and one.pk != curve.pk]
    of_kind = [one for one in own if one.kind == curve.kind]
    of_weekday = [one for one in of_kind if one.is_weekend == curve.is_weekend]
    return next((rows for rows in (of_weekday, of_kind, own) if len(rows) >= MIN_SIMILAR_SHOWS), [])


def forecast_show(curve: BookingCurve, earlier: Iterable[BookingCurve], now: datetime) -> Forecast | None:
    """Forecast a coming show; None without enough history."""
    similar = find_similar(curve, earlier)
    if not similar or not curve.capacity:
        return None
    lead = curve.starts_at - now
    gains = [(one.sold - one.sold_before(lead)) / one.capacity for one in similar]
    errors = []
    for place, one in enumerate(similar):
        others = gains[:place] + gains[place + 1 :]
        reached = min(1.0, one.sold_before(lead) / one.capacity + fmean(others))
        errors.append(abs(reached - one.sold / one.capacity))
    expected = round(curve.sold + fmean(gains) * curve.capacity)
    return Forecast(max(curve.sold, min(curve.capacity, expected)), round(100 * fmean(errors), 1), len(similar))
