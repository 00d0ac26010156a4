"""The filters of the list of events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.catalogue.access_in_words import NamedAccess, read_named_access
from events.catalogue.cards import upcoming_shows
from events.catalogue.days import starts_within
from events.catalogue.days_in_words import NamedDays, read_named_days
from events.catalogue.vocabulary import mark_person, read_vocabulary
from events.models import Event, EventQuerySet, SearchWord, ShowQuerySet
from theaters.cities import find_city, read_cities
from theaters.shown import shown_theaters

# The bounds of the columns.
MAX_PRICE, MAX_RATING = Decimal(999_999_999), Decimal("9.99")


class EventSort(TextChoices):
    SOONEST = "soonest", _("soonest first")
    TITLE = "title", _("by title")
    RATING = "rating", _("best rated first")
    NEWEST = "newest", _("newest first")
    RELEVANCE = "relevance", _("best match first")


@dataclass(frozen=True, slots=True)
class EventFilters:
    """All filters are optional and narrow the list together; several values of one are alternatives.

    Dates are local days of the theater; both ends are included. `price_max` matches a show that
    costs at most that much, at its from-price, in the theater's own currency. An unknown city or label finds nothing.
    """

    q: str = ""
    # The name of a member of the cast or of those who made it.
    person: str = ""
    city: str = ""
    date_from: date | None = None
    date_to: date | None = None
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    price_max: Decimal | None = None
    min_rating: Decimal | None = None
    # Also events without an upcoming show, if no filter needs one.
    with_idle: bool = False
    # Empty: by relevance if `q` is given, otherwise the soonest first.
    sort: str = ""

    def with_named_days(self, now: datetime) -> tuple[EventFilters, NamedDays | None]:
        """Return the filters with the days that `q` names as dates instead of words, and those days.

        Not if a title has all the words of `q`, or dates are given. No query in a warm process.
        """
        if not self.q or self.date_from or self.date_to:
            return self, None
        city = find_city(self.city) if self.city else None
        days = read_named_days(self.q, timezone.localdate(now, city.tz if city else None))
        if days is None or read_vocabulary().has_in_title(self.q):
            return self, None
        return replace(self, q=days.rest, date_from=days.first, date_to=days.last), days

    def with_named_access(self) -> tuple[EventFilters, NamedAccess | None]:
        """Return the filters with the access that `q` names as a filter instead of words, and that access.

        Not if a title has all the words of `q`, or access is given. No query in a warm process.
        """
        if not self.q or self.access:
            return self, None
        named = read_named_access(self.q)
        if named is None or read_vocabulary().has_in_title(self.q):
            return self, None
        return replace(self, q=named.rest, access=(named.access.value,)), named

    @property
    def asks_for_shows(self) -> bool:
        """Return True if only events with an upcoming show can match."""
        dated = self.date_from is not None or self.date_to is not None
        is_part = self.city or dated or shown_theaters() is not None
        return bool(is_part or self.languages or self.access or self.price_max is not None)

    def events(self) -> EventQuerySet:
        """Return the published events that match, regardless of their shows and `q`. No query."""
        events = Event.objects.published()
        if self.kinds:
            events = events.filter(kind__in=self.kinds)
        if self.labels:
            events = events.filter(pk__in=Event.objects.filter(labels__slug__in=self.labels).values("pk"))
        if self.person:
            events = events.filter(pk__in=SearchWord.objects.filter(word=mark_person(self.person)).values("event"))
        if self.min_rating is not None:
            events = events.filter(rating_average__gte=min(self.min_rating, MAX_RATING).quantize(Decimal("0.01")))
        return events

    @property
    def narrows_shows(self) -> bool:
        """Return True if only a part of the upcoming shows may match."""
        is_part = self.city or shown_theaters() is not None
        dated = self.date_to is not None
        return bool(is_part or dated or self.languages or self.access or self.price_max is not None)

    @property
    def narrows_events(self) -> bool:
        return bool(self.kinds or self.labels or self.person or self.min_rating is not None)

    def shows(self, now: datetime) -> ShowQuerySet:
        """Return the upcoming shows that match, of any event."""
        city = find_city(self.city) if self.city else None
        if self.city and city is None:
            return upcoming_shows(now).none()
        shows = upcoming_shows(now, **({"theater__city": city.pk} if city else {}))
        zones = [city.time_zone] if city else [one.time_zone for one in read_cities()]
        shows = shows.filter(starts_within(self.date_from, self.date_to, zones))
        if self.languages:
            # A show without a language is in one of its event's.
            spoken = Q(language__in=self.languages)
            for language in self.languages:
                spoken |= Q(language="", event__languages__icontains=f'"{language}"')
            shows = shows.filter(spoken)
        if self.access:
            shows = shows.offering(self.access)
        if self.price_max is not None:
            shows = shows.filter(from_price__lte=min(self.price_max, MAX_PRICE).quantize(Decimal("0.001")))
        return shows
