"""Read a show's move for its page: who is affected, who sits where, and who cannot be notified."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Ticket
from show_changes.matching import Fate
from show_changes.models import ShowMove
from show_changes.move import is_let_go, is_told, read_moving
from theaters.models import Area, Seat

FATES: dict[str, str | Promise] = {
    Fate.EQUAL: _("an equal place"),
    Fate.APART: _("no longer side by side"),
    Fate.BETTER: _("a better category"),
    Fate.LESSER: _("a lesser category"),
    Fate.NONE: _("no place"),
}
# Worst first: that is what staff check.
BY_URGENCY = [Fate.NONE, Fate.LESSER, Fate.APART, Fate.BETTER, Fate.EQUAL]


@dataclass(frozen=True, slots=True)
class TicketRow:
    ticket: Ticket
    place: Seat | Area | None
    fate: str
    is_by_hand: bool

    @property
    def label(self) -> str:
        if self.place is None:
            return ""
        return self.place.label if isinstance(self.place, Seat) else self.place.name

    @property
    def fate_label(self) -> str:
        return str(_("chosen by hand") if self.is_by_hand else FATES[self.fate])


@dataclass(frozen=True)
class BookingRow:
    booking: Booking
    tickets: list[TicketRow] = field(default_factory=list)

    @property
    def contact(self) -> str:
        """The address to notify; none for reservations and house holds, which have no tickets to send."""
        if not is_told(self.booking):
            return ""
        return self.booking.contact_email

    @property
    def worst(self) -> str:
        return min((row.fate for row in self.tickets), key=lambda fate: BY_URGENCY.index(Fate(fate)))


@dataclass(frozen=True)
class MovePlan:
    """`rows` have the worst fates first. `is_outdated`: tickets were sold or returned since."""

    rows: list[BookingRow]
    fates: Counter[str]
    tickets: int
    holds: int
    keeps_places: bool
    is_outdated: bool

    @property
    def to_look_at(self) -> list[BookingRow]:
        return [row for row in self.rows if row.worst != Fate.EQUAL]

    @property
    def equal(self) -> list[BookingRow]:
        return [row for row in self.rows if row.worst == Fate.EQUAL]

    @property
    def told(self) -> int:
        return sum(bool(row.contact) for row in self.rows)

    @property
    def untold(self) -> list[BookingRow]:
        return [row for row in self.rows if not row.contact]

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        return [(fate, FATES[fate], self.fates[fate]) for fate in reversed(BY_URGENCY) if self.fates[fate]]


def read_move(move: ShowMove) -> MovePlan:
    """Return who gets what by this plan. Three queries; two if the hall stays the same."""
    keeps_places = move.seat_map_id == move.show.seat_map_id
    places: dict[tuple[str, int], Seat | Area] = {}
    if not keeps_places:
        places |= {("seat", seat.pk): seat for seat in Seat.objects.filter(seat_map=move.seat_map_id)}
        places |= {("area", area.pk): area for area in Area.objects.filter(seat_map=move.seat_map_id)}
    rows: dict[int, BookingRow] = {}
    held = set()
    fates: Counter[str] = Counter()
    is_outdated = False
    for ticket in read_moving(move.show):
        if is_let_go(ticket.booking):
            held.add(ticket.booking_id)
            continue
        entry = move.plan.get(str(ticket.pk))
        if keeps_places:
            row = TicketRow(ticket, ticket.seat or ticket.area, Fate.EQUAL, is_by_hand=False)
        elif entry is None:
            is_outdated = True
            continue
        else:
            place = places.get(("seat", entry["seat"]) if entry["seat"] else ("area", entry["area"] or 0))
            row = TicketRow(ticket, place, entry["fate"], is_by_hand=entry["by_hand"])
        fates[row.fate] += 1
        rows.setdefault(ticket.booking_id, BookingRow(ticket.booking)).tickets.append(row)
    ordered = sorted(rows.values(), key=lambda row: (BY_URGENCY.index(Fate(row.worst)), row.booking.pk))
    return MovePlan(ordered, fates, sum(fates.values()), len(held), keeps_places, is_outdated)


def read_free_places(move: ShowMove, besides: Iterable[Ticket]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices for these tickets, by category: values such as "seat:7" with labels. Two queries."""
    own = {str(ticket.pk) for ticket in besides}
    others = [entry for key, entry in move.plan.items() if key not in own]
    taken = {entry["seat"] for entry in others}
    standing = Counter(entry["area"] for entry in others if entry["area"])
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    seats = Seat.objects.filter(seat_map=move.seat_map_id).select_related("category")
    for seat in seats.order_by("category__rank", "run", "position"):
        if seat.pk not in taken:
            signs = [str(_("wheelchair place"))] if seat.is_accessible else []
            signs += [str(_("companion seat"))] if seat.is_companion else []
            groups[seat.category.name].append((f"seat:{seat.pk}", " · ".join([seat.label, *signs])))
    for area in Area.objects.filter(seat_map=move.seat_map_id).select_related("category").order_by("name"):
        if (left := area.capacity - standing[area.pk]) > 0:
            groups[area.category.name].append((f"area:{area.pk}", f"{area.name} ({left})"))
    return list(groups.items())
