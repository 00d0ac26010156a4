"""Points on a plan: finds near ones without comparing all with all."""

from collections import defaultdict
from collections.abc import Iterator
from math import floor

Point = tuple[float, float]


class Grid:
    """Points in square cells; finds those within one cell's width of a place in constant time."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._cells: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return floor(x / self._width), floor(y / self._width)

    def add(self, index: int, x: float, y: float) -> None:
        self._cells[self._cell(x, y)].append((index, x, y))

    def near(self, x: float, y: float) -> Iterator[tuple[int, float]]:
        """Yield the index and the squared distance of each point in this cell and the eight around it."""
        column, line = self._cell(x, y)
        for c in (column - 1, column, column + 1):
            for r in (line - 1, line, line + 1):
                for index, px, py in self._cells.get((c, r), ()):
                    yield index, (px - x) ** 2 + (py - y) ** 2


def bounds(points: list[Point]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of at least one point."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
