"""The home page: what is on in a city, by day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.catalogue.cache import cached
from events.catalogue.cards import (
    EventCard,
    Showtime,
    first_shows_of_each,
    group_by_event,
    is_first,
    only_shown,
    read_cards,
    read_showtimes,
    upcoming_shows,
)
from events.catalogue.counts import KIND_COUNT_LIMIT, count_kinds
from events.catalogue.days import starts_within, today_in
from events.catalogue.show_summaries import read_show_summaries
from events.models import Event, Show, ShowQuerySet
from theaters.cities import read_cities
from theaters.directory import CityItem
from theaters.models import City

HOME_DAYS = 14
HOME_EVENTS = 24
HOME_OPENINGS = 6
# So many events are listed before everything else, today's or else the next ones.
FIRST_EVENTS = 8
# New ones and last chances are looked for among the soonest events only: a season may have thousands.
CANDIDATES = 120
HOME_PICKS = 6


@dataclass(frozen=True, slots=True)
class HomeDay:
    date: date
    has_shows: bool


@dataclass(frozen=True, slots=True)
class Home:
    """`lead` is one of `events`; `openings` are shows whose sale begins later, with their events.

    `premieres` have had no show yet anywhere, `last_chances` have no other show after these days. Both are left out
    for a single day.
    """

    days: tuple[HomeDay, ...]
    events: tuple[EventCard, ...]
    lead: EventCard | None
    kinds: tuple[tuple[str, int], ...]
    openings: tuple[tuple[EventCard, Showtime], ...]
    premieres: tuple[EventCard, ...] = ()
    last_chances: tuple[EventCard, ...] = ()

    def on_today(self, now: datetime) -> tuple[EventCard, ...]:
        """Return the events with shows that begin today, by the clock of their theaters, with these shows alone.

        `FIRST_EVENTS` at most.
        """
        found = []
        for card in self.events:
            if shows := tuple(show for show in card.next_shows if show.local_day == today_in(show.time_zone, now)):
                found.append(replace(card, next_shows=shows))
        return tuple(found[:FIRST_EVENTS])

    @property
    def kind_labels(self) -> list[tuple[str, str, str]]:
        return [
            (kind, str(Event.Kind(kind).label), f"{count}{'+' if count == KIND_COUNT_LIMIT else ''}")
            for kind, count in self.kinds
        ]


@cached()
def read_home(now: datetime, *, city: CityItem | None, day: date | None = None) -> Home:
    """Return what is on in `city`, or everywhere, on `day`, or in the next `HOME_DAYS` days.

    Seven queries, the cities included, and one more for more than `FIRST_EVENTS` events.
    """
    zones = [city.time_zone] if city else [one.time_zone for one in read_cities()] or ["UTC"]
    here = upcoming_shows(now, **({"theater__city": city.pk} if city else {}))
    today = min(today_in(zone, now) for zone in zones)
    shown = here.filter(starts_within(day or today, day or today + timedelta(days=HOME_DAYS - 1), zones))

    firsts = shown.filter(is_first(shown), event__is_published=True).order_by("starts_at", "event_id")
    candidates = list(firsts.values_list("event_id", flat=True)[: HOME_EVENTS if day else CANDIDATES])
    event_ids = candidates[:HOME_EVENTS]
    # The first ones are in view already.
    others = [] if day else candidates[FIRST_EVENTS:]
    new, last = _find_picks(others, now, starts_within(None, today + timedelta(days=HOME_DAYS - 1), zones))
    listed = list(dict.fromkeys([*event_ids, *new, *last]))
    found = read_showtimes(
        Show.objects.filter(pk__in=first_shows_of_each(shown, listed).union(_opening(now, city))), now
    )
    openings = sorted(
        (one for one in found if one[1].sales_open_at is not None and one[1].sales_open_at > now),
        key=lambda one: (one[1].sales_open_at, one[1].starts_at),
    )[:HOME_OPENINGS]
    shows = group_by_event(one for one in found if one[0] in set(listed))
    ids = list(dict.fromkeys([*listed, *(event_id for event_id, _showtime in openings)]))
    cards = read_cards(ids, shows, read_show_summaries(shown, ids))
    events = tuple(cards[event_id] for event_id in event_ids)
    return Home(
        days=_read_days(here, today, zones),
        events=events,
        lead=_choose_lead(events),
        kinds=count_kinds(city.slug if city else "", now=now),
        openings=tuple((cards[event_id], showtime) for event_id, showtime in openings),
        premieres=tuple(cards[event_id] for event_id in new),
        last_chances=tuple(cards[event_id] for event_id in last),
    )


def _find_picks(event_ids: list[int], now: datetime, in_time: Q) -> tuple[list[int], list[int]]:
    """Return events without a show yet, and those with one but none later than `in_time`. A query if there are any."""
    if not event_ids:
        return [], []
    shows = Show.objects.public().filter(event=OuterRef("pk")).order_by()
    events = Event.objects.filter(pk__in=event_ids).annotate(
        has_past=Exists(shows.filter(starts_at__lte=now)), has_later=Exists(shows.exclude(in_time))
    )
    found = {pk: (has_past, has_later) for pk, has_past, has_later in events.values_list("pk", "has_past", "has_later")}
    new = [pk for pk in event_ids if not found[pk][0]]
    last = [pk for pk in event_ids if found[pk] == (True, False)]
    return new[:HOME_PICKS], last[:HOME_PICKS]


def _opening(now: datetime, city: CityItem | None) -> QuerySet[Show, Any]:
    """Return the pks of the shows whose sale opens next, as part of a union."""
    # Does not filter by start, so that SQLite uses the index on `sales_open_at`.
    public = only_shown(Show.objects.public())
    shows = public.filter(state=Show.State.ON_SALE, sales_stopped_at=None, sales_open_at__gt=now)
    if city:
        shows = shows.filter(hall__theater__city=city.pk)
    nearest = shows.order_by("sales_open_at", "pk").values("pk")[:HOME_OPENINGS]
    return Show.objects.filter(pk__in=nearest).order_by().values("pk")


def _read_days(shows: ShowQuerySet, today: date, zones: list[str]) -> tuple[HomeDay, ...]:
    days = [today + timedelta(days=offset) for offset in range(HOME_DAYS)]
    public = shows.filter(event__is_published=True)
    on_day = {f"on_{day:%Y%m%d}": Exists(public.filter(starts_within(day, day, zones))) for day in days}
    row = City.objects.order_by("pk").values(**on_day).first() or {}
    return tuple(HomeDay(day, bool(row.get(f"on_{day:%Y%m%d}"))) for day in days)


def _choose_lead(events: tuple[EventCard, ...]) -> EventCard | None:
    """Choose the lead: a bookable event with a poster, the best rated, then the one with most shows."""
    candidates = [card for card in events if card.poster and card.is_bookable]
    return max(candidates, key=lambda card: (card.rating_average or Decimal(0), card.show_count), default=None)
