"""The parts of a show's page: seats, sections and areas to choose from, and the lines of the basket."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bookings.seating.hall import PlanCategory, PlanSeat
from events.catalogue import FromPrice


@dataclass(frozen=True)
class TypePrice:
    """What one ticket type costs in one category."""

    type_id: int
    name: str
    who: str
    amount: Decimal
    # Sold only with a wheelchair place.
    is_companion: bool = False
    # A rule keeps it from being a price for everyone.
    is_restricted: bool = False
    # Its quota is used up.
    is_sold_out: bool = False


@dataclass(frozen=True)
class PricedCategory(PlanCategory):
    """A category that is for sale: what its ticket types cost, and the lowest of these prices."""

    offers: list[TypePrice]
    price: FromPrice | None


@dataclass(frozen=True)
class ListedSection:
    index: int
    name: str
    free: int
    price: FromPrice | None


@dataclass(frozen=True)
class BasketLine:
    """One seat in the basket."""

    seat: PlanSeat
    label: str
    category: PlanCategory
    remarks: list[str]
    offers: list[TypePrice]
    type_id: int
    amount: Decimal
    # The query of the page without this seat.
    remove_query: str
    # Why it can't be had so; "" if nothing is known against it.
    refusal: str = ""


@dataclass(frozen=True)
class Stepper:
    """How many places of one area and ticket type are chosen."""

    name: str
    offer: TypePrice
    quantity: int
    refusal: str = ""


@dataclass(frozen=True)
class ListedArea:
    id: int
    name: str
    category: PlanCategory
    free: int
    steppers: list[Stepper]
