"""What the pages of the counter read: shows to sell, reservations, house holds and refunds in cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from bookings.models import Booking, HouseSeries, Reservation, Ticket
from bookings.search import find_by_booking
from bookings.services.refund import waiting_in_cash
from events.models import Show
from lib.words import normalize
from payments.models import Refund
from theaters.models import Seat, Theater

SHOWN_SHOWS = 40
SHOWN_ROWS = 100


@dataclass(frozen=True)
class CounterShow:
    show: Show
    free: int

    @property
    def is_sold_out(self) -> bool:
        return self.free <= 0


def read_shows(theater: Theater, now: datetime, *, words: str = "", day: date | None = None) -> list[CounterShow]:
    """Return the shows of a day that can still be sold, or the next ones whose title has these words. One query."""
    live = Ticket.objects.live().filter(show=OuterRef("pk")).order_by().values("show").values_list(Count("pk"))
    shows = (
        Show.objects.filter(hall__theater=theater, state=Show.State.ON_SALE, ends_at__gt=now)
        .select_related("event", "hall__theater__city")
        .annotate(left=F("seat_map__capacity") - Coalesce(Subquery(live), 0))
        .order_by("starts_at", "pk")
    )
    for word in normalize(words).split():
        shows = shows.filter(event__sort_title__contains=word)
    if day is not None:
        shows = shows.filter(starts_at__gte=_midnight(day, theater), starts_at__lt=_midnight(day, theater, after=1))
    return [CounterShow(show, int(show.left)) for show in shows[:SHOWN_SHOWS]]  # type: ignore[attr-defined]


def _midnight(day: date, theater: Theater, *, after: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=after), time(), tzinfo=theater.tz)


def local_day(moment: datetime, theater: Theater) -> date:
    return timezone.localtime(moment, theater.tz).date()


def day_bounds(day: date, theater: Theater) -> tuple[datetime, datetime]:
    """Return when a day of the theater begins and ends, across changes of the clock too."""
    return _midnight(day, theater), _midnight(day, theater, after=1)


def read_reservations(theaters: Iterable[Theater], now: datetime, words: str = "") -> list[Reservation]:
    """Return open reservations, searched as bookings are, the first to lapse first. Two queries, more with words."""
    rows = Reservation.objects.filter(
        booking__state=Booking.State.HELD, booking__theater__in=theaters, booking__expires_at__gt=now
    )
    rows = find_by_booking(rows, "booking", words, Booking.objects.all())
    rows = rows.select_related("booking__theater__city", "made_by").prefetch_related(_tickets("booking__tickets"))
    return list(rows[:SHOWN_ROWS])


def read_house_holds(theaters: Iterable[Theater], now: datetime, series: HouseSeries | None = None) -> list[Booking]:
    """Return what is kept by itself, or by a series, the next show first. Two queries."""
    holds = Booking.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        kind=Booking.Kind.HOUSE,
        state=Booking.State.HELD,
        theater__in=theaters,
        house_hold__series=series,
    )
    rows = holds.with_times().filter(last_ends_at__gt=now).select_related("theater__city", "made_by", "house_hold")
    return list(rows.prefetch_related(_tickets("tickets")).order_by("first_starts_at", "pk")[:SHOWN_ROWS])


def _tickets(path: str) -> Prefetch[str]:
    """Read tickets with their places and shows, and so the shows of their bookings. One query."""
    tickets = Ticket.objects.select_related("seat", "area", "show__event", "show__hall__theater__city")
    return Prefetch(path, tickets)


def read_cash_refunds(theaters: Sequence[Theater], words: str = "") -> list[Refund]:
    """Return the refunds in cash that wait to be handed out, searched as bookings are, the oldest first.

    Two queries, more with words.
    """
    rows = waiting_in_cash().filter(payment__booking__theater__in=theaters)
    rows = find_by_booking(rows, "payment__booking", words, Booking.objects.all())
    rows = rows.select_related("payment__booking__theater__city").prefetch_related(
        _tickets("payment__booking__tickets")
    )
    return list(rows.order_by("created_at", "pk")[:SHOWN_ROWS])


@dataclass(frozen=True)
class SeriesShow:
    """What a series keeps in one show, and what it could not keep there or no longer does."""

    show: Show
    kept: list[Ticket]
    missing: list[str]


def read_series(theaters: Iterable[Theater]) -> list[HouseSeries]:
    """Return the series that are not over, the newest first, with `show_count`: in how many shows they keep places.

    One query.
    """
    held = Q(holds__booking__state=Booking.State.HELD)
    rows = HouseSeries.objects.filter(hall__theater__in=theaters, ended_at=None)
    rows = rows.annotate(show_count=Count("holds", filter=held)).filter(Q(show_count__gt=0) | Q(follows=True))
    return list(rows.select_related("hall__theater__city", "event", "made_by").order_by("-made_at", "-pk")[:SHOWN_ROWS])


def read_series_shows(series: HouseSeries, now: datetime) -> list[SeriesShow]:
    """Return the coming shows that a series has places for or is for, the next first. Four queries."""
    held = Ticket.objects.filter(
        booking__house_hold__series=series, state=Ticket.State.HELD, show__ends_at__gt=now
    ).select_related("seat", "area")
    kept: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in held.order_by("seat__run", "seat__position", "pk"):
        kept[ticket.show_id].append(ticket)
    found = list(series.coming_shows(now))
    labels = _labels_by_map(series, {show.seat_map_id for show in found})
    return [SeriesShow(show, kept[show.pk], _find_missing(labels[show.seat_map_id], kept[show.pk])) for show in found]


def _labels_by_map(series: HouseSeries, seat_maps: set[int]) -> dict[int, dict[str, str]]:
    """Return the names of the series' seats on each version of the map, by their ids."""
    labels: dict[int, dict[str, str]] = {pk: {} for pk in seat_maps}
    seats = Seat.objects.filter(seat_map__in=seat_maps, guid__in=series.places["seats"])
    for seat in seats.order_by("run", "position"):
        labels[seat.seat_map_id][seat.guid] = seat.label
    return labels


def _find_missing(labels: dict[str, str], kept: list[Ticket]) -> list[str]:
    has = {ticket.seat.guid for ticket in kept if ticket.seat is not None}
    return [label for guid, label in labels.items() if guid not in has]
