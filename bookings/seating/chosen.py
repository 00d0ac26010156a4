"""Places as a visitor chose them: read from a form or an address, and written into one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from bookings.errors import SeatsUnavailable
from bookings.models import Ticket, by_show
from events.models import Show
from lib.bounds import MAX_TICKETS_OF_CUSTOMER

_AREA = re.compile(r"area-(\d{1,18})(?:-(\d{1,18}))?")


@dataclass(frozen=True)
class Chosen:
    """Places as a form or an address names them:

    `seat=12` for each seat, with `type-12=3` if it has a ticket type, and `area-5-3=2` for two places of
    area 5 with ticket type 3.
    """

    seats: list[SeatChoice] = field(default_factory=list)
    areas: list[AreaChoice] = field(default_factory=list)
    is_readable: bool = True

    @classmethod
    def read(cls, data: QueryDict) -> Chosen:
        """Read a choice; `is_readable` is false if a part of it makes no sense."""
        seats: dict[int, SeatChoice] = {}
        areas: list[AreaChoice] = []
        is_readable = True
        # A hostile address must not make the server do more work than a customer can.
        for text in data.getlist("seat")[:MAX_TICKETS_OF_CUSTOMER]:
            seat_id = read_number(text)
            if seat_id is None:
                is_readable = False
                continue
            seats[seat_id] = SeatChoice(seat_id, read_number(data.get(f"type-{seat_id}", "")))
        for name in data:
            if match := _AREA.fullmatch(name):
                quantity = read_number(data.get(name) or "0")
                if quantity is None:
                    is_readable = False
                elif quantity:
                    type_id = int(match[2]) if match[2] else None
                    areas.append(AreaChoice(int(match[1]), min(quantity, MAX_TICKETS_OF_CUSTOMER), type_id))
        return cls(list(seats.values()), areas, is_readable)

    @classmethod
    def of(cls, tickets: Iterable[Ticket]) -> Chosen:
        """Choose the places of these tickets again."""
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

    def without_lost(self, error: SeatsUnavailable) -> Chosen:
        """Return the choice without the places that are taken."""
        return self.without(seats=[seat.pk for seat in error.seats], areas=[area.pk for area in error.areas])

    def is_proposed_by(self, proposal: str) -> bool:
        """Return True if these are still exactly the seats that a proposal of best seats named."""
        return not self.areas and {str(pk) for pk in self.seat_ids} == set(QueryDict(proposal).getlist("seat"))

    def is_same_as(self, other: Chosen) -> bool:
        """Return True if both name the same places with the same ticket types."""
        return set(self.seats) == set(other.seats) and set(self.areas) == set(other.areas)

    def query(self) -> str:
        """Write the choice as the query of an address, which `read` understands."""
        pairs: list[tuple[str, int]] = []
        for seat in self.seats:
            pairs.append(("seat", seat.seat_id))
            if seat.ticket_type_id is not None:
                pairs.append((f"type-{seat.seat_id}", seat.ticket_type_id))
        for area in self.areas:
            kind = f"-{area.ticket_type_id}" if area.ticket_type_id is not None else ""
            pairs.append((f"area-{area.area_id}{kind}", area.quantity))
        return urlencode(pairs)


def address_of(show: Show, chosen: Chosen, *, proposal: str = "", people: int = 0) -> str:
    """Return the address of a show's page with this choice.

    `proposal` marks it as proposed by us; `people` is the party size that the page's waiting list link starts with.
    """
    more = {"proposal": proposal} if proposal else {}
    if people:
        more["people"] = str(people)
    query = "&".join(part for part in (chosen.query(), urlencode(more)) if part)
    return f"{show.get_absolute_url()}?{query}" if query else show.get_absolute_url()


def read_number(text: str) -> int | None:
    """Return a whole number that fits 64 bits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004


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


@dataclass(frozen=True)
class ShowChoice:
    """Places of one show."""

    show: Show
    seats: Sequence[SeatChoice] = ()
    areas: Sequence[AreaChoice] = ()


def choose_again(tickets: Iterable[Ticket]) -> list[ShowChoice]:
    """Choose the places of these tickets again, whose shows are loaded."""
    chosen = {show: Chosen.of(own) for show, own in by_show(tickets).items()}
    return [ShowChoice(show, choice.seats, choice.areas) for show, choice in chosen.items()]


def group_address(show: Show, party_size: int = 0) -> str:
    """Return where those ask who want more tickets than one customer may have."""
    address = reverse("inquiries:ask", args=[show.code])
    return f"{address}?people={party_size}" if party_size else address
