"""The pages of theaters: where they are, how to get in, and what is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from events.catalogue.cache import cached
from events.catalogue.cards import (
    CARD_SHOWS,
    EventCard,
    Showtime,
    group_by_event,
    read_cards,
    read_showtimes,
    upcoming_shows,
)
from events.catalogue.days import start_of_day, today_in, whole_weeks
from events.catalogue.event_page import group_by_day
from events.catalogue.reviews import ReviewItem, count_stars, read_reviews
from events.catalogue.show_summaries import read_show_summaries
from events.models import Access, Show
from events.models.settings import WEEK_STARTS_ON, Scope
from theaters.cities import read_cities
from theaters.directory import CityItem
from theaters.models import Hall, SeatMap, Theater, TheaterQuerySet
from theaters.opening_hours import OpeningTimes, read_opening_hours
from theaters.shown import shown_theaters

THEATER_PAGE_DAYS = 14
# From so many shows on one day on, as in a cinema, the programme is shown a day at a time, with each event once.
MANY_SHOWS_A_DAY = 8
THEATER_PAGE_SHOWS = 500
THEATER_PAGE_REVIEWS = 10


@dataclass(frozen=True, slots=True)
class TheaterItem:
    pk: int
    slug: str
    name: str
    place: str
    city_name: str
    city_slug: str
    country: str
    time_zone: str
    latitude: Decimal | None
    longitude: Decimal | None
    currency: str
    description: str
    photo: str
    phone: str
    email: str
    website: str
    access_information: str
    travel_information: str
    rating_average: Decimal | None
    rating_count: int
    week_starts_on: int
    show_count: int = 0


@dataclass(frozen=True, slots=True)
class HallItem:
    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class ProgrammeDay:
    date: date
    has_shows: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Version:
    """The shows of an event on one day that are in the same format and languages, with the same access."""

    format: str
    language: str
    subtitles: str
    access: tuple[Access, ...]
    shows: list[Showtime]


@dataclass(frozen=True, slots=True)
class TheaterDetail:
    """`shows` begin with today's; `cards` are their events, in the same order, by slug."""

    theater: TheaterItem
    halls: tuple[HallItem, ...]
    shows: tuple[Showtime, ...]
    has_more_shows: bool
    cards: dict[str, EventCard]
    opening: OpeningTimes
    reviews: tuple[ReviewItem, ...]
    star_counts: dict[int, int]

    def by_day(self) -> list[tuple[date, list[Showtime]]]:
        return group_by_day(list(self.shows))

    @property
    def is_dense(self) -> bool:
        """Return True if the programme is better read a day at a time."""
        return any(len(shows) >= MANY_SHOWS_A_DAY for _day, shows in self.by_day())

    def weeks(self, today: date) -> list[list[ProgrammeDay]]:
        """Return the days of the programme in whole weeks, which begin on the theater's own first day."""
        busy = {show.local_day for show in self.shows}
        last = today + timedelta(days=THEATER_PAGE_DAYS - 1)
        return [
            [ProgrammeDay(day, has_shows=day in busy and day >= today, is_past=day < today) for day in week]
            for week in whole_weeks(today, last, first_weekday=self.theater.week_starts_on)
        ]

    def on_day(self, day: date) -> list[tuple[EventCard, list[Version]]]:
        """Return each event of a day once, the first to begin first, with its shows by version."""
        found: dict[str, dict[tuple[str, str, str, tuple[Access, ...]], list[Showtime]]] = {}
        for show in self.shows:
            if show.local_day == day and show.event_slug in self.cards:
                versions = found.setdefault(show.event_slug, {})
                version = (show.format, show.language, show.subtitles, show.access)
                versions.setdefault(version, []).append(show)
        return [
            (self.cards[slug], [Version(*version, shows) for version, shows in versions.items()])
            for slug, versions in found.items()
        ]


@cached()
def read_theater(now: datetime, slug: str) -> TheaterDetail | None:
    """Return the published theater and what is on in the next `THEATER_PAGE_DAYS` days, or None. Eight queries."""
    theater = _shown().filter(slug=slug).first()
    if theater is None:
        return None
    zone = theater.city.time_zone
    today = today_in(zone, now)
    days = start_of_day(today, zone), start_of_day(today + timedelta(days=THEATER_PAGE_DAYS), zone)
    shows = Show.objects.public().filter(hall__theater=theater, starts_at__gte=days[0], starts_at__lt=days[1])
    found = read_showtimes(shows, now, limit=THEATER_PAGE_SHOWS + 1)
    has_more = len(found) > THEATER_PAGE_SHOWS
    by_event = group_by_event(found[:THEATER_PAGE_SHOWS])
    summaries = read_show_summaries(upcoming_shows(now, theater=theater.pk), by_event)
    cards = read_cards(by_event, {pk: rows[:CARD_SHOWS] for pk, rows in by_event.items()}, summaries)
    is_published = Q(seat_maps__state=SeatMap.State.PUBLISHED)
    halls = theater.halls.annotate(capacity=Coalesce(Sum("seat_maps__capacity", filter=is_published), 0))
    return TheaterDetail(
        theater=_item(theater),
        halls=tuple(HallItem(*row) for row in halls.values_list("name", "capacity")),
        shows=tuple(showtime for _pk, showtime in found[:THEATER_PAGE_SHOWS]),
        has_more_shows=has_more,
        cards={card.slug: card for card in cards.values()},
        opening=read_opening_hours(theater.pk, today),
        reviews=read_reviews(theater.reviews.all(), limit=THEATER_PAGE_REVIEWS) if theater.rating_count else (),
        star_counts=count_stars(theater.reviews.all()) if theater.rating_count else {},
    )


@cached()
def read_theaters(now: datetime) -> tuple[tuple[CityItem, tuple[TheaterItem, ...]], ...]:
    """Return the published theaters by city, with the number of upcoming shows. Four queries with the cities."""
    shows = upcoming_shows(now).filter(event__is_published=True).order_by()
    by_hall = dict(shows.values_list("hall_id").annotate(Count("pk")))
    counts: dict[int, int] = {}
    for hall_id, theater_id in Hall.objects.filter(pk__in=by_hall).values_list("pk", "theater_id"):
        counts[theater_id] = counts.get(theater_id, 0) + by_hall[hall_id]
    by_city: dict[int, list[TheaterItem]] = {}
    for theater in _shown().order_by("name", "pk"):
        by_city.setdefault(theater.city_id, []).append(_item(theater, counts.get(theater.pk, 0)))
    return tuple((city, tuple(by_city[city.pk])) for city in read_cities() if city.pk in by_city)


def _shown() -> TheaterQuerySet:
    """Return the published theaters that this request shows: all, or those of its domain. No query."""
    theaters = Theater.objects.published().select_related("city")
    own = shown_theaters()
    return theaters if own is None else theaters.filter(pk__in=own)


def _item(theater: Theater, show_count: int = 0) -> TheaterItem:
    return TheaterItem(
        pk=theater.pk,
        slug=theater.slug,
        name=theater.name,
        place=theater.place,
        city_name=theater.city.name,
        city_slug=theater.city.slug,
        country=theater.city.country,
        time_zone=theater.city.time_zone,
        latitude=theater.latitude,
        longitude=theater.longitude,
        currency=theater.currency,
        description=theater.description,
        photo=theater.photo.name or "",
        phone=theater.phone,
        email=theater.email,
        website=theater.website,
        access_information=theater.access_information,
        travel_information=theater.travel_information,
        rating_average=theater.rating_average,
        rating_count=theater.rating_count,
        week_starts_on=WEEK_STARTS_ON.of(Scope(theater.pk)),
        show_count=show_count,
    )
