"""The list of events: filtered, sorted, paged by key.

A page continues from the sort key of its last event, so that no event is skipped or repeated when
others come or go. An event whose next show has passed in the meantime moves on to the following one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Expression, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from events.catalogue.access_in_words import NamedAccess
from events.catalogue.cache import cached
from events.catalogue.cards import EventCard, is_coming, is_first
from events.catalogue.counts import PAGE_COUNT_LIMIT, count_events
from events.catalogue.days_in_words import NamedDays
from events.catalogue.event_cards import read_event_cards
from events.catalogue.filters import EventFilters, EventSort
from events.catalogue.search import find_events
from events.models import EventQuerySet, ShowQuerySet

EVENTS_PER_PAGE = 24
# An event's place in the list: its key as a string, and its pk.
Cursor = tuple[str, int]
# Where a page starts: after that event, or at a number.
Start = Cursor | int


@dataclass(frozen=True, slots=True)
class EventPage:
    """`next_after` continues the list, and is empty at its end; `count` is of the whole list, up to a limit.

    `named_days` and `named_access` are those that the words of the search name, which the list keeps to.
    """

    events: tuple[EventCard, ...]
    count: int
    next_after: str
    named_days: NamedDays | None = None
    named_access: NamedAccess | None = None

    @property
    def is_count_exact(self) -> bool:
        return self.count < PAGE_COUNT_LIMIT


@cached()
def search_events(
    now: datetime,
    filters: EventFilters,
    *,
    after: str = "",
    offset: int = 0,
    limit: int = EVENTS_PER_PAGE,
    count_limit: int = PAGE_COUNT_LIMIT,
) -> EventPage:
    """Return the events that match, after the one at which the last page ended (`after`).

    API clients give an `offset` instead, and have more events counted.

    By relevance, events without an upcoming show are found too and come last, unless the filters need
    shows; otherwise only events with a matching upcoming show. An invalid `after`
    starts over. Five queries, or six to search in another order, besides the cities and, in a new process,
    the search vocabulary.
    """
    filters, named_access = filters.with_named_access()
    filters, named_days = filters.with_named_days(now)
    sort = _find_sort(filters)
    start = _read_cursor(after, sort) or offset
    matching = filters.shows(now)
    events = filters.events()
    scores = find_events(filters.q, now=now) if filters.q.strip() else None
    if scores is not None:
        events = events.filter(pk__in=list(scores))
    if scores is not None and sort == EventSort.RELEVANCE:
        keys, count = _by_relevance(events, matching, scores, start, limit, with_idle=not filters.asks_for_shows)
    elif sort in _ORDERS:
        if filters.asks_for_shows or not filters.with_idle:
            events = events.filter(is_coming(matching, are_few=filters.narrows_shows))
        keys = _by_column(events, sort, start, limit)
        count = events.count() if scores is not None else count_events(filters, now=now, limit=count_limit)
    elif scores is not None:
        keys, count = _by_first_show_of(events, matching, start, limit)
    else:
        shows = (
            matching.filter(event__in=events) if filters.narrows_events else matching.filter(event__is_published=True)
        )
        keys = _by_first_show(shows.filter(is_first(matching)), start, limit)
        count = count_events(replace(filters, with_idle=False), now=now, limit=count_limit)
    page, rest = keys[:limit], keys[limit:]
    event_ids = [pk for _key, pk in page]
    cards = read_event_cards(event_ids, matching, now)
    return EventPage(
        events=tuple(cards[pk] for pk in event_ids if pk in cards),
        count=count,
        next_after=_write_cursor(sort, *page[-1]) if rest else "",
        named_days=named_days,
        named_access=named_access,
    )


def _find_sort(filters: EventFilters) -> EventSort:
    has_words = bool(filters.q.strip())
    if filters.sort in EventSort.values and (has_words or filters.sort != EventSort.RELEVANCE):
        return EventSort(filters.sort)
    return EventSort.RELEVANCE if has_words else EventSort.SOONEST


def _by_first_show(firsts: ShowQuerySet, begin: Start, limit: int) -> list[Cursor]:
    """Walk through these shows, the first one of each event, and stop at the end of the page. One query."""
    start = 0
    if isinstance(begin, int):
        start = begin
    else:
        at, pk = datetime.fromisoformat(begin[0]), begin[1]
        firsts = firsts.filter(Q(starts_at__gt=at) | Q(event_id__gt=pk), starts_at__gte=at)
    rows = firsts.order_by("starts_at", "event_id").values_list("starts_at", "event_id")
    return [(first.isoformat(), pk) for first, pk in rows[start : start + limit + 1]]


def _by_first_show_of(
    events: EventQuerySet, matching: ShowQuerySet, begin: Start, limit: int
) -> tuple[list[Cursor], int]:
    """Sort a few events by their first matching show. One query, whose rows also give the count."""
    firsts = matching.filter(event__in=events).order_by().values_list("event_id").annotate(first=Min("starts_at"))
    rows = sorted((first, pk) for pk, first in firsts)
    start = begin if isinstance(begin, int) else bisect_right(rows, (datetime.fromisoformat(begin[0]), begin[1]))
    return [(first.isoformat(), pk) for first, pk in rows[start : start + limit + 1]], len(rows)


def _by_relevance(
    events: EventQuerySet, matching: ShowQuerySet, scores: dict[int, int], begin: Start, limit: int, *, with_idle: bool
) -> tuple[list[Cursor], int]:
    """Sort events with upcoming shows first, then by how well they match. One query."""
    known = events.order_by().annotate(coming=Exists(matching.filter(event=OuterRef("pk")))).values_list("pk", "coming")
    rows = sorted((int(not coming), -scores[pk], pk) for pk, coming in known if coming or with_idle)
    if isinstance(begin, int):
        start = begin
    else:
        is_over, score = (int(part) for part in begin[0].split(":"))
        start = bisect_right(rows, (is_over, score, begin[1]))
    return [(f"{is_over}:{score}", pk) for is_over, score, pk in rows[start : start + limit + 1]], len(rows)


@dataclass(frozen=True, slots=True)
class _Order:
    column: Expression | F
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    is_descending: bool = False


_ORDERS = {
    EventSort.TITLE: _Order(F("sort_title"), str, str),
    EventSort.RATING: _Order(Coalesce("rating_average", Decimal(0)), Decimal, str, is_descending=True),
    EventSort.NEWEST: _Order(F("created_at"), datetime.fromisoformat, datetime.isoformat, is_descending=True),
}


def _by_column(events: EventQuerySet, sort: EventSort, begin: Start, limit: int) -> list[Cursor]:
    """Sort by a column of the event. One query."""
    order = _ORDERS[sort]
    keyed = events.annotate(key=order.column)
    start = 0
    if isinstance(begin, int):
        start = begin
    else:
        value = order.read(begin[0])
        beyond = Q(key__lt=value) if order.is_descending else Q(key__gt=value)
        keyed = keyed.filter(beyond | Q(key=value, pk__gt=begin[1]))
    column = F("key").desc() if order.is_descending else F("key").asc()
    rows = keyed.order_by(column, "pk").values_list("key", "pk")[start : start + limit + 1]
    return [(order.write(key), pk) for key, pk in rows]


def _write_cursor(sort: EventSort, key: str, pk: int) -> str:
    return urlsafe_b64encode(json.dumps([sort.value, key, pk]).encode()).decode().rstrip("=")


def _read_cursor(after: str, sort: EventSort) -> Cursor | None:
    """Return where the last page ended, or None if `after` is not of a list with this sort."""
    if not after:
        return None
    try:
        written_sort, key, pk = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if written_sort != sort.value or type(key) is not str or type(pk) is not int:
            return None
        if sort in _ORDERS:
            _ORDERS[sort].read(key)
        elif sort == EventSort.SOONEST:
            if datetime.fromisoformat(key).tzinfo is None:
                return None
        else:
            is_over, score = key.split(":")
            int(is_over), int(score)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None
    return key, pk
