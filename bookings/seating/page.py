"""What the page of a show says, from its plan, what is taken, and what the visitor has chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from bookings.models import Booking, Ticket
from bookings.seating.availability import Availability, read_availability
from bookings.seating.chosen import Chosen, group_address
from bookings.seating.hall import ACCESSIBLE, HEARING_LOOP, RESTRICTED_VIEW, STEP_FREE, PlanCategory, PlanSeat
from bookings.seating.lines import BasketLine, ListedArea, ListedSection, PricedCategory, Stepper, TypePrice
from bookings.seating.neighbors import find_lone_seats
from bookings.seating.plan import PlanTicketType, SeatPlan, read_seat_plan
from bookings.seating.seat_list import SeatList, remarks_on
from events.catalogue import FromPrice, make_from_price
from events.models import Show
from events.prices.notes import describe_charges

# Without scripts the list shows one section at a time, unless the whole hall is no longer than this.
LISTED_AT_ONCE = 100


class SaleState(StrEnum):
    OPEN = "open"
    SOLD_OUT = "sold_out"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    PAST = "past"
    CANCELED = "canceled"
    UNPRICED = "unpriced"


def list_offers(plan: SeatPlan, *, for_companions: bool = False) -> dict[int, list[TypePrice]]:
    """Return ticket types with their prices by category, the default one first; only categories for sale.

    Those of companions, which are sold only with a wheelchair place, are left out unless they are asked for.
    """
    offers = {
        category: [
            TypePrice(
                kind.id,
                kind.name,
                kind.note,
                amounts[kind.id],
                is_companion=kind.companion,
                is_sold_out=kind.sold_out,
                is_restricted=kind.restricted,
            )
            for kind in plan.ticket_types
            if kind.id in amounts and (for_companions or not kind.companion)
        ]
        for category, amounts in plan.prices.items()
    }
    return {category: found for category, found in offers.items() if found}


@dataclass
class SeatPage:
    """What the page says; `read_seat_page` makes one."""

    show: Show
    plan: SeatPlan
    availability: Availability
    now: datetime
    chosen: Chosen
    # What the visitor holds for the show, and all seats that are as good as free to them.
    held: Sequence[Ticket]
    own_seats: frozenset[int]
    # The section whose seats are listed, by its number in the plan.
    section: int | None
    # How many tickets this visitor may still have.
    limit: int
    # The party size that the waiting list link starts with; 0 for none.
    party_size: int
    channel: str
    # The address of the page, if it is not that of the show, and what its query says beside the choice.
    address: str
    kept_query: str
    # What was refused before, by line (`bookings.errors.line_of`).
    refusals: Mapping[str, str]

    @cached_property
    def sale(self) -> SaleState:
        show, now = self.show, self.now
        if show.state == Show.State.CANCELED:
            return SaleState.CANCELED
        if show.state == Show.State.ENDED or show.starts_at <= now:
            return SaleState.PAST
        if now >= show.sales_end_at:
            return SaleState.CLOSED
        if show.sales_open_at is not None and now < show.sales_open_at:
            return SaleState.NOT_YET
        if not self.plan.prices:
            return SaleState.UNPRICED
        if not self.held and not self.has_places:
            return SaleState.SOLD_OUT
        return SaleState.OPEN

    @property
    def is_plain(self) -> bool:
        """Return True if the places are shown to this visitor as to everyone else."""
        is_chosen = bool(self.held) or not self.chosen.is_empty or bool(self.party_size)
        return not is_chosen and self.limit == self.show.ticket_limit and not self.kept_query

    @property
    def fragment_key(self) -> str:
        """Name what the places say to everyone, beside the language."""
        return f"{self.show.code} {self.plan.digest} {self.availability.version} {self.section}"

    @property
    def is_open(self) -> bool:
        return self.sale is SaleState.OPEN

    @cached_property
    def taken(self) -> frozenset[int]:
        """Seats that this visitor can't have; those that they hold themselves are not among them."""
        return frozenset(self.availability.taken) - self.own_seats

    @property
    def own_areas(self) -> dict[int, int]:
        areas: dict[int, int] = {}
        for ticket in self.held:
            if ticket.area_id is not None:
                areas[ticket.area_id] = areas.get(ticket.area_id, 0) + 1
        return areas

    @cached_property
    def _free_seats(self) -> Counter[tuple[int, int]]:
        """How many seats are free by section and category."""
        free = self.plan.seat_counts.copy()
        places = self.plan.places
        free.subtract(
            (places[seat_id].section, places[seat_id].seat.category) for seat_id in self.taken if seat_id in places
        )
        return free

    @cached_property
    def _free_places(self) -> Counter[int]:
        """How many places are free by category."""
        free: Counter[int] = Counter()
        for (_section, category), count in self._free_seats.items():
            free[category] += count
        for area in self.plan.areas:
            free[area.category] += self.availability.areas.get(area.id, 0)
        return free

    @property
    def has_places(self) -> bool:
        return any(self._free_places[category] > 0 for category in self.offers)

    @cached_property
    def may_wait(self) -> bool:
        """Return True if a category for sale is full, or too full for a large party."""
        if self.sale is SaleState.SOLD_OUT:
            return True
        if self.sale is not SaleState.OPEN:
            return False
        return any(self._free_places[category] < self.show.ticket_limit for category in self.offers)

    @property
    def waiting_list_address(self) -> str:
        return waiting_list_address(self.show, self.party_size)

    @property
    def group_address(self) -> str:
        return group_address(self.show)

    @property
    def view_box(self) -> str:
        """The map's extent as SVG writes it."""
        return " ".join(map(str, self.plan.view_box))

    @property
    def has_accessible(self) -> bool:
        return bool(self.plan.flags & ACCESSIBLE)

    @property
    def has_restricted(self) -> bool:
        return bool(self.plan.flags & RESTRICTED_VIEW)

    @property
    def access_filters(self) -> list[tuple[int, str]]:
        """What seats can be filtered by, with the flag of each."""
        words = (
            (ACCESSIBLE, gettext("Wheelchair place")),
            (STEP_FREE, gettext("Step-free")),
            (HEARING_LOOP, gettext("Hearing loop")),
        )
        return [(flag, name) for flag, name in words if self.plan.flags & flag]

    @property
    def currency(self) -> str:
        return self.plan.currency

    @cached_property
    def price_notes(self) -> list[str]:
        return describe_charges(self.show.hall.theater, self.show.event_id, self.now, self.channel)

    @cached_property
    def offers(self) -> dict[int, list[TypePrice]]:
        return list_offers(self.plan)

    @property
    def ticket_types(self) -> list[PlanTicketType]:
        """The ticket types that a party can ask for."""
        return [kind for kind in self.plan.ticket_types if self.has_accessible or not kind.companion]

    @cached_property
    def categories(self) -> list[PricedCategory]:
        """Categories for sale, best first."""
        return [
            PricedCategory(**vars(category), offers=offers, price=self._price([offers]))
            for category in self.plan.categories
            if (offers := self.offers.get(category.id))
        ]

    def _price(self, offered: Iterable[list[TypePrice]]) -> FromPrice | None:
        """Return the lowest price in categories with these offers, as lists of shows have it (`prices/ranges.py`).

        The first offer of each is the default. One that a rule restricts is no price for everyone.
        """
        for_all = [[offer for offer in offers if not offer.is_restricted] for offers in offered]
        usual = min((offers[0].amount for offers in for_all if offers), default=None)
        return make_from_price(
            self.currency, usual, min((o.amount for offers in for_all for o in offers), default=None)
        )

    @cached_property
    def _category(self) -> dict[int, PlanCategory]:
        return {category.id: category for category in self.plan.categories}

    def label(self, seat_id: int) -> str:
        seat, _section, section, row = self.plan.places[seat_id]
        parts = [
            section,
            gettext("row %(row)s") % {"row": row} if row else "",
            gettext("seat %(number)s") % {"number": seat.number},
        ]
        return capfirst(", ".join(part for part in parts if part))

    @property
    def has_seats(self) -> bool:
        return bool(self.plan.sections)

    @cached_property
    def sections(self) -> list[ListedSection]:
        listed = []
        for index, section in enumerate(self.plan.sections):
            free = {category: count for category in self.offers if (count := self._free_seats[index, category]) > 0}
            price = self._price(self.offers[category] for category in free)
            listed.append(ListedSection(index, section.name, sum(free.values()), price))
        return listed

    @cached_property
    def listed_sections(self) -> list[tuple[ListedSection, list[tuple[str, SafeString]]]]:
        """The sections whose seats the page lists, the requested one or all of a small hall, with rows as HTML."""
        if self.section is not None and 0 <= self.section < len(self.sections):
            wanted = [self.sections[self.section]]
        elif len(self.plan.places) <= LISTED_AT_ONCE:
            wanted = self.sections
        else:
            return []
        chosen = {choice.seat_id for choice in self.chosen.seats}
        seats = SeatList(self.categories, self.plan.categories, self.currency, taken=self.taken, chosen=chosen)
        return [
            (listed, [(row.label, seats.write_row(listed.name, row)) for row in self.plan.sections[listed.index].rows])
            for listed in wanted
        ]

    def _query(self, chosen: Chosen) -> str:
        return "&".join(part for part in (self.kept_query, chosen.query()) if part)

    @property
    def chosen_query(self) -> str:
        return self._query(self.chosen)

    @property
    def kept_fields(self) -> list[tuple[str, str]]:
        """What the page's query says beside the choice, as fields of a form."""
        return parse_qsl(self.kept_query)

    @property
    def chosen_elsewhere(self) -> list[tuple[str, str]]:
        """The part of the choice outside the listed sections, as fields of the list's form."""
        listed = {section.index for section, _rows in self.listed_sections}
        seats = {seat_id for seat_id, place in self.plan.places.items() if place.section in listed}
        return parse_qsl(self._query(self.chosen.without(seats=seats)))

    @cached_property
    def lines(self) -> list[BasketLine]:
        """The chosen seats that are still available."""
        lines = []
        places = {pk for pk in self.chosen.seat_ids if pk in self.plan.places}
        has_wheelchair = any(self.plan.places[pk].seat.is_accessible for pk in places)
        all_offers = list_offers(self.plan, for_companions=True) if has_wheelchair else self.offers
        for choice in self.chosen.seats:
            if choice.seat_id not in self.plan.places or choice.seat_id in self.taken:
                continue
            seat = self.plan.places[choice.seat_id].seat
            offers = all_offers.get(seat.category)
            if offers:
                offer = next((offer for offer in offers if offer.type_id == choice.ticket_type_id), offers[0])
                category = self._category[seat.category]
                rest = self._query(self.chosen.without(seats=[seat.id]))
                lines.append(
                    BasketLine(
                        seat,
                        self.label(seat.id),
                        category,
                        remarks_on(seat),
                        offers,
                        offer.type_id,
                        offer.amount,
                        f"?{rest}",
                        self.refusals.get(f"seat-{seat.id}", ""),
                    )
                )
        return lines

    @cached_property
    def gone(self) -> list[str]:
        """The chosen seats that others have taken, by name."""
        return [
            self.label(choice.seat_id)
            for choice in self.chosen.seats
            if choice.seat_id in self.taken and choice.seat_id in self.plan.places
        ]

    @cached_property
    def areas(self) -> list[ListedArea]:
        wanted = {(choice.area_id, choice.ticket_type_id): choice.quantity for choice in self.chosen.areas}
        listed = []
        for area in self.plan.areas:
            offers = self.offers.get(area.category, [])
            free = self.availability.areas.get(area.id, 0) + self.own_areas.get(area.id, 0)
            steppers = []
            for at, offer in enumerate(offers):
                # Places without a ticket type have the first one.
                quantity = wanted.get((area.id, offer.type_id), 0) + (0 if at else wanted.get((area.id, None), 0))
                name = f"area-{area.id}-{offer.type_id}"
                steppers.append(Stepper(name, offer, min(free, quantity), self.refusals.get(name, "")))
            listed.append(ListedArea(area.id, area.name, self._category[area.category], free, steppers))
        return listed

    @property
    def count(self) -> int:
        return len(self.lines) + sum(stepper.quantity for area in self.areas for stepper in area.steppers)

    @property
    def total(self) -> Decimal:
        places = sum((s.quantity * s.offer.amount for area in self.areas for s in area.steppers), Decimal(0))
        return sum((line.amount for line in self.lines), places)

    @property
    def restricted(self) -> list[str]:
        return [line.label for line in self.lines if line.seat.has_restricted_view]

    @cached_property
    def lone(self) -> list[PlanSeat]:
        """Seats that the choice leaves by themselves."""
        ids = {line.seat.id for line in self.lines}
        return find_lone_seats(self.plan.seats(), self.taken, ids) if ids else []

    @property
    def lone_labels(self) -> list[str]:
        return [self.label(seat.id) for seat in self.lone]


def read_seat_page(
    show: Show,
    chosen: Chosen | None = None,
    *,
    held: Sequence[Ticket] = (),
    own_seats: Iterable[int] = (),
    section: int | None = None,
    limit: int = 0,
    party_size: int = 0,
    address: str = "",
    kept_query: str = "",
    channel: str = Booking.Channel.WEB,
    refusals: Mapping[str, str] | None = None,
) -> SeatPage:
    """Return the page of a show with this choice. No statement when plan and availability are warm.

    The seats of the `held` tickets for the show are free to the visitor, and so are `own_seats`.
    """
    return SeatPage(
        show=show,
        plan=read_seat_plan(show, channel),
        availability=read_availability(show.pk),
        now=timezone.now(),
        chosen=chosen or Chosen(),
        held=held,
        own_seats=frozenset(own_seats).union(ticket.seat_id for ticket in held if ticket.seat_id is not None),
        section=section,
        limit=limit,
        party_size=party_size,
        channel=channel,
        address=address or show.get_absolute_url(),
        kept_query=kept_query,
        refusals=refusals or {},
    )


def waiting_list_address(show: Show, party_size: int = 0) -> str:
    address = reverse("waiting_list:join", args=[show.code])
    return f"{address}?people={party_size}" if party_size else address
