"""Cards of events that are known already, with their next shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from events.catalogue.cards import (
    EventCard,
    first_shows_of_each,
    group_by_event,
    read_cards,
    read_showtimes,
    upcoming_shows,
)
from events.catalogue.show_summaries import read_show_summaries
from events.models import Event, Show, ShowQuerySet
from theaters.directory import CityItem
from theaters.shown import shown_theaters


def read_event_cards(event_ids: Sequence[int], shows: ShowQuerySet, now: datetime) -> dict[int, EventCard]:
    """Return the cards of these events by pk, with the first of their `shows`. Three queries."""
    first_shows = Show.objects.filter(pk__in=first_shows_of_each(shows, event_ids))
    showtimes = group_by_event(read_showtimes(first_shows, now))
    return read_cards(event_ids, showtimes, read_show_summaries(shows, event_ids))


def shows_in(city: CityItem | None, now: datetime) -> ShowQuerySet:
    """Return the upcoming shows in this city, or in all. No query."""
    return upcoming_shows(now, **({"theater__city": city.pk} if city else {}))


def read_cards_by_slug(
    slugs: Sequence[str], *, city: CityItem | None, now: datetime
) -> list[tuple[EventCard, CityItem | None]]:
    """Return the cards of the published events among `slugs`, in their order, with the city of their shows.

    An event without a show in `city` comes with those in all cities. Four queries, and three more if there is one.
    Nothing is cached: the next visitor has other slugs.
    """
    pks = dict(Event.objects.published().filter(slug__in=slugs).values_list("slug", "pk"))
    event_ids = [pks[slug] for slug in slugs if slug in pks]
    if not event_ids:
        return []
    here = read_event_cards(event_ids, shows_in(city, now), now)
    others = [pk for pk in event_ids if not here[pk].next_shows] if city else []
    elsewhere = read_event_cards(others, shows_in(None, now), now) if others else {}
    found = [(elsewhere[pk], None) if pk in elsewhere else (here[pk], city) for pk in event_ids]
    # A domain shows no event of others.
    return found if shown_theaters() is None else [(card, where) for card, where in found if card.next_shows]
