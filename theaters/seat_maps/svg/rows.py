"""Finds rows where a drawing names none: seats side by side on a line or a curve, across aisles too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from statistics import median

from theaters.seat_maps.geometry import Grid, Point

# In usual distances between seats: how far a neighbor and the other side of an aisle may be.
NEIGHBOR_REACH, AISLE_REACH = 1.7, 8
# Enough points to tell the usual distance.
_SAMPLE = 2000
# A seat above or below counts as farther than one beside it, which decides in square grids.
ACROSS = 1.2
# From one seat to the next a row bends no more than 50 degrees, and across an aisle no more than 25.
_OPPOSITE, _STRAIGHT = cos(radians(130)), cos(radians(25))


@dataclass(frozen=True)
class FoundRow:
    """Indexes of seats in their order; a ring is a table."""

    seats: list[int]
    is_ring: bool = False


def usual_distance(points: Sequence[Point], reach: float) -> float:
    """Return the usual distance to the nearest other point; `reach` where none is nearer."""
    grid = Grid(reach)
    for index, (x, y) in enumerate(points):
        grid.add(index, x, y)
    found = []
    for index in range(0, len(points), len(points) // _SAMPLE + 1):
        x, y = points[index]
        nearest = min((square for other, square in grid.near(x, y) if other != index and square > 0), default=0)
        if nearest:
            found.append(nearest**0.5)
    return median(found) if found else reach


def find_rows(points: Sequence[Point], pitch: float) -> list[FoundRow]:
    """Return the rows that points about `pitch` apart stand in, each from left to right or from top to bottom."""
    chains, rings = _chains(points, pitch)
    joined = _join_across_aisles(points, chains, pitch)
    return [FoundRow(_directed(points, chain)) for chain in joined] + [FoundRow(ring, is_ring=True) for ring in rings]


def is_ahead(start: Point, end: Point, point: Point) -> bool:
    """Return True if a point lies in the direction from start to end, beyond it; from a single seat it always does."""
    return start == end or _cosine([end, start, point], 0, 1, 2) <= -_STRAIGHT


def _directed(points: Sequence[Point], chain: list[int]) -> list[int]:
    (x1, y1), (x2, y2) = points[chain[0]], points[chain[-1]]
    dx, dy = x2 - x1, y2 - y1
    is_backward = dx < 0 if abs(dx) >= abs(dy) else dy < 0
    return chain[::-1] if is_backward else chain


def _chains(points: Sequence[Point], pitch: float) -> tuple[list[list[int]], list[list[int]]]:
    """Link each point with the nearest one and with the nearest on its other side, where both want it."""
    reach = pitch * NEIGHBOR_REACH
    grid = Grid(reach)
    for index, (x, y) in enumerate(points):
        grid.add(index, x, y)
    wanted = [_partners(points, grid, index, reach) for index in range(len(points))]
    links = [[other for other in partners if index in wanted[other]] for index, partners in enumerate(wanted)]
    seen: set[int] = set()
    chains, rings = [], []
    ends = [index for index, linked in enumerate(links) if len(linked) < 2]  # noqa: PLR2004 (both sides)
    for start in ends:
        if start not in seen:
            chains.append(_follow(start, links, seen))
    for start in range(len(points)):
        if start not in seen:
            rings.append(_follow(start, links, seen))
    return chains, rings


def _partners(points: Sequence[Point], grid: Grid, index: int, reach: float) -> list[int]:
    x, y = points[index]
    near = [
        (hypot(points[other][0] - x, (points[other][1] - y) * ACROSS), other)
        for other, square in grid.near(x, y)
        if other != index and 0 < square <= reach * reach
    ]
    near.sort()
    if not near:
        return []
    first = near[0][1]
    for _distance, other in near[1:]:
        if _cosine(points, index, first, other) <= _OPPOSITE:
            return [first, other]
    return [first]


def _cosine(points: Sequence[Point], at: int, one: int, other: int) -> float:
    """Return the cosine of the angle between the ways from a point to two others."""
    (x, y), (ax, ay), (bx, by) = points[at], points[one], points[other]
    lengths = hypot(ax - x, ay - y) * hypot(bx - x, by - y)
    return ((ax - x) * (bx - x) + (ay - y) * (by - y)) / lengths if lengths else 1


def _follow(start: int, links: list[list[int]], seen: set[int]) -> list[int]:
    chain = [start]
    seen.add(start)
    while following := [other for other in links[chain[-1]] if other not in seen]:
        chain.append(following[0])
        seen.add(following[0])
    return chain


def _join_across_aisles(points: Sequence[Point], chains: list[list[int]], pitch: float) -> list[list[int]]:
    """Join chains whose ends point at each other, the nearest first."""
    reach = pitch * AISLE_REACH
    grid = Grid(reach)
    ends = [(number, side) for number, chain in enumerate(chains) if len(chain) > 1 for side in (0, -1)]
    for index, (number, side) in enumerate(ends):
        x, y = points[chains[number][side]]
        grid.add(index, x, y)
    pairs = []
    for index, (number, side) in enumerate(ends):
        here, inner = chains[number][side], chains[number][1 if side == 0 else -2]
        x, y = points[here]
        for other, square in grid.near(x, y):
            number2, side2 = ends[other]
            if other <= index or number2 == number or square > reach * reach or not square:
                continue
            there, inner2 = chains[number2][side2], chains[number2][1 if side2 == 0 else -2]
            if _cosine(points, here, inner, there) <= -_STRAIGHT and _cosine(points, there, inner2, here) <= -_STRAIGHT:
                pairs.append((square, index, other))
    taken: dict[int, int] = {}
    for _square, one, other in sorted(pairs):
        if one not in taken and other not in taken and not _would_close(one, other, taken):
            taken[one], taken[other] = other, one
    return _walk_joined(chains, ends, taken)


def _would_close(one: int, other: int, taken: dict[int, int]) -> bool:
    """Return True if joining two ends makes a ring. The ends of one chain have neighboring even and odd indexes."""
    at = one ^ 1
    while at in taken:
        at = taken[at] ^ 1
    return at == other


def _walk_joined(chains: list[list[int]], ends: list[tuple[int, int]], taken: dict[int, int]) -> list[list[int]]:
    joined = [chain for chain in chains if len(chain) == 1]
    seen: set[int] = set()
    for index, (number, _side) in enumerate(ends):
        if index in taken or number in seen:
            continue
        row, at = [], index
        while True:
            part, entered = ends[at]
            seen.add(part)
            row += chains[part] if entered == 0 else chains[part][::-1]
            if at ^ 1 not in taken:
                break
            at = taken[at ^ 1]
        joined.append(row)
    return joined
