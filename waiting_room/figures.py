"""How many people are in a waiting room, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import time

from django.utils import timezone

from events.catalogue.cards import read_showtimes
from events.models import Show
from waiting_room import shared
from waiting_room.line import PACE_SECONDS
from waiting_room.models import WaitingRoom
from waiting_room.rooms import find_opening, name_line


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line of a room: its shows' sale opens or opened at `opens_at`, None if long ago."""

    opens_at: datetime | None
    shows: int
    waiting: int
    admitted: int
    # People a minute, over the last minutes.
    pace: int


def read_figures(room: WaitingRoom) -> list[LineFigures]:
    """Return the lines of a room's coming shows, in the order of their openings. One query."""
    shows = Show.objects.filter(
        event=room.event_id, hall__theater=room.theater_id, state=Show.State.ON_SALE, starts_at__gt=timezone.now()
    )
    counts: dict[tuple[str, datetime | None], int] = {}
    for event_id, showtime in read_showtimes(shows, timezone.now()):
        line = name_line(showtime, event_id), find_opening(showtime)
        counts[line] = counts.get(line, 0) + 1
    figures = []
    for (name, opens_at), count in counts.items():
        found, now = shared.look_up(name), time()
        # The room that is kept for newcomers is nobody yet.
        admitted = min(int(found.line.admitted), found.given)
        is_moving = bool(found.line.marks) and found.line.marks[-1][0] > now - PACE_SECONDS
        pace = (found.line.pace(now) or 0.0) if is_moving else 0.0
        figures.append(LineFigures(opens_at, count, found.given - admitted, admitted, round(pace * 60)))
    return sorted(figures, key=lambda one: (one.opens_at is not None, one.opens_at))
