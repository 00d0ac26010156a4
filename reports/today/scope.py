"""Which theaters' figures a person may see, and when each theater's day begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db.models import Case, DateField, Q, QuerySet, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from accounts.roles import Capability, Person, theaters_by_capability
from lib.compiled import compiled
from theaters.models import Theater

T = TypeVar("T")

FIGURES_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """What figures need to know of a theater."""

    id: int
    name: str
    currency: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Scope:
    """The theaters whose programme a person may see, at one moment."""

    user: Person
    now: datetime
    places: tuple[Place, ...]
    _ids: dict[Capability, frozenset[int]] = field(default_factory=dict)

    def ids(self, capability: Capability) -> list[int]:
        """Return the pks of the theaters where they have the capability, in order."""
        if getattr(self.user, "is_superuser", False):
            return [place.id for place in self.places]
        return sorted(self._ids.get(capability, frozenset()))

    @property
    def zones(self) -> list[ZoneInfo]:
        return list({place.zone.key: place.zone for place in self.places}.values())

    def starts_of_day(self, days_ago: int = 0) -> dict[str, datetime]:
        """Return when the day began so many days ago, by time zone."""
        return {zone.key: start_of_day(self.today(zone) - timedelta(days=days_ago), zone) for zone in self.zones}

    def today(self, zone: ZoneInfo) -> date:
        return timezone.localtime(self.now, zone).date()

    def within_day(self, time: str, theater: str, days_ago: int = 0, *, until_now: bool = False) -> Q:
        """Return the condition that `time` is in each theater's own day, or in the part of it up to this time."""
        condition = Q(pk__in=[])
        for zone in self.zones:
            day = self.today(zone) - timedelta(days=days_ago)
            end = start_of_day(day + timedelta(days=1), zone)
            if until_now:
                end = min(end, _same_clock(self.now, day, zone))
            start = start_of_day(day, zone)
            condition |= Q(**{f"{theater}__city__time_zone": zone.key, f"{time}__gte": start, f"{time}__lt": end})
        return condition

    def local_day(self, time: str, theater: str) -> Case:
        """Return the expression for the date of `time` by the clock of its theater."""
        cases = [
            When(**{f"{theater}__city__time_zone": zone.key}, then=TruncDate(time, tzinfo=zone)) for zone in self.zones
        ]
        return Case(*cases, output_field=DateField())

    def keep(self, name: str, *capabilities: Capability, read: Callable[[], T], seconds: int = FIGURES_SECONDS) -> T:
        """Return what `read` returns, cached for everyone who has these capabilities at the same theaters."""
        seen = [self.ids(capability) for capability in capabilities]
        days = [self.today(zone) for zone in self.zones]
        key = f"today-{name}-{blake2b(repr((seen, days)).encode(), digest_size=12).hexdigest()}"
        kept: Any = caches["pages"].get(key)
        if kept is None:
            kept = read()
            caches["pages"].set(key, kept, seconds)
        found: T = kept
        return found


def read_scope(user: Person, now: datetime) -> Scope:
    """Read what a person may see. Two statements at most, one for a platform admin."""
    ids: dict[Capability, frozenset[int]] = {}
    if getattr(user, "is_superuser", False):
        rows = _read_theaters(None)
    else:
        ids = _read_ids(user)
        seen = tuple(ids.get(Capability.SEE_PROGRAMME, ()))
        rows = _read_theaters(seen) if seen else []
    places = tuple(Place(pk, name, currency, ZoneInfo(zone)) for pk, name, currency, zone in rows)
    return Scope(user, now, places, ids)


@compiled
def _read_theaters(pks: tuple[int, ...] | None) -> QuerySet[Theater, tuple[int, str, str, str]]:
    theaters = Theater.objects.order_by("name", "pk")
    if pks is not None:
        theaters = theaters.filter(pk__in=pks)
    return theaters.values_list("pk", "name", "currency", "city__time_zone")


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _read_ids(user: Person) -> dict[Capability, frozenset[int]]:
    if not isinstance(user, User):
        return {}
    # Cached by the console for this request, see `console.people.may_at`.
    known: dict[Capability, frozenset[int]] | None = user.__dict__.get("_console_theaters")
    return theaters_by_capability(user) if known is None else known


def _same_clock(now: datetime, day: date, zone: ZoneInfo) -> datetime:
    clock = timezone.localtime(now, zone)
    return datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=zone)
