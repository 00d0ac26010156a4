"""How many events there are: the only answer that looks through all of them.

It takes 3 µs an event, so it is cached for longer than the pages that show it, under the
same version: a change by staff counts at once, a show that has begun meanwhile after `COUNT_CACHE_SECONDS`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Count

from events.catalogue.cache import COUNT_CACHE_SECONDS, cached
from events.catalogue.cards import is_coming
from events.catalogue.filters import EventFilters
from events.models import Event


def count_events(filters: EventFilters, *, now: datetime) -> int:
    """Return how many events match, their words aside. One query."""
    asked = replace(filters, q="", sort="")
    if asked == EventFilters(city=asked.city):
        # The home page has counted them.
        return sum(count for _kind, count in count_kinds(asked.city, now=now))
    return _count_events(asked, now=now)


@cached(seconds=COUNT_CACHE_SECONDS)
def _count_events(now: datetime, filters: EventFilters) -> int:
    events = filters.events()
    if filters.asks_for_shows or not filters.with_idle:
        events = events.filter(is_coming(filters.shows(now), are_few=filters.narrows_shows))
    return events.count()


@cached(seconds=COUNT_CACHE_SECONDS)
def count_kinds(now: datetime, city: str = "") -> tuple[tuple[str, int], ...]:
    """Return how many events of each kind are coming to the city, or anywhere. One query."""
    shows = EventFilters(city=city).shows(now)
    events = Event.objects.published().filter(is_coming(shows, are_few=bool(city)))
    return tuple(events.order_by("kind").values_list("kind").annotate(Count("pk")))
