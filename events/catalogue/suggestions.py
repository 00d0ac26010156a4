"""What the search field suggests while somebody types: events, people, theaters and labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from events.catalogue.cache import cached
from events.catalogue.cards import EventCard, LabelItem, only_shown
from events.catalogue.choices import read_filter_choices
from events.catalogue.event_cards import read_event_cards, shows_in
from events.catalogue.filters import EventFilters
from events.catalogue.search import find_events
from events.catalogue.vocabulary import mark_person, read_vocabulary
from events.models import SearchWord, Show
from lib.words import index_words, query_words
from theaters.cities import find_city
from theaters.directory import TheaterEntry, read_directory
from theaters.shown import shown_theaters

MIN_LETTERS = 2
# How many of each are suggested, and among how many events those with shows are looked for.
MAX_EVENTS, MAX_OTHERS, CONSIDERED_EVENTS = 5, 3, 20


@dataclass(frozen=True, slots=True)
class PersonItem:
    """`role` is what they did in one of the events, or empty."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    events: tuple[EventCard, ...] = ()
    people: tuple[PersonItem, ...] = ()
    theaters: tuple[TheaterEntry, ...] = ()
    labels: tuple[LabelItem, ...] = ()

    @property
    def count(self) -> int:
        return len(self.events) + len(self.people) + len(self.theaters) + len(self.labels)


@cached()
def suggest(now: datetime, query: str, *, city: str = "") -> Suggestions:
    """Return the best of each for what was typed, in a city or all. Six queries at most in a warm process.

    Events with coming shows come first.
    """
    filters, _access = EventFilters(q=query, city=city).with_named_access()
    filters, _days = filters.with_named_days(now)
    words = query_words(filters.q)
    if len(filters.q.strip()) < MIN_LETTERS or not words:
        return Suggestions()
    labels = read_filter_choices(now=now).labels
    return Suggestions(
        events=_find_events(filters, now),
        people=_find_people(filters.q),
        theaters=_find_theaters(words),
        labels=tuple(label for label in labels if _matches(words, label.name))[:MAX_OTHERS],
    )


def _find_events(filters: EventFilters, now: datetime) -> tuple[EventCard, ...]:
    scores = find_events(filters.q, now=now)
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))[:CONSIDERED_EVENTS]
    city = find_city(filters.city) if filters.city else None
    cards = read_event_cards(best, shows_in(city, now), now)
    found = [cards[pk] for pk in best if pk in cards]
    if shown_theaters() is not None:
        # A domain shows no event of others.
        found = [card for card in found if card.next_shows]
    return tuple(sorted(found, key=lambda card: not card.next_shows)[:MAX_EVENTS])


def _find_people(query: str) -> tuple[PersonItem, ...]:
    """Return people by the names that events give them."""
    marks = [mark_person(name) for name in read_vocabulary().match_people(query, MAX_OTHERS)]
    if not marks:
        return ()
    named: dict[str, PersonItem] = {}
    rows = SearchWord.objects.filter(Q(word__in=marks), event__is_published=True).order_by("word", "-event")
    if shown_theaters() is not None:
        rows = rows.filter(event__in=only_shown(Show.objects.public()).order_by().values("event"))
    for word, cast, crew in rows.values_list("word", "event__cast", "event__credits")[: 10 * MAX_OTHERS]:
        for person in [*cast, *crew]:
            name = str(person.get("name", ""))
            if mark_person(name) == word:
                named.setdefault(word, PersonItem(name, str(person.get("role", ""))))
    return tuple(named[mark] for mark in marks if mark in named)


def _find_theaters(words: list[str]) -> tuple[TheaterEntry, ...]:
    shown = shown_theaters()
    return tuple(
        entry
        for entry in read_directory().theaters.values()
        if entry.is_published
        and (shown is None or entry.pk in shown)
        and _matches(words, f"{entry.name} {entry.city.name}")
    )[:MAX_OTHERS]


def _matches(words: list[str], text: Any) -> bool:
    """Return True if each word begins a word of the text."""
    known = index_words(str(text))
    return all(any(other.startswith(word) for other in known) for word in words)
