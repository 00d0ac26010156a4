"""A line: how far it has come, and whose turn it is. Pure; `shared.py` keeps it for all processes.

Everyone in it has a number, in the order in which they came, and no row, session or entry anywhere. People who came
before the sale opened get a place by lot then; later ones follow in order. Places up to `admitted` may enter. Times are
seconds since 1970, UTC.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache

# People a second, until the server has shown what it can do.
FIRST_RATE = 1.0
LOWEST_RATE = 0.1
HIGHEST_RATE = 500.0
# The rate seeks the pace at which this share of the server is busy (`load.py`): beyond it, answers get slow. People
# book some time after they were admitted, so it may change by these factors in a second at most.
BUSY_SHARE = 0.6
SLOWER = 0.9
FASTER = 1.02
# How long a turn lasts: time to choose, and to come back from a basket that lapsed.
TURN_SECONDS = 20 * 60
# How often a line writes down how far it had come, to know when turns are over, and its pace over the last minutes.
MARK_SECONDS = 15
PACE_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides how a line moves on: when it opens, and what staff and the server say."""

    opens_at: float | None
    # People a second; None: as many as the server can serve.
    rate: float | None
    may_enter: bool
    # The share of the server that was busy of late, 0 to 1.
    busy: float


@dataclass(frozen=True, slots=True)
class Line:
    moved_at: float
    admitted: float = 0.0
    rate: float = FIRST_RATE
    # How many had come when the sale opened, None before, and by which lot they were given places.
    gathered: int | None = None
    lot: str = ""
    # Moments with how many had been admitted by then, the oldest first.
    marks: tuple[tuple[float, float], ...] = ()

    def place_of(self, number: int) -> int | None:
        """Return the place of a number; None before the lots are drawn."""
        if self.gathered is None:
            return None
        return _draw(self.lot, self.gathered)[number - 1] if number <= self.gathered else number

    def is_past(self, place: int, came_at: float, now: float) -> bool:
        """Return True if the turn of a place is over. The turn of those who never waited began when they came."""
        if came_at > now - TURN_SECONDS:
            return False
        return any(moment <= now - TURN_SECONDS and place <= admitted for moment, admitted in self.marks)

    def pace(self, now: float) -> float | None:
        """Return how many people entered a second of late; None if the line has only begun to move."""
        since, then = next((mark for mark in self.marks if mark[0] >= now - PACE_SECONDS), (now, self.admitted))
        return (self.admitted - then) / (now - since) if now - since >= MARK_SECONDS else None

    def seconds_until(self, place: int, now: float) -> float:
        """Estimate how long a place has to wait yet."""
        return max(place - self.admitted, 0.0) / (self.pace(now) or self.rate)


def move(line: Line, terms: Terms, *, given: int, now: float, lot: str) -> Line:
    """Return the line a moment later, when `given` numbers have been given out; `lot` is used if it opens now."""
    passed = max(now - line.moved_at, 0.0)
    if terms.opens_at is not None and now < terms.opens_at:
        return replace(line, moved_at=now)
    if line.gathered is None:
        line = replace(line, gathered=0 if terms.opens_at is None else given, lot=lot)
        passed = 0.0
    rate = _find_rate(line, terms, now, is_waited=line.admitted < given)
    admitted = line.admitted
    if terms.may_enter:
        # While nobody waits there is room for those who come within a second, and no more is saved up. A line begins
        # with that.
        room = max(rate, 1.0)
        admitted = max(admitted, min(admitted + (room if not line.marks else rate * passed), given + room))
    marks = line.marks
    if not marks or now - marks[-1][0] >= MARK_SECONDS:
        # One mark that is older than a turn stays: it says whose turn is over.
        oldest = max((at for at, (moment, _count) in enumerate(marks) if moment <= now - TURN_SECONDS), default=0)
        marks = (*marks[oldest:], (now, admitted))
    return replace(line, moved_at=now, admitted=admitted, rate=rate, marks=marks)


def _find_rate(line: Line, terms: Terms, now: float, *, is_waited: bool) -> float:
    if terms.rate is not None:
        return terms.rate
    wanted = (line.pace(now) or line.rate) * BUSY_SHARE / max(terms.busy, 0.01)
    highest = line.rate * FASTER if is_waited and terms.may_enter else line.rate
    return min(max(wanted, line.rate * SLOWER, LOWEST_RATE), highest, HIGHEST_RATE)


@lru_cache(maxsize=64)
def _draw(lot: str, count: int) -> list[int]:
    places = list(range(1, count + 1))
    # Seeded by a secret that nobody knew before the sale opened, so that all processes draw the same.
    random.Random(lot).shuffle(places)  # noqa: S311
    return places
