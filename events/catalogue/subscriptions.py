"""What a theater, a city or a label has coming, for programs that subscribe: all its shows, and its newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from events.catalogue.cache import cached
from events.catalogue.cards import EventCard, Showtime, only_shown, read_showtimes, upcoming_shows
from events.catalogue.choices import read_filter_choices
from events.catalogue.event_cards import read_event_cards
from events.models import Event, Show
from theaters.cities import find_city
from theaters.directory import read_directory
from theaters.shown import shown_theaters

CALENDAR_SHOWS = 1000
FEED_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the programme. `path` is its page; `theater_slug` is empty unless it is a theater's."""

    kind: str
    slug: str
    name: str
    path: str
    theater_slug: str = ""

    @property
    def calendar_path(self) -> str:
        return reverse(f"events:{self.kind}-calendar", args=[self.slug])

    @property
    def feed_path(self) -> str:
        return reverse(f"events:{self.kind}-feed", args=[self.slug])

    def conditions(self) -> dict[str, Any]:
        """Return what shows of it match."""
        match self.kind:
            case "theater":
                return {"hall__theater__slug": self.slug}
            case "city":
                return {"hall__theater__city__slug": self.slug}
            case _:
                return {"event__labels__slug": self.slug}


@dataclass(frozen=True, slots=True)
class FeedItem:
    card: EventCard
    synopsis: str
    created_at: datetime


def find_source(kind: str, slug: str) -> Source | None:
    """Return the theater, city or label of this slug that the request shows, or None. No query when warm."""
    match kind:
        case "theater":
            entry, own = read_directory().by_slug.get(slug), shown_theaters()
            if entry is None or not entry.is_published or (own is not None and entry.pk not in own):
                return None
            return Source(kind, slug, entry.name, entry.path, slug)
        case "city":
            city = find_city(slug)
            return Source(kind, slug, city.name, f"{reverse('events:home')}?city={slug}") if city else None
        case _:
            name = next((label.name for label in read_filter_choices().labels if label.slug == slug), None)
            return Source(kind, slug, name, f"{reverse('events:list')}?label={slug}") if name is not None else None


@cached()
def read_source_shows(now: datetime, source: Source) -> tuple[Showtime, ...]:
    """Return the shows that are not over, canceled ones included, the soonest `CALENDAR_SHOWS`. One query."""
    shows = only_shown(Show.objects.public()).filter(ends_at__gt=now, **source.conditions())
    return tuple(showtime for _pk, showtime in read_showtimes(shows, now, limit=CALENDAR_SHOWS))


@cached()
def read_source_events(now: datetime, source: Source) -> tuple[FeedItem, ...]:
    """Return the events with upcoming shows, the newest `FEED_EVENTS` first. Four queries."""
    shows = upcoming_shows(now).filter(**source.conditions())
    newest = Event.objects.published().filter(Exists(shows.filter(event=OuterRef("pk")))).order_by("-created_at", "pk")
    rows = list(newest.values_list("pk", "synopsis", "created_at")[:FEED_EVENTS])
    cards = read_event_cards([pk for pk, _synopsis, _created_at in rows], shows, now)
    return tuple(FeedItem(cards[pk], synopsis, created_at) for pk, synopsis, created_at in rows if pk in cards)
