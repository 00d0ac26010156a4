"""Turn a choice into lines with prices, and find out what stands in its way and what it changes in a hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import User
from bookings.errors import (
    CompanionAlone,
    NoPrice,
    NothingChosen,
    SeatsUnavailable,
    TicketRulesBroken,
    UnknownPlace,
    naming,
    refuse_lost,
)
from bookings.models import Booking, Ticket, by_show
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.tallies import find_lapsed_of_quotas
from events.models import COMPANION_RULES, Price, Rule, Show, ShowArea, TicketType, find_violations
from lib.compiled import compiled
from lib.money import round_money
from theaters.models import Area, Seat, SeatCategory


@dataclass(frozen=True)
class QuotedLine:
    """A ticket to be issued: its place with its category, its ticket type and price."""

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
    """The lines of a choice, and the areas' counters as read."""

    lines: list[QuotedLine]
    areas: dict[int, ShowArea]

    @property
    def seats(self) -> dict[int, Seat]:
        return {line.seat.pk: line.seat for line in self.lines if line.seat}

    @property
    def wanted(self) -> Counter[int]:
        """How many places of each area are wanted."""
        return Counter(line.area.pk for line in self.lines if line.area)

    def leave_out(self, are_out: Sequence[bool]) -> Places:
        """Return the places without those lines for which `are_out` is True."""
        lines = [line for line, is_out in zip(self.lines, are_out, strict=True) if not is_out]
        wanted = {line.area.pk for line in lines if line.area}
        return Places(lines, {pk: row for pk, row in self.areas.items() if pk in wanted})


def quote_places(show: Show, seats: Sequence[SeatChoice], areas: Sequence[AreaChoice]) -> Places:
    """Quote each chosen place. One query for seats, one for areas, one for prices.

    A place that was chosen on a page of another version of the hall's map is the same one on the show's. Raises
    `SeatsUnavailable` if it is not there any more, `NothingChosen`, `UnknownPlace` for a place that is not on the
    hall's map or was named twice, and `NoPrice` if the ticket type is not sold.
    """
    if not (seats or areas) or any(choice.quantity < 1 for choice in areas):
        raise NothingChosen
    found = _read_seats(tuple(sorted({choice.seat_id for choice in seats}))) if seats else []
    of_map = {seat.pk: seat for seat in found if seat.seat_map_id == show.seat_map_id}
    if len(of_map) != len(found):
        same, gone = find_same_seats(show, [seat.pk for seat in found])
        if gone:
            raise SeatsUnavailable(gone)
        of_map |= same
    if len({seat.pk for seat in of_map.values()}) != len(seats):
        raise UnknownPlace
    counters = _find_counters(show, {area.area_id for area in areas}) if areas else {}

    prices = _read_prices(show)
    lines = [
        _quote(prices, of_map[choice.seat_id], choice.ticket_type_id, show)
        for choice in sorted(seats, key=lambda choice: of_map[choice.seat_id].pk)
    ]
    for area in areas:
        line = _quote(prices, counters[area.area_id].area, area.ticket_type_id, show)
        lines += [line] * area.quantity
    return Places(lines, {row.area_id: row for row in counters.values()})


def find_same_seats(show: Show, seat_ids: Collection[int]) -> tuple[dict[int, Seat], list[Seat]]:
    """Return the same seats on the show's map by the pks that they have in other versions, and those it lacks.

    Two queries.
    """
    of_hall = Seat.objects.filter(pk__in=seat_ids, seat_map__hall=show.hall_id)
    others = list(of_hall.exclude(seat_map=show.seat_map_id).order_by("run", "position"))
    same = Seat.objects.filter(seat_map=show.seat_map_id, guid__in=[seat.guid for seat in others])
    by_guid = {seat.guid: seat for seat in same}
    found = {seat.pk: by_guid[seat.guid] for seat in others if seat.guid in by_guid}
    return found, [seat for seat in others if seat.pk not in found]


def _find_counters(show: Show, area_ids: Collection[int]) -> dict[int, ShowArea]:
    """Return the counters of areas, by the pk that was asked for. One query, three for areas of other versions.

    Raises `SeatsUnavailable` with those that the show's map does not have any more, and `UnknownPlace`.
    """
    rows = ShowArea.objects.filter(show=show).select_related("area")
    found = {row.area_id: row for row in rows.filter(area__in=area_ids)}
    if len(found) != len(area_ids):
        others = list(Area.objects.filter(pk__in=set(area_ids) - found.keys(), seat_map__hall=show.hall_id))
        by_guid = {row.area.guid: row for row in rows.filter(area__guid__in=[area.guid for area in others])}
        if gone := [area for area in others if area.guid not in by_guid]:
            raise SeatsUnavailable(areas=gone)
        found |= {area.pk: by_guid[area.guid] for area in others}
    if len(found) != len(area_ids):
        raise UnknownPlace
    return found


def find_reused(lines: Iterable[QuotedLine], given_back: Iterable[Ticket]) -> list[bool]:
    """Return for each line whether one of the tickets that are given back has its place; each has one."""
    places = Counter((ticket.seat_id, ticket.area_id) for ticket in given_back)
    found = []
    for line in lines:
        key = (line.seat.pk if line.seat else None, line.area.pk if line.area else None)
        found.append(places[key] > 0)
        places[key] -= 1
    return found


def _read_prices(show: Show) -> dict[int, dict[int, Price]]:
    """Return prices by category and ticket type, the default type of each category first."""
    prices: dict[int, dict[int, Price]] = defaultdict(dict)
    for price in _read_price_rows(show.pk):
        prices[price.category_id][price.ticket_type_id] = price
    return prices


@compiled
def _read_price_rows(show_id: int) -> QuerySet[Price]:
    rows = Price.objects.filter(show=show_id).select_related("category", "ticket_type")
    # A type that some rule restricts, as a companion's, is the default only where there is no other.
    return rows.order_by("ticket_type__is_restricted", "ticket_type__order", "ticket_type__name", "ticket_type")


@compiled
def _read_seats(pks: tuple[int, ...]) -> QuerySet[Seat]:
    return Seat.objects.filter(pk__in=pks)


@compiled
def _read_live(show_id: int, seat_ids: tuple[int, ...]) -> QuerySet[Ticket, tuple[int, int, str, datetime | None]]:
    live = Ticket.objects.live().filter(show=show_id, seat__in=seat_ids).order_by()
    return live.values_list("seat_id", "booking_id", "booking__state", "booking__expires_at")


def _quote(
    prices: dict[int, dict[int, Price]], place: Seat | Area, ticket_type_id: int | None, show: Show
) -> QuotedLine:
    offered = prices.get(place.category_id, {})
    if ticket_type_id is None:
        ticket_type_id = next(iter(offered), None)
    if ticket_type_id is None or ticket_type_id not in offered:
        raise NoPrice
    price = offered[ticket_type_id]
    amount = round_money(price.amount, show.hall.theater.currency)
    return QuotedLine(place, price.category, price.ticket_type, amount)


@dataclass
class Comparison:
    """What becomes of a hold's tickets for a show: those that stay or go, and new lines."""

    show: Show
    kept: list[Ticket] = field(default_factory=list)
    dropped: list[Ticket] = field(default_factory=list)
    lines: list[QuotedLine] = field(default_factory=list)
    # Those of the dropped tickets whose place is not taken again, with another ticket type.
    given_up: list[Ticket] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return len(self.kept) + len(self.lines)

    def make_tickets(self, booking: Booking, now: datetime) -> list[Ticket]:
        """Make the tickets of the new lines, unsaved and without amounts.

        One that takes the place of a dropped ticket has had it since then, and its attendee's name.
        """
        self.given_up = list(self.dropped)
        made = []
        for line in self.lines:
            ticket = Ticket(
                booking=booking,
                show=self.show,
                seat=line.seat,
                area=line.area,
                category=line.category,
                ticket_type=line.ticket_type,
                price=line.price,
                held_at=now,
            )
            former = next((one for one in self.given_up if _place_of(one) == _place_of(ticket)), None)
            if former is not None:
                self.given_up.remove(former)
                ticket.held_at, ticket.attendee_name = former.held_at, former.attendee_name
            made.append(ticket)
        return made


def _place_of(ticket: Ticket) -> tuple[int | None, int | None]:
    return ticket.seat_id, ticket.area_id


def read_own(hold: Booking) -> list[Ticket]:
    """Return the tickets of a locked hold, with what comparing and quoting needs. One query."""
    held = Ticket.objects.filter(booking=hold, state=Ticket.State.HELD)
    tickets = list(held.select_related("show__hall", "seat", "area", "category", "ticket_type").order_by("pk"))
    for ticket in tickets:
        ticket.booking = hold
    return tickets


def compare_places(held: Iterable[Ticket], show: Show, places: Places) -> Comparison:
    """Compare a choice with what a hold has of the show."""
    change = Comparison(show, lines=list(places.lines))
    for ticket in held:
        if ticket.show_id != show.pk:
            continue
        key = ticket.seat_id, ticket.area_id, ticket.ticket_type_id
        same = (
            line
            for line in change.lines
            if key == (line.seat and line.seat.pk, line.area and line.area.pk, line.ticket_type_id)
        )
        line = next(same, None)
        if line is None:
            change.dropped.append(ticket)
        else:
            change.lines.remove(line)
            change.kept.append(ticket)
    return change


def check_rules(
    tickets: Iterable[Ticket],
    *,
    added: Collection[Ticket],
    shows: Collection[int],
    channel: str,
    now: datetime,
    waived: Collection[Rule] = (),
) -> None:
    """Raise `CompanionAlone` or `TicketRulesBroken` if the tickets of a booking can't be sold together; no query.

    `added` are those that it did not have before, `shows` the pks of the shows that change, and `waived` the rules that
    do not count.
    """
    for show, of_show in by_show(one for one in tickets if one.show_id in shows).items():
        new = [one for one in added if one.show_id == show.pk]
        found = find_violations(show, of_show, added=new, channel=channel, now=now)
        if broken := [one for one in found if one.rule not in waived]:
            is_alone = any(one.rule in COMPANION_RULES for one in broken)
            with naming(show):
                raise CompanionAlone(broken) if is_alone else TicketRulesBroken(broken)


def count_live_tickets(
    show: Show, customer: User | None, email: str, now: datetime, *, but: Booking | None = None
) -> int:
    """Count the live tickets of this person's bookings, by account and by e-mail address. One query.

    Lapsed holds do not count, nor does the booking `but`, nor what staff set aside free of charge.
    """
    emails = {email, customer.email} if customer else {email}
    but_id = but.pk if but else None
    return len(_read_live_of(show.pk, tuple(sorted(emails)), customer.pk if customer else None, but_id, now))


@compiled
def _read_live_of(
    show_id: int, emails: tuple[str, ...], customer_id: int | None, but_id: int | None, now: datetime
) -> QuerySet[Ticket, tuple[int]]:
    whose = Q(booking__email__in=emails)
    if customer_id is not None:
        whose |= Q(booking__customer=customer_id)
    lapsed = Q(booking__state=Booking.State.HELD, booking__expires_at__lte=now)
    mine = Ticket.objects.live().filter(whose, show=show_id, booking__kind=Booking.Kind.SALE).order_by()
    if but_id is not None:
        mine = mine.exclude(booking=but_id)
    return mine.exclude(lapsed).values_list("pk")


@dataclass(frozen=True)
class InTheWay:
    """Lapsed holds to be freed, by pk of booking, and which seats `own` holds, by pk of show and seat."""

    lapsed: set[int]
    own_seats: set[tuple[int, int]]


def find_in_the_way(
    show: Show,
    *,
    seats: Mapping[int, Seat],
    areas: Mapping[int, ShowArea],
    wanted: Mapping[int, int],
    own: Booking | None,
    now: datetime,
) -> InTheWay:
    """Find the holds that must go before these places can be taken. One query for seats, one for full areas.

    `own` is a hold of the same customer, which will have these places of the show and no others. Raises
    `SeatsUnavailable` with every place that is really taken; the unique index or the counter catches a place that
    is lost after this query.
    """
    own_id = own.pk if own else None
    lapsed: set[int] = set()
    own_seats: set[tuple[int, int]] = set()
    gone: list[Seat] = []
    if seats:
        for seat_id, booking_id, state, expires_at in _read_live(show.pk, tuple(sorted(seats))):
            if booking_id == own_id:
                own_seats.add((show.pk, seat_id))
            elif state == Booking.State.HELD and expires_at is not None and expires_at <= now:
                lapsed.add(booking_id)
            else:
                gone.append(seats[seat_id])

    full = {pk for pk, row in areas.items() if row.sale_limit - row.taken < wanted[pk]}
    short: list[ShowArea] = []
    if full:
        mine = Q(booking=own_id) if own_id else Q(pk__in=())
        late = Q(booking__state=Booking.State.HELD, booking__expires_at__lte=now)
        held = Ticket.objects.filter(mine | late, show=show, area__in=full, state=Ticket.State.HELD).order_by()
        freed = dict.fromkeys(full, 0)
        for area_id, booking_id in held.values_list("area_id", "booking_id"):
            freed[area_id] += 1
            if booking_id != own_id:
                lapsed.add(booking_id)
        short = [areas[pk] for pk in full if areas[pk].sale_limit - areas[pk].taken + freed[pk] < wanted[pk]]
    if gone or short:
        raise SeatsUnavailable(sorted(gone, key=lambda seat: (seat.run, seat.position)), [row.area for row in short])
    return InTheWay(lapsed, own_seats)


def find_all_in_the_way(
    places: Mapping[Show, Places], *, own: Booking | None, now: datetime
) -> InTheWay | SeatsUnavailable:
    """Find what is in the way at each show. Returns the refusal with all that is taken at any of them."""
    found = InTheWay(set(), set())
    lost = {}
    for show, chosen in places.items():
        try:
            one = find_in_the_way(show, seats=chosen.seats, areas=chosen.areas, wanted=chosen.wanted, own=own, now=now)
        except SeatsUnavailable as error:
            lost[show] = error
        else:
            found.lapsed.update(one.lapsed)
            found.own_seats.update(one.own_seats)
    if lost:
        return refuse_lost(lost, are_several=len(places) > 1)
    kinds = {show.pk: [line.ticket_type for line in chosen.lines] for show, chosen in places.items()}
    found.lapsed.update(find_lapsed_of_quotas(kinds, now))
    return found


def refuse_seats(places: Mapping[Show, Places], gone: Collection[tuple[int, int]]) -> SeatsUnavailable:
    """Return the refusal that names those seats that are gone, by pk of show and seat."""
    lost = {
        show: SeatsUnavailable([seat for pk, seat in chosen.seats.items() if (show.pk, pk) in gone])
        for show, chosen in places.items()
    }
    return refuse_lost(lost, are_several=len(places) > 1)
