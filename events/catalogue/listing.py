"""The list of events: filtered, sorted, paged by key.

A page continues from the sort key of its last event, so that no event is skipped or repeated when
others come or go. An event whose next show has passed in the meantime moves on to the following one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Expression, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from events.catalogue.cache import cached
from events.catalogue.cards import (
    EventCard,
    ShowSummary,
    first_shows_of_each,
    group_by_event,
    read_cards,
    read_show_summaries,
    read_showtimes,
)
from events.catalogue.filters import EventFilters, EventSort
from events.catalogue.search import find_events
from events.models import Event, EventQuerySet, Show, ShowQuerySet

EVENTS_PER_PAGE = 24
# The last event of a page: its key as a string, and its pk.
Cursor = tuple[str, int]
# Where a page starts: after that event, or at a number.
Start = Cursor | int


@dataclass(frozen=True, slots=True)
class EventPage:
    """`next_after` continues the list, and is empty at its end; `count` is of the whole list."""

    events: tuple[EventCard, ...]
    count: int
    next_after: str


@dataclass(frozen=True, slots=True)
class _Found:
    """One page of pks, with one more if the list continues, and what was read on the way."""

    keys: list[tuple[str, int]]
    count: int
    summaries: dict[int, ShowSummary] | None = None
    events: dict[int, Event] | None = None


@cached()
def search_events(
    now: datetime, filters: EventFilters, *, after: str = "", offset: int = 0, limit: int = EVENTS_PER_PAGE
) -> EventPage:
    """Return the events that match, after the one at which the last page ended (`after`).

    API clients give an `offset` instead.

    By relevance, events without an upcoming show are found too and come last, unless the filters need
    shows; otherwise only events with a matching upcoming show. An invalid `after`
    starts over. Six queries besides the cities and, in a new process, the search vocabulary.
    """
    sort = _find_sort(filters)
    cursor = _read_cursor(after, sort)
    matching = filters.shows(now)
    scores = find_events(filters.q, now=now) if filters.q.strip() else None
    events = filters.events() if scores is None else filters.events().filter(pk__in=list(scores))
    if sort == EventSort.RELEVANCE and scores is not None:
        candidates = set(events.values_list("pk", flat=True)) if filters.narrows_events else set(scores)
        summaries = read_show_summaries(matching, candidates)
        if filters.asks_for_shows:
            candidates &= set(summaries)
        found = _by_relevance({pk: scores[pk] for pk in candidates}, summaries, cursor or offset, limit)
    elif sort in _ORDERS:
        if filters.asks_for_shows or not filters.with_idle:
            events = events.filter(Exists(matching.filter(event=OuterRef("pk"))))
        found = _by_column(events, sort, cursor or offset, limit)
    else:
        is_narrowed = filters.narrows_events or scores is not None
        found = _by_first_show(matching.filter(event__in=events) if is_narrowed else matching, cursor or offset, limit)
    page, rest = found.keys[:limit], found.keys[limit:]
    event_ids = [pk for _key, pk in page]
    shows = group_by_event(read_showtimes(Show.objects.filter(pk__in=first_shows_of_each(matching, event_ids)), now))
    summaries = found.summaries if found.summaries is not None else read_show_summaries(matching, event_ids)
    cards = read_cards(event_ids, shows, summaries, found.events)
    return EventPage(
        events=tuple(cards[pk] for pk in event_ids if pk in cards),
        count=found.count,
        next_after=_write_cursor(sort, *page[-1]) if rest else "",
    )


def _find_sort(filters: EventFilters) -> EventSort:
    has_words = bool(filters.q.strip())
    if filters.sort in EventSort.values and (has_words or filters.sort != EventSort.RELEVANCE):
        return EventSort(filters.sort)
    return EventSort.RELEVANCE if has_words else EventSort.SOONEST


def _by_first_show(matching: ShowQuerySet, begin: Start, limit: int) -> _Found:
    """Sort by the first matching show. One query, whose rows also give the count."""
    firsts = matching.order_by().values_list("event_id").annotate(first=Min("starts_at"))
    rows = sorted((first, pk) for pk, first in firsts)
    start = begin if isinstance(begin, int) else bisect_right(rows, (datetime.fromisoformat(begin[0]), begin[1]))
    keys = [(first.isoformat(), pk) for first, pk in rows[start : start + limit + 1]]
    return _Found(keys, len(rows))


def _by_relevance(scores: dict[int, int], summaries: dict[int, ShowSummary], begin: Start, limit: int) -> _Found:
    """Sort events with upcoming shows first, then by how well they match."""
    rows = sorted((0 if pk in summaries else 1, -scores[pk], pk) for pk in scores)
    if isinstance(begin, int):
        start = begin
    else:
        is_over, score = (int(part) for part in begin[0].split(":"))
        start = bisect_right(rows, (is_over, score, begin[1]))
    keys = [(f"{is_over}:{score}", pk) for is_over, score, pk in rows[start : start + limit + 1]]
    return _Found(keys, len(rows), summaries=summaries)


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


def _by_column(events: EventQuerySet, sort: EventSort, begin: Start, limit: int) -> _Found:
    """Sort by a column of the event. Two queries."""
    order = _ORDERS[sort]
    keyed = events.annotate(key=order.column)
    count = keyed.count()
    start = 0
    if isinstance(begin, int):
        start = begin
    else:
        value = order.read(begin[0])
        beyond = Q(key__lt=value) if order.is_descending else Q(key__gt=value)
        keyed = keyed.filter(beyond | Q(key=value, pk__gt=begin[1]))
    column = F("key").desc() if order.is_descending else F("key").asc()
    found = keyed.defer("synopsis", "cast", "credits").order_by(column, "pk")[start : start + limit + 1]
    rows = {event.pk: event for event in found}
    return _Found([(order.write(event.key), pk) for pk, event in rows.items()], count, events=rows)  # type: ignore[attr-defined]


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
