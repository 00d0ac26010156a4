"""Compare two versions of a seat map: what was added, removed, moved or changed. Pure.

A seat or an area is the same one if it has the same id (`guid`), whatever it is called. Categories go by name.
A plan that was shifted as a whole has not moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from statistics import median

from theaters.seat_maps.layout import Category, Layout, PlacedArea, PlacedSeat

# A seat has moved if it is further from where it was than this share of the distance between neighbors.
MOVED_BY = 0.1


@dataclass(frozen=True, slots=True)
class SeatChange:
    """One seat in both versions."""

    before: PlacedSeat
    after: PlacedSeat
    is_moved: bool

    @property
    def is_renamed(self) -> bool:
        before, after = self.before, self.after
        return (before.section, before.row, before.number) != (after.section, after.row, after.number)

    @property
    def has_other_category(self) -> bool:
        return self.before.category != self.after.category

    @property
    def gained(self) -> frozenset[str]:
        return self.after.flags - self.before.flags

    @property
    def lost(self) -> frozenset[str]:
        return self.before.flags - self.after.flags

    @property
    def is_changed(self) -> bool:
        """Return True if the seat is another one in more than its place."""
        return self.is_renamed or self.has_other_category or self.before.flags != self.after.flags


@dataclass(frozen=True)
class MapComparison:
    """What differs from `before` to `after`. All lists are in the order of their plan."""

    before: Layout
    after: Layout
    added: Sequence[PlacedSeat]
    removed: Sequence[PlacedSeat]
    changed: Sequence[SeatChange]
    # How far the plan was shifted as a whole.
    shift: tuple[float, float]

    @property
    def moved(self) -> list[SeatChange]:
        return [change for change in self.changed if change.is_moved]

    @property
    def capacity(self) -> tuple[int, int]:
        return self.before.capacity, self.after.capacity

    @cached_property
    def areas(self) -> list[tuple[PlacedArea | None, PlacedArea | None]]:
        """Areas before and after that are not the same in both; None where there is none."""
        before = {area.guid: area for area in self.before.areas}
        after = {area.guid: area for area in self.after.areas}
        pairs = ((before.get(guid), after.get(guid)) for guid in {**before, **after})
        return [(old, new) for old, new in pairs if _facts(old) != _facts(new)]

    @cached_property
    def categories(self) -> list[tuple[Category | None, Category | None]]:
        """Categories before and after that are not the same in both, other than in rank; None where there is none."""
        before = {category.name: category for category in self.before.categories}
        after = {category.name: category for category in self.after.categories}
        pairs = ((before.get(name), after.get(name)) for name in {**before, **after})
        return [(old, new) for old, new in pairs if _looks(old) != _looks(new)]

    @property
    def has_other_order(self) -> bool:
        """Return True if the categories in both versions are ranked in another order."""
        before = [category.name for category in self.before.categories]
        after = [category.name for category in self.after.categories]
        return [name for name in before if name in after] != [name for name in after if name in before]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.areas or self.categories or self.has_other_order)


def compare_layouts(before: Layout, after: Layout) -> MapComparison:
    old = {seat.guid: seat for seat in before.seats}
    new = {seat.guid: seat for seat in after.seats}
    pairs = [(seat, new[guid]) for guid, seat in old.items() if guid in new]
    shift = _find_shift(pairs)
    return MapComparison(
        before=before,
        after=after,
        added=[seat for guid, seat in new.items() if guid not in old],
        removed=[seat for guid, seat in old.items() if guid not in new],
        changed=list(_find_changes(pairs, shift, after.spacing * MOVED_BY)),
        shift=shift,
    )


def _find_changes(
    pairs: Sequence[tuple[PlacedSeat, PlacedSeat]], shift: tuple[float, float], tolerance: float
) -> Iterator[SeatChange]:
    for old, new in pairs:
        distance = hypot(new.x - old.x - shift[0], new.y - old.y - shift[1])
        change = SeatChange(old, new, is_moved=distance > tolerance)
        if change.is_moved or change.is_changed:
            yield change


def _find_shift(pairs: Sequence[tuple[PlacedSeat, PlacedSeat]]) -> tuple[float, float]:
    """Return how far most seats were shifted."""
    if not pairs:
        return 0.0, 0.0
    return median(new.x - old.x for old, new in pairs), median(new.y - old.y for old, new in pairs)


def _facts(area: PlacedArea | None) -> tuple[str, str, int | None] | None:
    return (area.name, area.category, area.capacity) if area else None


def _looks(category: Category | None) -> tuple[str, bool] | None:
    return (category.color, category.is_for_sale) if category else None
