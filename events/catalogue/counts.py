"""How many events there are, as far as people want to know.

To count an event is to look for a show of it, which takes 3 µs, so nothing counts further than it has to: a page
says "300 events or more". Counts are cached for longer than the pages that show them, under the same version: a
change by staff counts at once, a show that has begun meanwhile after `COUNT_CACHE_SECONDS`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.db.models import Count

from events.catalogue.cache import COUNT_CACHE_SECONDS, cached
from events.catalogue.cards import is_coming
from events.catalogue.filters import EventFilters
from events.models import Event, Show
from theaters.shown import shown_theaters

# Of a list on a page, as many as a search finds; of each kind on the home page; of a list by the API.
PAGE_COUNT_LIMIT, KIND_COUNT_LIMIT, API_COUNT_LIMIT = 300, 50, 10_000

# A subquery with a limit for each kind: the database looks no further. As querysets, they would take 8 ms to write.
_KINDS = """
SELECT kinds.kind, (
    SELECT COUNT(*) FROM (
        SELECT 1 FROM events_event e
        WHERE e.is_published AND e.kind = kinds.kind AND e.id = (
            SELECT s.event_id FROM events_show s
            WHERE s.event_id = e.id AND s.state = %s AND s.starts_at > %s AND s.hall_id NOT IN (
                SELECT h.id FROM theaters_hall h JOIN theaters_theater t ON t.id = h.theater_id WHERE NOT t.is_published
            )
            LIMIT 1
        )
        LIMIT %s
    ) counted
)
FROM (WITH kinds (kind) AS (VALUES {}) SELECT * FROM kinds) kinds
"""


def count_events(filters: EventFilters, *, now: datetime, limit: int) -> int:
    """Return how many events match, their words aside, `limit` at most. One query."""
    return _count_events(replace(filters, q="", sort=""), limit, now=now)


@cached(seconds=COUNT_CACHE_SECONDS)
def _count_events(now: datetime, filters: EventFilters, limit: int) -> int:
    events = filters.events()
    if filters.asks_for_shows or not filters.with_idle:
        events = events.filter(is_coming(filters.shows(now), are_few=filters.narrows_shows))
    return events.order_by()[:limit].count()


@cached(seconds=COUNT_CACHE_SECONDS)
def count_kinds(now: datetime, city: str = "") -> tuple[tuple[str, int], ...]:
    """Return how many events of each kind are coming to the city, or anywhere. One query.

    Kinds without any are left out, and no more than `KIND_COUNT_LIMIT` of a kind are counted.
    """
    if city or shown_theaters() is not None:
        # The database collects the events of the city's halls at once.
        coming = is_coming(EventFilters(city=city).shows(now), are_few=True)
        counts = Event.objects.published().filter(coming).order_by().values_list("kind").annotate(Count("pk"))
        found = dict(counts)
    else:
        at = connection.ops.adapt_datetimefield_value(now)
        kinds = Event.Kind.values
        with connection.cursor() as cursor:
            statement = _KINDS.format(", ".join(["(%s)"] * len(kinds)))
            cursor.execute(statement, [Show.State.ON_SALE, at, KIND_COUNT_LIMIT, *kinds])
            found = dict(cursor.fetchall())
    return tuple((kind, min(count, KIND_COUNT_LIMIT)) for kind, count in sorted(found.items()) if count)
