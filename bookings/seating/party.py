"""What a party that leaves the choice of seats to us asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bookings.seating.best import find_best_seats
from bookings.seating.chosen import SeatChoice
from bookings.seating.plan import read_seat_plan
from events.models import Show
from theaters.models import Seat


@dataclass(frozen=True)
class PartyWish:
    """How many people want to sit together, with which ticket types, where, and how.

    `types` says how many tickets of which type, by pk; empty: the party has not said. `accessible` is the number
    of wheelchair places.
    """

    quantity: int
    category_id: int | None = None
    types: Mapping[int, int] = field(default_factory=dict)
    accessible: int = 0
    across_aisle: bool = False

    @property
    def type_ids(self) -> list[int | None]:
        """The ticket type of each person, None for the show's first one."""
        return spread_types(self.types) or [None] * self.quantity

    @property
    def anywhere(self) -> PartyWish:
        """The same wish in any category."""
        return replace(self, category_id=None)

    def divide(self, small: int) -> tuple[PartyWish, PartyWish]:
        """Return the wishes of the party's larger part, with all wheelchair places, and of a smaller one."""
        larger = replace(self, quantity=self.quantity - small, accessible=min(self.accessible, self.quantity - small))
        return larger, replace(self, quantity=small, accessible=0)

    def find(self, show: Show, *, gone: Collection[int] = ()) -> list[Seat]:
        """Return the best seats for the party, as `find_best_seats` does."""
        return find_best_seats(
            show,
            self.quantity,
            category_id=self.category_id,
            offering=self.types.keys(),
            accessible=self.accessible,
            across_aisle=self.across_aisle,
            gone=gone,
        )

    def assign(self, show: Show, seats: Sequence[Seat]) -> list[SeatChoice]:
        """Choose these seats, each with one of the party's ticket types."""
        return assign_types(show, seats, self.type_ids)


def assign_types(show: Show, seats: Sequence[Seat], type_ids: Sequence[int | None]) -> list[SeatChoice]:
    """Choose these seats, each with one of as many ticket types: a companion's for companion seats first.

    No query if the plan is warm.
    """
    companion_types = {kind.id for kind in read_seat_plan(show, None).ticket_types if kind.companion}
    companions = [type_id for type_id in type_ids if type_id in companion_types]
    others = [type_id for type_id in type_ids if type_id not in companion_types]
    beside = sorted(range(len(seats)), key=lambda at: (seats[at].is_accessible, not seats[at].is_companion))
    taken = dict(zip(beside[: len(companions)], companions, strict=True))
    rest = iter(others)
    return [SeatChoice(seat.pk, taken[at] if at in taken else next(rest)) for at, seat in enumerate(seats)]


def spread_types(types: Mapping[int, int]) -> list[int | None]:
    """Return each ticket type as often as it is wanted."""
    return [type_id for type_id, quantity in types.items() for _each in range(quantity)]
