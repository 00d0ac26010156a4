"""Adjacent seats: unbroken stretches, parties that sit together, and seats left alone. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Protocol, TypeVar


class Placed(Protocol):
    @property
    def run(self) -> int: ...
    @property
    def position(self) -> int: ...


class AnySeat(Placed, Protocol):
    """What `find_lone_seats` reads; both `Seat` and `PlanSeat` have it."""

    @property
    def id(self) -> int: ...
    @property
    def category_id(self) -> int: ...
    @property
    def is_accessible(self) -> bool: ...
    @property
    def is_companion(self) -> bool: ...


P = TypeVar("P", bound=Placed)
S = TypeVar("S", bound=AnySeat)


def are_together(seats: Iterable[Placed]) -> bool:
    """Return True if all seats are side by side in one run."""
    ordered = sorted(seats, key=attrgetter("run", "position"))
    return all(b.run == a.run and b.position == a.position + 1 for a, b in pairwise(ordered))


def find_lone_seats(seats: Iterable[S], taken: Collection[int], chosen: Collection[int]) -> list[S]:
    """Return the single free seats that the choice leaves between taken seats or at the end of a run.

    Seats that were alone before do not count. The last one of a free stretch counts only if the party could
    fill another gap of the same category exactly, since no other choice in that stretch would help. Wheelchair
    places and companion seats may be alone. `seats` are those of the whole hall; `taken` and `chosen` are ids.
    """
    taken, chosen = frozenset(taken), frozenset(chosen)
    lone: list[S] = []
    ordered = sorted(seats, key=attrgetter("run", "position"))
    stretches = list(stretches_of(seat for seat in ordered if seat.id not in taken))
    for stretch in stretches:
        party = [seat for seat in stretch if seat.id in chosen]
        rest = len(stretch) - len(party)
        if party and (rest > 1 or (rest == 1 and _has_gap_for(party, stretches, chosen))):
            for left in stretches_of(seat for seat in stretch if seat.id not in chosen):
                if len(left) == 1 and not _may_be_alone(left[0]):
                    lone += left
    return lone


def _has_gap_for(party: Sequence[S], stretches: Iterable[Sequence[S]], chosen: frozenset[int]) -> bool:
    categories = {seat.category_id for seat in party}
    return len(categories) == 1 and any(
        len(gap) == len(party)
        and not any(seat.id in chosen or _may_be_alone(seat) for seat in gap)
        and {seat.category_id for seat in gap} == categories
        for gap in stretches
    )


def _may_be_alone(seat: AnySeat) -> bool:
    return seat.is_accessible or seat.is_companion


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
