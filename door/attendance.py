"""Who is inside: the house manager's page, the report of check-ins and *Today* count by these.

What counts is a valid ticket, one that is issued: sold, or given away. Its holder has not come yet, is inside, or went
out. One that was canceled, exchanged or is not paid counts nowhere, nor do places that are kept for the house.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Ticket
from door.models import CheckIn
from events.models import Show

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Numbers of valid tickets: all, those whose holders are inside, and those whose holders went out again."""

    tickets: int = 0
    inside: int = 0
    out: int = 0

    def __add__(self, other: Attendance) -> Attendance:
        return Attendance(self.tickets + other.tickets, self.inside + other.inside, self.out + other.out)

    @property
    def came(self) -> int:
        return self.inside + self.out

    @property
    def to_come(self) -> int:
        return self.tickets - self.came


class _Part(NamedTuple):
    """A part of a show's tickets, by the fields of `_PLACE`. One with an area has no seats."""

    section: str | None
    row: str | None
    area: str | None
    order: int
    ticket_type: str


_PLACE = ("seat__section", "seat__row", "area__name", "ticket_type__order", "ticket_type__name")


@dataclass(frozen=True, slots=True)
class LateRow:
    """A row of seats where some are still to come; `numbers` are theirs, or empty if that is the whole row."""

    section: str
    row: str
    tickets: int
    to_come: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One show's attendance: in all, and by section or area, by ticket type and by the gate last gone through."""

    total: Attendance
    zones: Mapping[str, Attendance]
    ticket_types: Mapping[str, Attendance]
    gates: Mapping[str, Attendance]
    late_rows: tuple[LateRow, ...]


def with_attendance(shows: QuerySet[Show]) -> QuerySet[Any]:
    """Annotate the numbers of valid tickets: `issued`, of which `came` came at all and `inside` are inside now."""
    issued = Ticket.objects.issued().filter(show=OuterRef("pk")).order_by().values("show")
    passed = CheckIn.objects.filter(ticket__show=OuterRef("pk")).order_by()
    inside = passed.last_passages().filter(direction=CheckIn.Direction.IN)
    numbers: dict[str, QuerySet[Any, Any]] = {
        "issued": issued,
        "came": passed.arrivals().values("ticket__show"),
        "inside": inside.values("ticket__show"),
    }
    return shows.annotate(
        **{name: Coalesce(Subquery(rows.values_list(Count("pk"))), 0) for name, rows in numbers.items()}
    )


def count_gates(shows: Iterable[Show]) -> dict[str, Attendance]:
    """Count by the gate that each ticket went through last; one that has not come counts at none. One query."""
    passed = CheckIn.objects.last_passages().filter(ticket__show__in=shows).order_by("gate")
    return _add_up(
        (gate, _passed(direction, number))
        for gate, direction, number in passed.values_list("gate", "direction").annotate(number=Count("pk"))
    )


def read_breakdown(show: Show) -> Breakdown:
    """Count the valid tickets of a show. Four queries, however many tickets it has."""
    tickets = Ticket.objects.issued().filter(show=show).order_by()
    passed = CheckIn.objects.last_passages().filter(ticket__show=show).order_by()
    counted = tickets.values_list(*_PLACE).annotate(number=Count("pk"), run=Min("seat__run"))
    # In the order of the hall, standing areas last.
    issued = counted.order_by(F("run").asc(nulls_last=True))
    parts = [(_Part(*part), Attendance(number)) for *part, number, _run in issued]
    moves = passed.values_list(*(f"ticket__{name}" for name in _PLACE), "direction").annotate(number=Count("pk"))
    parts += [(_Part(*part), _passed(direction, number)) for *part, direction, number in moves]
    types = _add_up(((part.order, part.ticket_type), number) for part, number in parts)
    rows = _add_up(((part.section, part.row), number) for part, number in parts if part.area is None)
    return Breakdown(
        total=sum((number for _part, number in parts), Attendance()),
        zones=_add_up((part.area or part.section or "", number) for part, number in parts),
        ticket_types={name: types[order, name] for order, name in sorted(types)},
        gates=count_gates([show]),
        late_rows=tuple(_find_late_rows(tickets, rows)),
    )


def _find_late_rows(
    tickets: QuerySet[Ticket], rows: Mapping[tuple[str | None, str | None], Attendance]
) -> Iterator[LateRow]:
    """Yield the rows where some are still to come, in the order of the hall. One query."""
    arrived = CheckIn.objects.arrivals().filter(ticket=OuterRef("pk"))
    seats = tickets.filter(~Exists(arrived), seat__isnull=False).order_by("seat__run", "seat__position")
    numbers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for section, row, number in seats.values_list("seat__section", "seat__row", "seat__number"):
        numbers[section, row].append(number)
    for (section, row), to_come in numbers.items():
        sold = rows[section, row].tickets
        yield LateRow(section, row, sold, len(to_come), () if len(to_come) == sold > 1 else tuple(to_come))


def _passed(direction: str, number: int) -> Attendance:
    """Return the holders of so many tickets that passed last in this direction; the tickets are counted elsewhere."""
    return Attendance(inside=number) if direction == CheckIn.Direction.IN else Attendance(out=number)


def _add_up(parts: Iterable[tuple[K, Attendance]]) -> dict[K, Attendance]:
    sums: dict[K, Attendance] = {}
    for key, number in parts:
        sums[key] = sums.get(key, Attendance()) + number
    return sums
