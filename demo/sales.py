"""The demo season's sales: realistic bookings, inserted in bulk.

The services cannot sell in the past, and would take minutes. So the rows are built here as the services
build them (prices from the show's list, totals and refunds by `bookings/pricing.py`), and the database's
constraints and guards check each of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random
from secrets import token_bytes
from uuid import UUID

from django.db.models import F

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.pricing import ZERO, quote_booking, quote_refunds
from demo.drawers import hold_back, write_drawers
from door.models import CheckIn, UnticketedPerson
from events.models import CODE_ALPHABET, Price, Show, ShowArea, TicketType
from payments.models import Payment, Refund, RefundLine
from theaters.models import Seat, SeatMap, Theater

# People book about a week ahead on average, and not before sales open.
LEAD_DAYS = 6.0
PARTY_SIZES, PARTY_WEIGHTS = (1, 2, 3, 4, 5), (16, 50, 13, 16, 5)
# Halls up to the first size sell out now and then, and up to the second every Saturday.
MAX_SEATS_TO_SELL_OUT, MAX_SEATS_TO_SELL_OUT_WEEKLY, SATURDAY = 450, 90, 5
CHECK_IN_DAYS = 5
# 10,000 tickets take one core 1.5 s on SQLite; larger batches gain nothing.
ROWS_PER_STATEMENT = 1000


def _code(length: int) -> str:
    """Return a code like the models', in a tenth of the time: one draw instead of one for each letter."""
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in token_bytes(length))


@dataclass(frozen=True)
class Place:
    """A seat that can be sold; `is_kept` for wheelchair places and companion seats."""

    seat_id: int
    category_id: int
    is_kept: bool


@dataclass
class Ledger:
    """Rows to insert, parents first."""

    bookings: list[Booking] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    lines: list[RefundLine] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    unticketed: list[UnticketedPerson] = field(default_factory=list)
    taken: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def write(self, theater: Theater, seller: User | None) -> None:
        cash = hold_back(self.payments, self.refunds)
        Booking.objects.bulk_create(self.bookings, batch_size=ROWS_PER_STATEMENT)
        Ticket.objects.bulk_create(self.tickets, batch_size=ROWS_PER_STATEMENT)
        Payment.objects.bulk_create(self.payments, batch_size=ROWS_PER_STATEMENT)
        Refund.objects.bulk_create(self.refunds, batch_size=ROWS_PER_STATEMENT)
        if seller is not None:
            write_drawers(theater, seller, *cash)
        RefundLine.objects.bulk_create(self.lines, batch_size=ROWS_PER_STATEMENT)
        CheckIn.objects.bulk_create(self.check_ins, batch_size=ROWS_PER_STATEMENT)
        UnticketedPerson.objects.bulk_create(self.unticketed, batch_size=ROWS_PER_STATEMENT)
        for (show_id, area_id), quantity in self.taken.items():
            ShowArea.objects.filter(show_id=show_id, area_id=area_id).update(taken=F("taken") + quantity)


def read_runs(seat_map: SeatMap) -> list[list[Place]]:
    """Return the places of a map in runs of neighbors, the best category first."""
    runs: dict[int, list[Place]] = defaultdict(list)
    rows = Seat.objects.filter(seat_map=seat_map).order_by("category__rank", "run", "position")
    for run, *place in rows.values_list("run", "pk", "category_id", "is_accessible", "is_companion"):
        seat_id, category_id, is_accessible, is_companion = place
        runs[run].append(Place(seat_id, category_id, bool(is_accessible or is_companion)))
    return list(runs.values())


class BoxOffice:
    """Sells for the shows of one hall what would have been sold by now."""

    def __init__(
        self,
        theater: Theater,
        seat_map: SeatMap,
        fill: float,
        *,
        customers: Sequence[User],
        now: datetime,
        takes_cash: bool = False,
    ) -> None:
        self.theater = theater
        self.fill = fill
        self.customers = customers
        self.now = now
        # A theater has one drawer a day, at the counter of one hall.
        self.takes_cash = takes_cash
        self.hall = f"{theater.slug} {seat_map.hall.name}"
        self.runs = read_runs(seat_map)
        self.areas = list(seat_map.areas.all())
        self.types: list[TicketType] = list(theater.ticket_types.filter(is_restricted=False))
        staff = {m.role: m.user for m in theater.staff_memberships.select_related("user").order_by("-pk")}
        self.seller, self.door = staff.get("box_office"), staff.get("door")
        self.ledger = Ledger()

    def sell(self, shows: Sequence[Show]) -> Ledger:
        prices: dict[int, dict[tuple[int, int], Decimal]] = defaultdict(dict)
        rows = Price.objects.filter(show__in=shows).values_list("show_id", "category_id", "ticket_type_id", "amount")
        for show_id, category_id, type_id, amount in rows:
            prices[show_id][category_id, type_id] = amount
        for show in shows:
            if show.sales_open_at is None or show.sales_open_at <= self.now:
                _Evening(self, show, prices[show.pk]).sell()
        return self.ledger


class _Evening:
    """The sale of one show."""

    def __init__(self, office: BoxOffice, show: Show, prices: dict[tuple[int, int], Decimal]) -> None:
        self.office = office
        self.show = show
        self.prices = prices
        self.dice = Random(f"sale {office.hall} {show.starts_at.isoformat()}")  # noqa: S311 (nothing secret)
        self.customers = list(office.customers)
        self.dice.shuffle(self.customers)
        self.guests = 0
        # No one cancels at a sold-out show, or it would not be sold out.
        self.is_in_demand = False

    def sell(self) -> None:
        free = [list(run) for run in self.office.runs]
        capacity = sum(map(len, free))
        demand, left_over = self._demand(capacity)
        if demand >= 1:
            self.is_in_demand = True
            for party in self._sell_out(free, left_over):
                self._book(seats=party)
        else:
            wanted = int(capacity * demand)
            while wanted > 0 and (party := self._find_party(free)):
                wanted -= len(party)
                self._book(seats=party)
        for area in self.office.areas:
            wanted = int(area.capacity * min(1.0, demand))
            while wanted > 0:
                size = min(wanted, self._party_size())
                wanted -= size
                self._book(area_id=area.pk, category_id=area.category_id, quantity=size)
        self._count_unticketed()

    def _demand(self, capacity: int) -> tuple[float, int]:
        """Return the share sold by now, and for a show in demand the number of seats left."""
        days = max(0.0, (self.show.starts_at - self.office.now).total_seconds() / 86_400)
        chance = self.dice.random()
        if capacity <= MAX_SEATS_TO_SELL_OUT and 0 < days < 8:  # noqa: PLR2004 (nothing sells out a fortnight ahead)
            # So that there is a sold-out show on any day.
            is_sure = capacity <= MAX_SEATS_TO_SELL_OUT_WEEKLY and self.show.starts_at.weekday() == SATURDAY
            if is_sure or chance < 0.05:  # noqa: PLR2004
                return 1.0, 0
            if chance < 0.12:  # noqa: PLR2004
                return 1.0, self.dice.randint(3, 8)
        weekend = 1.2 if self.show.starts_at.weekday() >= 4 else 0.85  # noqa: PLR2004 (Friday to Sunday)
        return min(0.95, self.office.fill * weekend * self.dice.uniform(0.7, 1.3)) * exp(-days / LEAD_DAYS), 0

    def _party_size(self) -> int:
        return self.dice.choices(PARTY_SIZES, PARTY_WEIGHTS)[0]

    def _find_party(self, free: list[list[Place]]) -> list[Place]:
        """Take neighbors out of a row, preferably a good one, and next to places that are taken."""
        size = self._party_size()
        for _ in range(12):
            row = free[int(len(free) * self.dice.random() ** 1.4)]
            kept = sum(place.is_kept for place in row)
            if len(row) - kept < size:
                continue
            start = self.dice.choice((0, len(row) - size, (len(row) - size) // 2))
            party = row[start : start + size]
            if not any(place.is_kept for place in party):
                # Its two sides are not neighbors, though the list now says so: good enough for a demo.
                del row[start : start + size]
                return party
        return []

    def _sell_out(self, free: list[list[Place]], left_over: int) -> Iterator[list[Place]]:
        keep = {place.seat_id for place in self.dice.sample([p for run in free for p in run], left_over)}
        for run in free:
            row = [place for place in run if place.seat_id not in keep]
            while row:
                size = self._party_size()
                yield row[:size]
                del row[:size]

    def _book(
        self, *, seats: Sequence[Place] = (), area_id: int | None = None, category_id: int = 0, quantity: int = 0
    ) -> None:
        show, office = self.show, self.office
        at = self._moment()
        if at is None:
            return
        booking = Booking(
            code=_code(8),
            theater=office.theater,
            created_at=at,
            currency=office.theater.currency,
            total=ZERO,
        )
        self._name_customer(booking)
        lines: list[tuple[int | None, int | None, int]] = [(place.seat_id, None, place.category_id) for place in seats]
        lines += [(None, area_id, category_id)] * quantity
        tickets = []
        for seat, area, category in lines:
            ticket_type = self._ticket_type(category)
            tickets.append(
                Ticket(
                    booking=booking,
                    show_id=show.pk,
                    code=_code(12),
                    seat_id=seat,
                    area_id=area,
                    category_id=category,
                    ticket_type_id=ticket_type.pk,
                    price=self.prices[category, ticket_type.pk],
                )
            )
        self._quote(booking, tickets)
        self._pay(booking, tickets)
        office.ledger.bookings.append(booking)
        office.ledger.tickets += tickets
        if area_id is not None and booking.state == Booking.State.CONFIRMED:
            office.ledger.taken[show.pk, area_id] += quantity

    def _moment(self) -> datetime | None:
        """Return when this booking was made, while sales were open and in the past; None if that is impossible."""
        show = self.show
        opens = (show.sales_open_at or show.starts_at - timedelta(days=30)) + timedelta(minutes=1)
        latest = min(self.office.now, show.starts_at) - timedelta(minutes=5)
        if latest <= opens:
            return None
        lead = timedelta(days=self.dice.expovariate(1 / LEAD_DAYS))
        # Customers who would have booked before sales opened book soon after.
        at = max(latest - lead, opens + (latest - opens) * self.dice.uniform(0, 0.2))
        # Few people book at night.
        return at + timedelta(hours=9) if at.hour < 6 and at + timedelta(hours=9) < latest else at  # noqa: PLR2004

    def _name_customer(self, booking: Booking) -> None:
        chance = self.dice.random()
        if chance < 0.14:  # noqa: PLR2004
            booking.channel, booking.made_by = Booking.Channel.BOX_OFFICE, self.office.seller
        elif chance < 0.7 and self.customers:  # noqa: PLR2004
            customer = self.customers.pop()
            booking.customer, booking.email, booking.name = customer, customer.email, customer.name
            booking.channel = Booking.Channel.API if chance < 0.2 else Booking.Channel.WEB  # noqa: PLR2004
        else:
            self.guests += 1
            number = self.dice.randint(1000, 9999)
            booking.email, booking.name = f"guest-{number}-{self.guests}@example.com", f"Demo guest {number}"

    def _ticket_type(self, category_id: int) -> TicketType:
        chance = self.dice.random()
        offered = [t for t in self.office.types if (category_id, t.pk) in self.prices]
        if chance < 0.72 or len(offered) == 1:  # noqa: PLR2004
            return offered[0]
        return self.dice.choice(offered[1:])

    def _quote(self, booking: Booking, tickets: Sequence[Ticket]) -> None:
        theater = self.office.theater
        quote = quote_booking(
            [ticket.price for ticket in tickets],
            [ZERO] * len(tickets),
            currency=theater.currency,
            tax_rate=theater.tax_rate,
            includes_tax=theater.prices_include_tax,
        )
        booking.total, booking.fees, booking.tax = quote.total, quote.fees, quote.tax
        for ticket, quoted in zip(tickets, quote.tickets, strict=True):
            ticket.amount, ticket.fees, ticket.tax = quoted.amount, quoted.fees, quoted.tax
            ticket.tax_rate = ticket.fees_tax_rate = theater.tax_rate

    def _pay(self, booking: Booking, tickets: Sequence[Ticket]) -> None:
        at = booking.created_at
        is_box_office = booking.channel == Booking.Channel.BOX_OFFICE
        paid_at = at + timedelta(seconds=self.dice.randint(20, 240))
        key = UUID(int=self.dice.getrandbits(128), version=4)
        by_hand = [Payment.Gateway.CASH] if self.office.takes_cash and booking.made_by else []
        by_hand.append(Payment.Gateway.TERMINAL)
        gateway = self.dice.choice(by_hand) if is_box_office else Payment.Gateway.SANDBOX
        payment = Payment(
            booking=booking,
            gateway=gateway,
            amount=booking.total,
            currency=booking.currency,
            key=key,
            created_at=at,
            made_by=booking.made_by,
        )
        self.office.ledger.payments.append(payment)
        chance = self.dice.random()
        booking.expires_at = at + timedelta(minutes=20)
        is_final = is_box_office or self.is_in_demand
        if not is_final and chance < 0.02 and booking.expires_at < self.office.now:  # noqa: PLR2004
            # The card was declined, and the customer gave up.
            payment.state = Payment.State.DECLINED
            booking.state = Booking.State.EXPIRED
            for ticket in tickets:
                ticket.state = Ticket.State.RELEASED
            return
        payment.state = Payment.State.CAPTURED
        payment.receive(paid_at)
        payment.reference = "" if is_box_office else f"sandbox-{key}"
        booking.state, booking.confirmed_at = Booking.State.CONFIRMED, paid_at
        for ticket in tickets:
            ticket.state = Ticket.State.ISSUED
        is_off = self.show.state == Show.State.CANCELED
        if is_off or (not is_final and chance > 0.97):  # noqa: PLR2004
            self._cancel(booking, tickets, payment, is_off=is_off)
        else:
            self._check_in(tickets)

    def _cancel(self, booking: Booking, tickets: Sequence[Ticket], payment: Payment, *, is_off: bool) -> None:
        """Cancel the whole booking, because the show was canceled or because the customer wished so in time."""
        until = self.show.refund_until()
        last = min(self.office.now, self.show.starts_at if is_off or until is None else until)
        begin = payment.captured_at or booking.created_at
        if last <= begin:
            return
        at = begin + (last - begin) * self.dice.uniform(0.3, 1)
        percent = Decimal(100) if is_off else Decimal(self.show.refund_terms.percent)
        amounts = quote_refunds([ticket.amount for ticket in tickets], percent=percent, currency=booking.currency)
        booking.state, booking.canceled_at = Booking.State.CANCELED, at
        for ticket in tickets:
            ticket.state = Ticket.State.CANCELED
        payment.refunded = sum(amounts, ZERO)
        key = UUID(int=self.dice.getrandbits(128), version=4)
        refund = Refund(
            payment=payment,
            amount=payment.refunded,
            state=Refund.State.SUCCEEDED,
            reason="The show was canceled." if is_off else "",
            reference="" if payment.gateway != Payment.Gateway.SANDBOX else f"sandbox-{key}",
            key=key,
            attempts=1,
            created_at=at,
            settled_at=at + timedelta(seconds=4),
        )
        self.office.ledger.refunds.append(refund)
        for ticket, amount in zip(tickets, amounts, strict=True):
            self.office.ledger.lines.append(RefundLine(refund=refund, ticket=ticket, amount=amount))

    def _door_opens_at(self) -> datetime | None:
        """Return when the door opened, if it did in the last days."""
        show, now = self.show, self.office.now
        opens = show.doors_at or show.starts_at - timedelta(minutes=30)
        return None if opens > now or show.starts_at < now - timedelta(days=CHECK_IN_DAYS) else opens

    def _count_unticketed(self) -> None:
        """Count two of the staff in, and now and then a critic; they leave when the show ends."""
        show, door, opens = self.show, self.office.door, self._door_opens_at()
        if opens is None or door is None or show.state == Show.State.CANCELED:
            return
        kinds = [UnticketedPerson.Kind.STAFF] * 2 + [UnticketedPerson.Kind.PRESS] * self.dice.randint(0, 1)
        for number, kind in enumerate(kinds):
            key = f"demo-{show.pk}-{number}"
            person = UnticketedPerson(show=show, kind=kind, gate="Side entrance", by=door, at=opens, key=key)
            if show.ends_at <= self.office.now:
                person.left_at, person.left_by, person.left_key = show.ends_at, door, key
            self.office.ledger.unticketed.append(person)

    def _check_in(self, tickets: Sequence[Ticket]) -> None:
        now, opens = self.office.now, self._door_opens_at()
        if opens is None:
            return
        arrival = opens + timedelta(minutes=self.dice.triangular(0, 50, 30))
        if arrival > now or self.dice.random() < 0.05:  # noqa: PLR2004 (no-shows)
            return
        gate = self.dice.choice(("Main entrance", "Side entrance"))
        for number, ticket in enumerate(tickets):
            self.office.ledger.check_ins.append(
                CheckIn(
                    ticket=ticket,
                    gate=gate,
                    result=CheckIn.Result.ADMITTED,
                    passage=1,
                    by=self.office.door,
                    at=min(now, arrival + timedelta(seconds=4 * number)),
                    device="Demo scanner",
                )
            )
