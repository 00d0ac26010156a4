"""Which places of a show are free, as the seat map page and the API show it.

It is a snapshot, not a promise: it may be `PAGES_STALE_SECONDS` old, and only `hold_seats` decides
who gets a seat. A place in a lapsed hold counts as free, because the next customer who asks for it gets it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.tallies import AREA_LIMIT
from events.models import ShowArea
from lib.compiled import compiled
from lib.process_memory import Memory

_IS_SEAT, _IS_FREE_AGAIN = -1, -2


@dataclass(frozen=True, slots=True)
class Availability:
    """`taken` holds seat ids in ascending order, `areas` the number of free places by area id.

    `version` depends only on the content, so it serves as an ETag.
    """

    version: str
    taken: list[int]
    areas: dict[int, int]


# By show. One of 2,000 taken seats takes 70 KB.
_kept: Memory[Availability] = Memory(100)


def read_availability(show_id: int) -> Availability:
    """Return what is taken. One statement cold, none warm.

    Warm it asks the cache for a version only, which `forget_availability` deletes: unpickling the seats of a sold
    opera house would take three times as long as everything else that an answer of the API needs.
    """
    pages, key = caches["pages"], f"availability:{show_id}"
    version: str | None = pages.get(version_key(show_id))
    kept = _kept.get(show_id)
    if kept is not None and kept.version == version:
        return kept
    found: Availability | None = None if version is None else pages.get(key)
    if found is None or found.version != version:
        return renew_availability(show_id)
    _kept.set(show_id, found, settings.PAGES_STALE_SECONDS)
    return found


def renew_availability(show_id: int) -> Availability:
    """Read what is taken by one statement, and return it to all readers from now on; for one that found no version."""
    found = _read(show_id)
    kept = {f"availability:{show_id}": found, version_key(show_id): found.version}
    caches["pages"].set_many(kept, settings.PAGES_STALE_SECONDS)
    _kept.set(show_id, found, settings.PAGES_STALE_SECONDS)
    return found


def forget_availability(show_id: int) -> None:
    """Make the next reader see the change that was just committed; call it by `after_commit`."""
    caches["pages"].delete(version_key(show_id))


def version_key(show_id: int) -> str:
    """Return the key of the version in the cache of pages; it is missing once the version is a moment old."""
    return f"availability-version:{show_id}"


def _read(show_id: int) -> Availability:
    seats: set[int] = set()
    free_again: set[int] = set()
    available: dict[int, int] = {}
    for place_id, number in _read_places(show_id, timezone.now()):
        if number == _IS_SEAT:
            seats.add(place_id)
        elif number == _IS_FREE_AGAIN:
            free_again.add(place_id)
        else:
            available[place_id] = number
    taken = sorted(seats - free_again)
    available = dict(sorted(available.items()))
    content = json.dumps([taken, list(available.items())], separators=(",", ":"))
    return Availability(hashlib.blake2b(content.encode(), digest_size=9).hexdigest(), taken, available)


@compiled
def _read_places(show_id: int, now: datetime) -> QuerySet[Any, tuple[int, int]]:
    """Return seats with a live ticket, those of them whose hold has lapsed, and areas with the number of free places.

    The first are read from their index alone, and only held tickets together with their bookings: that takes
    PostgreSQL a fifth of the time that one condition for both takes.
    """
    lapsed = Q(state=Ticket.State.HELD, booking__state=Booking.State.HELD, booking__expires_at__lte=now)
    seats = Ticket.objects.live().filter(show_id=show_id, seat__isnull=False).order_by()
    lapsed_seats = Ticket.objects.filter(lapsed, show_id=show_id, seat__isnull=False).order_by()
    lapsed_places = (
        Ticket.objects.filter(lapsed, show_id=show_id, area_id=OuterRef("area_id"))
        .order_by()
        .values("area_id")
        .values_list(Count("pk"))
    )
    left = AREA_LIMIT - F("taken") + Coalesce(Subquery(lapsed_places, output_field=IntegerField()), 0)
    free = Greatest(left, 0, output_field=IntegerField())
    areas = ShowArea.objects.filter(show_id=show_id).values_list("area_id", free)
    return seats.values_list("seat_id", Value(_IS_SEAT)).union(
        lapsed_seats.values_list("seat_id", Value(_IS_FREE_AGAIN)), areas, all=True
    )
