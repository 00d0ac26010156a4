"""Places as somebody chose them: read from a form or an address, and written into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict

from bookings.models import Ticket
from lib.bounds import MAX_TICKETS_OF_CUSTOMER

_AREA = re.compile(r"area-(\d{1,18})(?:-(\d{1,18}))?")
# Nobody is asked to pay for more at once; it bounds what a hostile address can make the server do.
MOST_PLACES = MAX_TICKETS_OF_CUSTOMER


@dataclass(frozen=True)
class Chosen:
    """Places as a form or an address names them, alike for both:

    `seat=12` for each seat with `type-12=3` where it has a ticket type, and `area-5-3=2` for two
    places of area 5 with ticket type 3.
    """

    seats: list[SeatChoice] = field(default_factory=list)
    areas: list[AreaChoice] = field(default_factory=list)
    is_readable: bool = True

    @classmethod
    def read(cls, data: QueryDict) -> Chosen:
        """Read what is there; `is_readable` is false when a part of it makes no sense."""
        seats: dict[int, SeatChoice] = {}
        areas: list[AreaChoice] = []
        is_readable = True
        for text in data.getlist("seat")[:MOST_PLACES]:
            seat_id = _number(text)
            if seat_id is None:
                is_readable = False
                continue
            seats[seat_id] = SeatChoice(seat_id, _number(data.get(f"type-{seat_id}", "")))
        for name in data:
            if match := _AREA.fullmatch(name):
                quantity = _number(data.get(name) or "0")
                if quantity is None:
                    is_readable = False
                elif quantity:
                    areas.append(
                        AreaChoice(int(match[1]), min(quantity, MOST_PLACES), int(match[2]) if match[2] else None)
                    )
        return cls(list(seats.values()), areas, is_readable)

    @classmethod
    def of(cls, tickets: Iterable[Ticket]) -> Chosen:
        """Choose again what these tickets are for."""
        seats: list[SeatChoice] = []
        areas: dict[tuple[int, int], int] = {}
        for ticket in tickets:
            if ticket.seat_id is not None:
                seats.append(SeatChoice(ticket.seat_id, ticket.ticket_type_id))
            elif ticket.area_id is not None:
                key = ticket.area_id, ticket.ticket_type_id
                areas[key] = areas.get(key, 0) + 1
        return cls(seats, [AreaChoice(area, quantity, type_id) for (area, type_id), quantity in areas.items()])

    @property
    def is_empty(self) -> bool:
        return not self.seats and not self.areas

    @property
    def seat_ids(self) -> set[int]:
        return {choice.seat_id for choice in self.seats}

    @property
    def count(self) -> int:
        return len(self.seats) + sum(choice.quantity for choice in self.areas)

    def without(self, *, seats: Iterable[int] = (), areas: Iterable[int] = ()) -> Chosen:
        lost, full = set(seats), set(areas)
        return Chosen(
            [choice for choice in self.seats if choice.seat_id not in lost],
            [choice for choice in self.areas if choice.area_id not in full],
        )

    def is_same_as(self, other: Chosen) -> bool:
        """Return True if both name the same places with the same ticket types."""
        return set(self.seats) == set(other.seats) and set(self.areas) == set(other.areas)

    def query(self) -> str:
        """Write it as the query of an address, which `read` understands."""
        pairs: list[tuple[str, int]] = []
        for seat in self.seats:
            pairs.append(("seat", seat.seat_id))
            if seat.ticket_type_id is not None:
                pairs.append((f"type-{seat.seat_id}", seat.ticket_type_id))
        for area in self.areas:
            kind = f"-{area.ticket_type_id}" if area.ticket_type_id is not None else ""
            pairs.append((f"area-{area.area_id}{kind}", area.quantity))
        return urlencode(pairs)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 (fits 64 bits)


@dataclass(frozen=True)
class SeatChoice:
    """A seat, with a ticket type or else the show's first one."""

    seat_id: int
    ticket_type_id: int | None = None


@dataclass(frozen=True)
class AreaChoice:
    """Some places of an area, with a ticket type or else the show's first one."""

    area_id: int
    quantity: int
    ticket_type_id: int | None = None
