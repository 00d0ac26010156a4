"""Seats beside each other: unbroken stretches, parties that sit together, and seats left alone. Pure."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from operator import attrgetter
from typing import Protocol, TypeVar


class Placed(Protocol):
    @property
    def run(self) -> int: ...
    @property
    def position(self) -> int: ...


class AnySeat(Placed, Protocol):
    """What `find_lone_seats` reads; `Seat` and `PlanSeat` both have it."""

    @property
    def id(self) -> int: ...
    @property
    def is_accessible(self) -> bool: ...
    @property
    def is_companion(self) -> bool: ...


P = TypeVar("P", bound=Placed)
S = TypeVar("S", bound=AnySeat)


def are_together(seats: Iterable[Placed]) -> bool:
    """Say whether all seats are side by side in one run."""
    ordered = sorted(seats, key=attrgetter("run", "position"))
    return all(b.run == a.run and b.position == a.position + 1 for a, b in pairwise(ordered))


def find_lone_seats(seats: Iterable[S], taken: Collection[int], chosen: Collection[int]) -> list[S]:
    """Return the single free seats that the choice leaves between taken seats or the end of a run.

    Not those that were alone before, nor the last one of a free stretch: no other choice in that
    stretch would help. Wheelchair places and companion seats may be alone. `taken` and `chosen` are ids.
    """
    taken, chosen = frozenset(taken), frozenset(chosen)
    lone: list[S] = []
    ordered = sorted(seats, key=attrgetter("run", "position"))
    for stretch in stretches_of(seat for seat in ordered if seat.id not in taken):
        if sum(seat.id not in chosen for seat in stretch) > 1:
            for left in stretches_of(seat for seat in stretch if seat.id not in chosen):
                if len(left) == 1 < len(stretch) and not (left[0].is_accessible or left[0].is_companion):
                    lone += left
    return lone


def stretches_of(seats: Iterable[P]) -> Iterator[list[P]]:
    """Yield unbroken neighbors among seats in the order of runs and positions."""
    stretch: list[P] = []
    for seat in seats:
        if stretch and (seat.run != stretch[-1].run or seat.position != stretch[-1].position + 1):
            yield stretch
            stretch = []
        stretch.append(seat)
    if stretch:
        yield stretch
