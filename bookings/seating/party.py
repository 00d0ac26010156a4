"""What a party that leaves the choice of seats to us asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bookings.seating.best import find_best_seats
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

    def assign(self, seats: Sequence[Seat]) -> list[tuple[Seat, int | None]]:
        """Give each of the party's seats a ticket type."""
        return list(zip(seats, self.type_ids, strict=True))


def spread_types(types: Mapping[int, int]) -> list[int | None]:
    """Return each ticket type as often as it is wanted."""
    return [type_id for type_id, quantity in types.items() for _each in range(quantity)]
