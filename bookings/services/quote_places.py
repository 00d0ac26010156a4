"""Turn what a customer chose into lines with a price, read from the show's own map and prices."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookings.errors import NoPrice, NothingChosen, UnknownPlace
from events.models import Price, Show, ShowArea, TicketType
from lib.money import round_money
from theaters.models import Area, Seat, SeatCategory


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
class Line:
    """One ticket to be: its place with its category, its ticket type and price."""

    place: Seat | Area
    category: SeatCategory
    ticket_type: TicketType
    price: Decimal

    @property
    def ticket_type_id(self) -> int:
        return self.ticket_type.pk

    @property
    def seat(self) -> Seat | None:
        return self.place if isinstance(self.place, Seat) else None

    @property
    def area(self) -> Area | None:
        return self.place if isinstance(self.place, Area) else None


@dataclass(frozen=True)
class Places:
    """The lines of a choice, those with seats by pk of their seat, and the areas' counters as read."""

    lines: list[Line]
    areas: dict[int, ShowArea]
    wanted: dict[int, int]

    @property
    def seats(self) -> dict[int, Seat]:
        return {line.seat.pk: line.seat for line in self.lines if line.seat}


def quote_places(show: Show, seats: Sequence[SeatChoice], areas: Sequence[AreaChoice]) -> Places:
    """Quote each chosen place. One query for seats, one for areas, one for prices.

    Raises `NothingChosen`, `UnknownPlace` for one that is not on the show's map or was named twice,
    and `NoPrice` where the ticket type is not sold.
    """
    if not (seats or areas) or any(choice.quantity < 1 for choice in areas):
        raise NothingChosen
    seat_ids = {choice.seat_id for choice in seats}
    found = Seat.objects.in_bulk(seat_ids) if seats else {}
    of_map = {pk: seat for pk, seat in found.items() if seat.seat_map_id == show.seat_map_id}
    if len(of_map) != len(seats):
        raise UnknownPlace
    wanted: dict[int, int] = defaultdict(int)
    for area in areas:
        wanted[area.area_id] += area.quantity
    counters = (
        {row.area_id: row for row in ShowArea.objects.filter(show=show, area__in=wanted).select_related("area")}
        if areas
        else {}
    )
    if len(counters) != len(wanted):
        raise UnknownPlace

    prices = _read_prices(show)
    lines = [
        _quote(prices, of_map[choice.seat_id], choice.ticket_type_id, show)
        for choice in sorted(seats, key=lambda choice: choice.seat_id)
    ]
    for area in areas:
        line = _quote(prices, counters[area.area_id].area, area.ticket_type_id, show)
        lines += [line] * area.quantity
    return Places(lines, counters, dict(wanted))


def _read_prices(show: Show) -> dict[int, dict[int, Price]]:
    """Return prices by category and ticket type, the default type of each category first."""
    prices: dict[int, dict[int, Price]] = defaultdict(dict)
    rows = Price.objects.filter(show=show).select_related("category", "ticket_type")
    for price in rows.order_by("ticket_type__order", "ticket_type__name", "ticket_type"):
        prices[price.category_id][price.ticket_type_id] = price
    return prices


def _quote(prices: dict[int, dict[int, Price]], place: Seat | Area, ticket_type_id: int | None, show: Show) -> Line:
    offered = prices.get(place.category_id, {})
    if ticket_type_id is None:
        ticket_type_id = next(iter(offered), None)
    if ticket_type_id is None or ticket_type_id not in offered:
        raise NoPrice
    price = offered[ticket_type_id]
    amount = round_money(price.amount, show.hall.theater.currency)
    return Line(place, price.category, price.ticket_type, amount)
