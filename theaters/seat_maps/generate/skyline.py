"""The rear edge of what is placed on a plan, so that the next part fits behind it as closely as it can."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from theaters.seat_maps.arrange import SEAT_PITCH
from theaters.seat_maps.geometry import Point

# Parts that are this many columns apart pass each other.
_REACH = 2


class Skyline:
    """How far back each column of the plan is taken; y grows from the stage to the rear."""

    def __init__(self) -> None:
        self._rear: dict[int, float] = {}

    def add(self, points: Iterable[Point]) -> None:
        for x, y in points:
            column = floor(x / SEAT_PITCH)
            self._rear[column] = max(y, self._rear.get(column, y))

    def clear(self, points: Iterable[Point], gap: float) -> float:
        """Return how far to move points back, so that each is `gap` behind what is in front of it."""
        fronts: dict[int, float] = {}
        for x, y in points:
            column = floor(x / SEAT_PITCH)
            fronts[column] = min(y, fronts.get(column, y))
        moves = [
            self._rear[near] + gap - y
            for column, y in fronts.items()
            for near in range(column - _REACH, column + _REACH + 1)
            if near in self._rear
        ]
        return max(moves, default=0.0)
