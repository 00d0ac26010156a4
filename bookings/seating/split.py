"""Seat a party in several parts, where it does not fit side by side. Pure.

All parts are in one section and category, each in the row of the part before it or in the next row. Of all such ways,
the best one

1. leaves nobody alone,
2. has the fewest parts,
3. leaves the fewest single seats alone, each part looked at by itself,
4. has parts of the most equal sizes,
5. is in the best category,
6. costs least: the costs of its seats and, from part to part, how far their middles are apart along the rows.

Up to `MOST_EXACT_PARTS` parts the best way is found among all, by following each part through the rows. A party that
needs more fills the nearest blocks around the best ones, as evenly as they allow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from math import hypot
from operator import itemgetter
from typing import NamedTuple

from bookings.seating.blocks import Block, Choice
from bookings.seating.spots import Spot

MOST_EXACT_PARTS = 3
# A party of more people has too many ways to be divided.
LARGEST_EXACT_PARTY = 12
# How many blocks are tried as the first part of a party in more parts, and how many ways are enough.
MAX_ANCHORS = 100
ENOUGH_WAYS = 10
# One single seat left alone weighs more than any cost.
_LONE = 10**9

# Blocks of one section and category by row, each row's in the order of its runs.
Rows = dict[int, list[Block]]


class Way(NamedTuple):
    """Parts of a party in order, and the sum of their costs with `_LONE` for each seat left alone."""

    weight: int
    parts: tuple[Sequence[Spot], ...]


def choose_split(blocks: Iterable[Block], quantity: int) -> Choice | None:
    """Return the best way to seat a party in several parts, or None."""
    groups: dict[tuple[int, int], Rows] = defaultdict(lambda: defaultdict(list))
    for block in blocks:
        first = block.spots[0]
        groups[first.section, first.category][first.row].append(block)
    found = None
    for least in (2, 1):
        if found is None:
            found = _divide_exactly(list(groups.values()), quantity, least) or _fill(groups.values(), quantity, least)
    if found is None:
        return None
    spots = sorted((spot for part in found for spot in part), key=lambda spot: (spot.run, spot.position))
    return Choice([spot.id for spot in spots], is_together=False)


def _divide_exactly(groups: Sequence[Rows], quantity: int, least: int) -> tuple[Sequence[Spot], ...] | None:
    if quantity > LARGEST_EXACT_PARTY:
        return None
    windows = [_Windows(rows) for rows in groups]
    for count in range(2, MOST_EXACT_PARTS + 1):
        able = [one for one in windows if one.most_people(count) >= quantity]
        best: tuple[tuple[int, int, int, int], Way] | None = None
        by_difference = groupby(_divide(quantity, count, least), key=lambda sizes: max(sizes) - min(sizes))
        for difference, divisions in by_difference:
            for sizes in divisions:
                for one in able:
                    way = one.best(sizes)
                    if way is not None:
                        lone, cost = divmod(way.weight + _LONE // 2, _LONE)
                        key = lone, difference, way.parts[0][0].rank, cost
                        best = min(best, (key, way), key=itemgetter(0)) if best else (key, way)
            if best is not None and not best[0][0]:
                break
        if best is not None:
            return best[1].parts
    return None


def _divide(quantity: int, count: int, least: int) -> list[tuple[int, ...]]:
    """Return all ways to divide a party into so many parts of at least so many people, the most equal first."""
    found: list[tuple[int, ...]] = [()]
    for at in range(count - 1):
        found = [
            (*sizes, size)
            for sizes in found
            for size in range(least, quantity - sum(sizes) - least * (count - 1 - at) + 1)
        ]
    divisions = [(*sizes, quantity - sum(sizes)) for sizes in found if quantity - sum(sizes) >= least]
    return sorted(divisions, key=lambda sizes: max(sizes) - min(sizes))


class _Window(NamedTuple):
    """A part of the party: some seats of a block, and the best way to seat those before it and it."""

    along: int
    block: Block
    start: int
    size: int
    weight: int
    before: _Window | None


class _Windows:
    """The ways to sit in one section and category."""

    def __init__(self, rows: Rows) -> None:
        self._rows = dict(sorted(rows.items()))
        self._longest = max(len(block.spots) for blocks in rows.values() for block in blocks)
        self._known: dict[int, dict[int, list[list[_Window]]]] = {}

    def most_people(self, count: int) -> int:
        """Return how many people so many parts can seat at most."""
        # By row: what parts seat of which the last is the block.
        before = {row: [len(block.spots) for block in blocks] for row, blocks in self._rows.items()}
        for _part in range(count - 1):
            after = {}
            for row, blocks in self._rows.items():
                above = max(before.get(row - 1, []), default=0)
                beside = [0, *accumulate(before[row], max)]
                after[row] = [
                    len(block.spots) + max(above, beside[at]) if above or beside[at] else 0
                    for at, block in enumerate(blocks)
                ]
            before = after
        return max(most for mosts in before.values() for most in mosts)

    def best(self, sizes: Sequence[int]) -> Way | None:
        """Return the best way to seat parts of these sizes in this order."""
        if max(sizes) > self._longest:
            return None
        layer = self._of(sizes[0])
        for size in sizes[1:]:
            layer = _follow(layer, self._of(size))
        last = min(
            (window for windows in layer.values() for block in windows for window in block),
            key=lambda window: window.weight,
            default=None,
        )
        if last is None:
            return None
        weight, parts = last.weight, []
        while last is not None:
            parts.append(last.block.spots[last.start : last.start + last.size])
            last = last.before
        return Way(weight, tuple(reversed(parts)))

    def _of(self, size: int) -> dict[int, list[list[_Window]]]:
        """Return all windows of a size by row and block."""
        if size not in self._known:
            self._known[size] = {
                row: [list(_windows_of(block, size)) for block in blocks] for row, blocks in self._rows.items()
            }
        return self._known[size]


def _windows_of(block: Block, size: int) -> Iterator[_Window]:
    for start, lone, cost in block.windows(size):
        along = (block.spots[start].along + block.spots[start + size - 1].along) // 2
        yield _Window(along, block, start, size, lone * _LONE + cost, None)


def _follow(
    layer: dict[int, list[list[_Window]]], targets: dict[int, list[list[_Window]]]
) -> dict[int, list[list[_Window]]]:
    """Put each part behind the best one before it: in the row in front, or in an earlier block of its own row."""
    found = {}
    for row, blocks in targets.items():
        ahead = [window for block in layer.get(row - 1, []) for window in block]
        followed = []
        nearest = _Nearest(ahead)
        for at, block in enumerate(blocks):
            followed.append(
                [
                    window._replace(
                        weight=window.weight + before.weight + abs(window.along - before.along), before=before
                    )
                    for window in block
                    if (before := nearest.to(window.along)) is not None
                ]
            )
            if at + 1 < len(blocks) and layer.get(row) and layer[row][at]:
                ahead = [*ahead, *layer[row][at]]
                nearest = _Nearest(ahead)
        found[row] = followed
    return found


class _Nearest:
    """Finds the window that is cheapest together with the way to it."""

    def __init__(self, windows: Iterable[_Window]) -> None:
        ordered = sorted(windows, key=lambda window: window.along)
        self._along = [window.along for window in ordered]
        self._left: list[_Window] = list(accumulate(ordered, _better_from_left))
        self._right: list[_Window] = list(accumulate(reversed(ordered), _better_from_right))[::-1]

    def to(self, along: int) -> _Window | None:
        at = bisect_left(self._along, along)
        one = self._left[at - 1] if at else None
        other = self._right[at] if at < len(self._right) else None
        if one is None or other is None:
            return one or other
        return one if one.weight + along - one.along <= other.weight + other.along - along else other


def _better_from_left(one: _Window, other: _Window) -> _Window:
    """Return which of two windows is cheaper for a part to the right of both."""
    return one if one.weight - one.along <= other.weight - other.along else other


def _better_from_right(one: _Window, other: _Window) -> _Window:
    return one if one.weight + one.along <= other.weight + other.along else other


def _fill(groups: Iterable[Rows], quantity: int, least: int) -> list[Sequence[Spot]] | None:
    """Fill the blocks nearest to one of the best, each in or next to a row in use, with as few parts as that takes."""
    anchors = [(block, rows) for rows in groups for blocks in rows.values() for block in blocks]
    anchors.sort(key=lambda one: (one[0].spots[0].rank, min(spot.cost for spot in one[0].spots)))
    ways = []
    for anchor, rows in anchors[:MAX_ANCHORS]:
        middle = anchor.spots[len(anchor.spots) // 2]
        parts = _gather(anchor, rows, quantity, middle, least)
        if parts is not None:
            far = sum(_distance(block, middle) for block, _size in parts)
            ways.append(((len(parts), anchor.spots[0].rank, far), middle, parts))
            if len(ways) == ENOUGH_WAYS:
                break
    if not ways:
        return None
    _key, middle, parts = min(ways, key=itemgetter(0))
    return [_closest(block, size, middle) for block, size in parts]


def _gather(anchor: Block, rows: Rows, quantity: int, middle: Spot, least: int) -> list[tuple[Block, int]] | None:
    """Return blocks with room for all, each in or next to a row of one before it, and how many people each gets."""
    used, room = [anchor], len(anchor.spots)
    low = high = anchor.spots[0].row
    others = [
        (_distance(block, middle), block.spots[0].id, block)
        for blocks in rows.values()
        for block in blocks
        if block is not anchor and len(block.spots) >= least
    ]
    others.sort()
    while room < quantity:
        at = next((at for at, one in enumerate(others) if low - 1 <= one[2].spots[0].row <= high + 1), None)
        if at is None:
            return None
        block = others.pop(at)[2]
        low, high = min(low, block.spots[0].row), max(high, block.spots[0].row)
        used.append(block)
        room += len(block.spots)
    sizes = _share(quantity, [len(block.spots) for block in used])
    return list(zip(used, sizes, strict=True)) if min(sizes) >= least else None


def _share(quantity: int, rooms: Sequence[int]) -> list[int]:
    """Share people out over rooms as evenly as these allow."""
    sizes = dict.fromkeys(range(len(rooms)), 0)
    left = quantity
    for done, at in enumerate(sorted(sizes, key=lambda at: rooms[at])):
        sizes[at] = min(rooms[at], left // (len(rooms) - done))
        left -= sizes[at]
    return list(sizes.values())


def _closest(block: Block, size: int, to: Spot) -> Sequence[Spot]:
    """Return so many seats side by side: first without leaving a seat alone, then close to `to`."""
    start = min(
        range(len(block.spots) - size + 1),
        key=lambda start: (block.lone(start, start + size), apart(block.spots[start], to)),
    )
    return block.spots[start : start + size]


def _distance(block: Block, spot: Spot) -> float:
    return min(apart(spot, block.spots[0]), apart(spot, block.spots[-1]))


def apart(one: Spot, other: Spot) -> float:
    return hypot(one.x - other.x, one.y - other.y)
