"""Which seats are neighbors: unbroken stretches of a row, called runs.

Seats are joined by position, not by their numbers: rows are numbered odd and even, from
the middle, or skip numbers, and exports split one row into several. A gap of more than
`AISLE_GAP` times the row's usual spacing is an aisle, and so is a pair of seats flagged as aisle
seats in the middle of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import hypot, sqrt
from statistics import median_low

from theaters.seat_maps.geometry import Grid, Point

AISLE_GAP = 1.6
# How sharply a run may turn from seat to seat, as a cosine: within one row of the document it may
# go around a table, but pieces of two parallel rows with the same label must not join at their ends.
_TURN_WITHIN_ROW = -0.6
_TURN_BETWEEN_PIECES = 0.5
# In a row of fewer seats the spacing is unreliable; the whole plan's is used.
_MIN_SEATS_FOR_SPACING = 4


@dataclass
class RowSeats:
    """The seats of one row, possibly in several pieces. All lists have one entry per seat."""

    indexes: list[int] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    aisles: list[bool] = field(default_factory=list)
    is_table: bool = False

    @cached_property
    def pairs(self) -> list[tuple[float, int, int]]:
        """The distances of all pairs that can be neighbors, nearest first."""
        return _pairs(self.points) if len(self.points) > 1 else []

    @cached_property
    def steps(self) -> list[float]:
        """The distance from each seat to the nearer one of those before and after it in the file."""
        steps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(self.points)]
        return [min(pair) for pair in zip([steps[0], *steps], [*steps, steps[-1]], strict=True)] if steps else []

    @cached_property
    def spacing(self) -> float | None:
        """The median distance from a seat to its nearest neighbor in the row; None for a single seat."""
        nearest: dict[int, float] = {}
        for distance, a, b in self.pairs:
            nearest.setdefault(a, distance)
            nearest.setdefault(b, distance)
        return median_low(nearest.values()) if nearest else None


def aisle_breaks(flags: Sequence[bool]) -> list[int]:
    """Return after which seats an aisle comes, by flags alone.

    An aisle seat ends a stretch when another aisle seat follows, unless it began the stretch.
    """
    breaks = []
    start = 0
    for index in range(len(flags) - 1):
        if index > start and flags[index] and flags[index + 1]:
            breaks.append(index)
            start = index + 1
    return breaks


def _pairs(points: Sequence[Point]) -> list[tuple[float, int, int]]:
    steps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    nearest = [min(pair) for pair in zip([steps[0], *steps], [*steps, steps[-1]], strict=True)]
    width = 2 * AISLE_GAP * median_low(nearest)
    if width <= 0:
        return []
    grid = Grid(width)
    found = []
    for index, (x, y) in enumerate(points):
        found += [(sqrt(square), other, index) for other, square in grid.near(x, y)]
        grid.add(index, x, y)
    found.sort()
    return found


def _turns_too_far(row: RowSeats, links: Mapping[int, list[int]], a: int, b: int) -> bool:
    limit = _TURN_WITHIN_ROW if row.pieces[a] == row.pieces[b] else _TURN_BETWEEN_PIECES
    for near, far in ((a, b), (b, a)):
        for before in links[near]:
            (bx, by), (nx, ny), (fx, fy) = row.points[before], row.points[near], row.points[far]
            one, two = (nx - bx, ny - by), (fx - nx, fy - ny)
            length = hypot(*one) * hypot(*two)
            if length == 0 or (one[0] * two[0] + one[1] * two[1]) / length < limit:
                return True
    return False


def _walk(links: Mapping[int, list[int]], start: int) -> list[int]:
    walked = [start]
    before = -1
    while True:
        ahead = [seat for seat in links[walked[-1]] if seat != before]
        if not ahead:
            return walked
        before = walked[-1]
        walked.append(ahead[0])


def _chains(row: RowSeats, limit: float) -> list[list[int]]:
    """Join neighbors, nearest first, so that each seat has at most two and no ring closes."""
    count = len(row.points)
    links: dict[int, list[int]] = {seat: [] for seat in range(count)}
    group = list(range(count))

    def root(seat: int) -> int:
        while group[seat] != seat:
            group[seat] = group[group[seat]]
            seat = group[seat]
        return seat

    near = [pair for pair in row.pairs if pair[0] <= limit]
    near.sort(key=lambda pair: (row.pieces[pair[1]] != row.pieces[pair[2]], pair[0], pair[1]))
    for _distance, a, b in near:
        free = len(links[a]) < 2 and len(links[b]) < 2  # noqa: PLR2004 (one on each side)
        if free and root(a) != root(b) and not _turns_too_far(row, links, a, b):
            links[a].append(b)
            links[b].append(a)
            group[root(a)] = root(b)
    chains = []
    walked: set[int] = set()
    for seat in range(count):
        if seat not in walked and len(links[seat]) < 2:  # noqa: PLR2004
            chain = _walk(links, seat)
            walked.update(chain)
            chains.append(chain if row.points[chain[0]] <= row.points[chain[-1]] else chain[::-1])
    return sorted(chains, key=lambda chain: min(row.points[seat] for seat in chain))


def split_row(row: RowSeats, plan_spacing: float) -> list[list[int]]:
    """Return the row's runs, from left to right, as lists of the seats' own indexes."""
    if row.is_table or len(row.points) < 2:  # noqa: PLR2004
        return [list(row.indexes)]
    spacing = row.spacing or 0
    if len(row.points) < _MIN_SEATS_FOR_SPACING:
        spacing = min(spacing, plan_spacing)
    runs = []
    for chain in _chains(row, AISLE_GAP * spacing):
        start = 0
        for end in aisle_breaks([row.aisles[seat] for seat in chain]):
            runs.append(chain[start : end + 1])
            start = end + 1
        runs.append(chain[start:])
    return [[row.indexes[seat] for seat in run] for run in runs]
