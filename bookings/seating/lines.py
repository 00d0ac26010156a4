"""The lines of which the page of a show is made: seats, sections and areas to choose from, and the basket."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookings.seating.plan import PlanSeat
from events.catalogue import FromPrice


@dataclass(frozen=True)
class Offer:
    """What one ticket type costs in one category."""

    type_id: int
    name: str
    who: str
    amount: Decimal


@dataclass(frozen=True)
class ListedSeat:
    id: int
    number: str
    description: str
    category: dict[str, Any]
    is_free: bool
    is_chosen: bool


@dataclass(frozen=True)
class ListedSection:
    index: int
    name: str
    free: int
    price: FromPrice | None


@dataclass(frozen=True)
class Line:
    """One seat in the basket."""

    seat: PlanSeat
    label: str
    category: dict[str, Any]
    remarks: list[str]
    offers: list[Offer]
    type_id: int
    amount: Decimal
    # The query of the page without this seat.
    remove_query: str


@dataclass(frozen=True)
class Stepper:
    """How many places of one area and ticket type are wanted."""

    name: str
    offer: Offer
    quantity: int


@dataclass(frozen=True)
class ListedArea:
    id: int
    name: str
    category: dict[str, Any]
    free: int
    steppers: list[Stepper]
