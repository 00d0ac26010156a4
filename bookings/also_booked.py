"""What those who booked an event booked as well, for the pages of events; computed each night.

Only what at least `FEWEST_IN_COMMON` people have booked both counts, so that a page says nothing about anyone. Ranks
are all that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import sqrt

import structlog
from django.db import transaction
from django.db.models import Count, QuerySet

from bookings.models import Booking, Ticket
from events.catalogue import forget_catalogue
from events.models import AlsoBooked, Event, Show
from lib.turns import Turn

log = structlog.get_logger(__name__)

# With fewer, someone who knows the others could tell what one of them has booked.
FEWEST_IN_COMMON = 5
# Older bookings say little about the programme of today.
COUNTED_DAYS = 365
MOST_RANKED = 12
# Of one night; the soonest events come first, and the others keep what they had. Below the time limit of tasks.
MOST_SECONDS = 300


def rank_also_booked(now: datetime, *, seconds: float = MOST_SECONDS) -> int:
    """Rank for each coming event what its customers booked as well, and return how many events have other ranks.

    Two queries, and two to five for each event. Calling it again is harmless.
    """
    turn = Turn(seconds)
    counted = _read_counted(now)
    coming = _find_coming(now)
    sizes = dict(_count_people(counted.filter(show__event__in=coming)))
    changed = AlsoBooked.objects.exclude(event__in=coming).delete()[0]
    for event_id in coming:
        if not turn.go_on():
            log.warning("also_booked_unfinished", events=len(coming))
            break
        changed += _write(event_id, _rank(event_id, counted, sizes))
    if changed:
        forget_catalogue()
    return changed


def _read_counted(now: datetime) -> QuerySet[Ticket]:
    """Return the tickets that people have paid for themselves, with an address that tells them apart."""
    bookings = {"booking__state": Booking.State.CONFIRMED, "booking__kind": Booking.Kind.SALE}
    since = now - timedelta(days=COUNTED_DAYS)
    return Ticket.objects.issued().filter(**bookings, booking__created_at__gte=since).exclude(booking__email="")


def _find_coming(now: datetime) -> list[int]:
    """Return the published events with shows on sale, the soonest first."""
    shows = Show.objects.filter(state=Show.State.ON_SALE, starts_at__gt=now, event__is_published=True)
    return list(dict.fromkeys(shows.order_by("starts_at").values_list("event_id", flat=True)))


def _count_people(tickets: QuerySet[Ticket]) -> Iterable[tuple[int, int]]:
    people = Count("booking__email", distinct=True)
    return tickets.order_by().values_list("show__event_id").annotate(people)


def _rank(event_id: int, counted: QuerySet[Ticket], sizes: dict[int, int]) -> list[int]:
    """Return the events that go best with this one. What nearly everyone books goes with nothing in particular."""
    if sizes.get(event_id, 0) < FEWEST_IN_COMMON:
        return []
    people = counted.filter(show__event=event_id).values("booking__email")
    others = counted.filter(booking__email__in=people, show__event__in=Event.objects.published())
    found = [
        (in_common / sqrt(sizes[other]), other)
        for other, in_common in _count_people(others.exclude(show__event=event_id))
        if in_common >= FEWEST_IN_COMMON and other in sizes
    ]
    return [other for _score, other in sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_RANKED]]


def _write(event_id: int, ranked: list[int]) -> bool:
    """Keep these ranks, and return True if they differ from those before."""
    kept = AlsoBooked.objects.filter(event=event_id).order_by("rank")
    if list(kept.values_list("other", flat=True)) == ranked:
        return False
    with transaction.atomic():
        kept.delete()
        AlsoBooked.objects.bulk_create(
            AlsoBooked(event_id=event_id, other_id=other, rank=rank) for rank, other in enumerate(ranked)
        )
    return True
