"""How many people are in waiting rooms, for staff and for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from time import time

from django.db.models import Exists, OuterRef
from django.utils import timezone

from events.catalogue.cards import Showtime, read_showtimes
from events.models import Show
from waiting_room import shared
from waiting_room.line import PACE_SECONDS
from waiting_room.models import WaitingRoom
from waiting_room.rooms import find_opening, name_line


@dataclass(frozen=True, slots=True)
class Queue:
    """How many people wait in a line, how many entered, and how many a minute over the last minutes."""

    waiting: int
    admitted: int
    per_minute: int

    @property
    def has_begun(self) -> bool:
        return self.waiting > 0 or self.admitted > 0


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line of a room: the sale of its `shows` opens or opened at `opens_at`, None if long ago.

    `showtime` is the first of them.
    """

    event_id: int
    showtime: Showtime
    opens_at: datetime | None
    shows: int
    queue: Queue


def read_figures(rooms: Collection[int]) -> list[LineFigures]:
    """Return the lines of these rooms' coming shows, in the order of their openings. One query; none without rooms."""
    if not rooms:
        return []
    room = WaitingRoom.objects.filter(pk__in=rooms, theater=OuterRef("hall__theater"), event=OuterRef("event"))
    shows = Show.objects.filter(Exists(room), state=Show.State.ON_SALE, starts_at__gt=timezone.now())
    first: dict[str, tuple[int, Showtime]] = {}
    counts: Counter[str] = Counter()
    for event_id, showtime in read_showtimes(shows, timezone.now()):
        line = name_line(showtime, event_id)
        first.setdefault(line, (event_id, showtime))
        counts[line] += 1
    queues = read_queues(first)
    figures = [
        LineFigures(event_id, showtime, find_opening(showtime), counts[line], queues[line])
        for line, (event_id, showtime) in first.items()
    ]
    return sorted(figures, key=lambda one: (one.opens_at is not None, one.opens_at))


def read_queues(lines: Collection[str]) -> dict[str, Queue]:
    """Return the queues of these lines by name, as the cache has them."""
    return {name: _count(found) for name, found in shared.look_up_all(lines).items()}


def _count(found: shared.Standing) -> Queue:
    now = time()
    # The room that is kept for newcomers is nobody yet.
    admitted = min(int(found.line.admitted), found.given)
    is_moving = bool(found.line.marks) and found.line.marks[-1][0] > now - PACE_SECONDS
    pace = (found.line.pace(now) or 0.0) if is_moving else 0.0
    return Queue(found.given - admitted, admitted, round(pace * 60))
