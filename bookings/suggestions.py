"""Events for a customer to see next, from the labels and kinds of those booked before, each with its reason.

Nothing is kept: what was booked and rated is read again each time, so that an erasure leaves nothing to forget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, OuterRef, Subquery

from accounts.models import User
from bookings.models import Booking, Ticket
from events.catalogue import EventCard, read_event_cards, shows_in
from events.catalogue.cards import is_first
from events.models import Event, EventQuerySet, Review, Show
from theaters.directory import CityItem

MOST_SUGGESTIONS = 6
# The newest of what was booked speak for a customer's taste.
MOST_SOURCES = 30
# As many of the soonest are compared as a page of the programme has.
CANDIDATES = 24
GOOD_STARS = 4
# What one label in common is worth, where the same kind is worth 1.
LABEL_WORTH = 2


@dataclass(frozen=True, slots=True)
class Source:
    """An event that a customer booked: what others may have in common with it, and how much that counts."""

    title: str
    kind: str
    labels: frozenset[str]
    stars: int | None
    is_seen: bool

    @property
    def weight(self) -> int:
        return 2 if self.stars else 1

    def compare(self, card: EventCard) -> int:
        """Return how much a card has in common with this event; 0 for nothing. Pure."""
        shared = self.labels & {label.slug for label in card.labels}
        return self.weight * (LABEL_WORTH * len(shared) + (card.kind == self.kind))


@dataclass(frozen=True, slots=True)
class Suggestion:
    card: EventCard
    because: Source


def suggest_events(user: User, *, city: CityItem | None, now: datetime) -> list[Suggestion]:
    """Return events like those that `user` booked, with seats in `city` or anywhere, the most alike first.

    Left out are events that were booked already. What was rated below `GOOD_STARS` suggests nothing; what was rated
    well counts twice. Seven queries at most, one for a customer without bookings.
    """
    booked = _read_booked(user)
    sources = _read_sources(booked, now)
    if not sources:
        return []
    labels = {label for source in sources for label in source.labels}
    events = Event.objects.published().exclude(pk__in=booked)
    found = _soonest(events.filter(labels__slug__in=labels), city, now) if labels else []
    if len(found) < MOST_SUGGESTIONS:
        kinds = {source.kind for source in sources}
        found += _soonest(events.filter(kind__in=kinds).exclude(pk__in=found), city, now)
    cards = read_event_cards(found, shows_in(city, now), now)
    return rank(cards.values(), sources)


def rank(cards: Iterable[EventCard], sources: Collection[Source]) -> list[Suggestion]:
    """Return the bookable cards that have most in common with all sources, each with the closest one. Pure."""
    scored = []
    for card in cards:
        likeness = [source.compare(card) for source in sources]
        if card.is_bookable and any(likeness):
            closest = max(zip(likeness, sources, strict=True), key=lambda one: one[0])[1]
            scored.append((sum(likeness), Suggestion(card, closest)))
    scored.sort(key=lambda one: -one[0])
    return [suggestion for _score, suggestion in scored[:MOST_SUGGESTIONS]]


@dataclass(frozen=True, slots=True)
class _Booked:
    starts_at: datetime
    stars: int | None


def _read_booked(user: User) -> dict[int, _Booked]:
    """Return what this customer has tickets for, by event, the latest first: its first show and own rating."""
    review = Review.objects.filter(event=OuterRef("show__event"), user=user).values("stars")[:1]
    rows = (
        Ticket.objects.issued()
        .filter(booking__customer=user, booking__state=Booking.State.CONFIRMED)
        .exclude(show__state=Show.State.CANCELED)
        .order_by()
        .values("show__event")
        .annotate(first_at=Min("show__starts_at"), stars=Subquery(review))
        .values_list("show__event", "first_at", "stars")
    )
    found = sorted(rows, key=lambda row: row[1], reverse=True)
    return {pk: _Booked(starts_at, stars) for pk, starts_at, stars in found}


def _read_sources(booked: dict[int, _Booked], now: datetime) -> list[Source]:
    liked = [pk for pk, one in booked.items() if one.stars is None or one.stars >= GOOD_STARS][:MOST_SOURCES]
    if not liked:
        return []
    traits: dict[int, tuple[str, str]] = {}
    labels: dict[int, set[str]] = {}
    rows = Event.objects.filter(pk__in=liked).order_by()
    for pk, title, kind, label in rows.values_list("pk", "title", "kind", "labels__slug"):
        traits[pk] = (title, kind)
        labels.setdefault(pk, set()).update([label] if label else [])
    return [
        Source(*traits[pk], frozenset(labels[pk]), booked[pk].stars, is_seen=booked[pk].starts_at <= now)
        for pk in liked
    ]


def _soonest(events: EventQuerySet, city: CityItem | None, now: datetime) -> list[int]:
    """Walk through the shows of these events by their start, and stop after `CANDIDATES` events. One query."""
    shows = shows_in(city, now)
    firsts = shows.filter(is_first(shows), event__in=events.values("pk")).order_by("starts_at", "event_id")
    return list(firsts.values_list("event_id", flat=True)[:CANDIDATES])
