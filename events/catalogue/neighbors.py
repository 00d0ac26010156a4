"""Events beside one: what else is on at its theater, and what its customers booked as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from events.catalogue.cache import COUNT_CACHE_SECONDS, cached
from events.catalogue.cards import is_first, upcoming_shows
from events.catalogue.event_cards import shows_in
from events.models import Event, ShowQuerySet
from theaters.directory import CityItem

MOST_NEIGHBORS = 6


@dataclass(frozen=True, slots=True)
class EventTile:
    """An event as little as a picture, its title and its next show."""

    slug: str
    title: str
    kind: str
    poster: str
    starts_at: datetime
    time_zone: str
    theater_name: str

    @property
    def local_day(self) -> date:
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def kind_label(self) -> str:
        return str(Event.Kind(self.kind).label)


@cached(seconds=COUNT_CACHE_SECONDS)
def read_others_at(now: datetime, theater_slug: str, *, but: str) -> tuple[EventTile, ...]:
    """Return the other events that are next at this theater, the soonest first. One query."""
    shows = upcoming_shows(now, theater__slug=theater_slug).exclude(event__slug=but)
    return read_tiles(shows.filter(is_first(shows)).order_by("starts_at", "event_id"))


@cached(seconds=COUNT_CACHE_SECONDS)
def read_also_booked(now: datetime, event_id: int, *, city: CityItem | None) -> tuple[EventTile, ...]:
    """Return what many who booked this event booked as well, with its next show in `city` or anywhere. One query."""
    shows = shows_in(city, now).filter(event__booked_beside__event=event_id)
    return read_tiles(shows.filter(is_first(shows_in(city, now))).order_by("event__booked_beside__rank"))


def read_tiles(shows: ShowQuerySet) -> tuple[EventTile, ...]:
    """Return the events of the first `MOST_NEIGHBORS` of these shows, of which each event has one. One query."""
    rows = shows.filter(event__is_published=True).values_list(
        "event__slug",
        "event__title",
        "event__kind",
        "event__poster",
        "starts_at",
        "hall__theater__city__time_zone",
        "hall__theater__name",
    )
    return tuple(EventTile(*row) for row in rows[:MOST_NEIGHBORS])
