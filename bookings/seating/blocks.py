"""Parts of the free seats that a party can take side by side, and the single seats that it would leave. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from bookings.seating.spots import RESERVED, Spot


@dataclass(frozen=True, slots=True)
class Choice:
    """Seats for a party by id, and whether all of them are side by side."""

    seat_ids: list[int]
    is_together: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a stretch of free seats that is open to everyone and of one category."""

    spots: Sequence[Spot]
    # Up to 2 free seats of the stretch beyond each end, to see if a single one would be left alone.
    before: Sequence[Spot]
    after: Sequence[Spot]

    def lone(self, start: int, end: int) -> int:
        """Count the single seats that taking spots[start:end] leaves alone on both sides."""
        spots = self.spots
        count = 0
        if start or self.before:
            nearest = spots[start - 1] if start else self.before[-1]
            beyond = spots[start - 2] if start > 1 else self.before[start - 2] if len(self.before) > 1 - start else None
            count += _is_left_alone(nearest, spots[start], beyond)
        behind = len(spots) - end
        if behind or self.after:
            nearest = spots[end] if behind else self.after[0]
            beyond = spots[end + 1] if behind > 1 else self.after[1 - behind] if len(self.after) > 1 - behind else None
            count += _is_left_alone(nearest, spots[end - 1], beyond)
        return count

    def windows(self, quantity: int) -> Iterator[tuple[int, int, int]]:
        """Yield start, lone seats and cost of each way to sit here side by side."""
        sums = [0, *accumulate(spot.cost for spot in self.spots)]
        for start in range(len(self.spots) - quantity + 1):
            end = start + quantity
            yield start, self.lone(start, end), sums[end] - sums[start]


def _is_left_alone(nearest: Spot, taken: Spot, beyond: Spot | None) -> bool:
    """Return True for a free seat that is between a taken one and no other free one of its run."""
    if nearest.flags & RESERVED or nearest.home != taken.home:
        return False
    return beyond is None or beyond.home != nearest.home


def blocks_of(stretch: Sequence[Spot], categories: Collection[int]) -> Iterator[Block]:
    """Yield the blocks of a stretch; `categories` are those that may be sold."""

    def kind(spot: Spot) -> int:
        is_open = not spot.flags & RESERVED and spot.category in categories
        return spot.category if is_open else 0

    start = 0
    for category, group in groupby(stretch, key=kind):
        spots = list(group)
        end = start + len(spots)
        if category:
            yield Block(spots, stretch[max(0, start - 2) : start], stretch[end : end + 2])
        start = end
