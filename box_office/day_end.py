"""What a theater took on one of its days, in total or by one person, and what was in the drawers.

Money counts on the local day on which it came or went: takings by `captured_at`, refunds by `settled_at`.
What tickets given back pay of others is no money of the day.

The report proves itself (`checks`): what gateways took is what the bookings cost, the cash that was taken
and refunded is what went through drawers, and each closed drawer is its float plus its entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking, Ticket
from box_office.selectors import day_bounds
from lib.money import round_money
from payments.gateways import name_gateway
from payments.models import Drawer, DrawerEntry, Payment, Refund
from theaters.models import Theater

ZERO = Decimal(0)

_Money = Callable[[Decimal | None], Decimal]


@dataclass(frozen=True)
class DayEndLine:
    label: str
    count: int
    amount: Decimal
    starts_at: datetime | None = None


@dataclass(frozen=True)
class Check:
    """Two ways to compute the same amount."""

    label: str | Promise
    one: Decimal
    other: Decimal

    @property
    def holds(self) -> bool:
        return self.one == self.other


@dataclass(frozen=True)
class DrawerDay:
    """A drawer that was opened on the day, with what moved in it until it was closed."""

    drawer: Drawer
    sales: Decimal
    refunds: Decimal
    pay_ins: Decimal
    pay_outs: Decimal
    moves: list[DrawerEntry]

    @property
    def expected(self) -> Decimal:
        return self.drawer.opening_float + self.sales - self.refunds + self.pay_ins - self.pay_outs


@dataclass(frozen=True)
class DayEnd:
    theater: Theater
    day: date
    person: User | None
    takings: list[DayEndLine]
    refunds: list[DayEndLine]
    by_show: list[DayEndLine]
    by_type: list[DayEndLine]
    # Beside the tickets: fees, tax on top of prices, less what tickets given back paid of those.
    fees: Decimal
    tax: Decimal
    carried: Decimal
    surplus: Decimal
    complimentary: int
    drawers: list[DrawerDay]
    checks: list[Check] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.theater.currency

    @property
    def taken(self) -> Decimal:
        return _total(self.takings)

    @property
    def given_back(self) -> Decimal:
        return _total(self.refunds)

    @property
    def net(self) -> Decimal:
        return self.taken - self.given_back

    @property
    def is_balanced(self) -> bool:
        return all(check.holds for check in self.checks)


def read_day_end(theater: Theater, day: date, *, person: User | None = None) -> DayEnd:
    """Add up a day of a theater, or one person's part of it. Eleven queries, however much was sold."""
    begin, end = day_bounds(day, theater)
    currency = theater.currency

    def money(amount: Decimal | None) -> Decimal:
        # SQLite adds up in binary; rounding makes it exact again.
        return round_money(amount or ZERO, currency)

    payments = (
        Payment.objects.filter(
            booking__theater=theater,
            received_currency=currency,
            captured_at__gte=begin,
            captured_at__lt=end,
        )
        .received()
        .order_by()
    )
    refunds = (
        Refund.objects.filter(
            payment__booking__theater=theater,
            payment__received_currency=currency,
            settled_at__gte=begin,
            settled_at__lt=end,
        )
        .returned()
        .annotate(path=Refund.PATH)
        .order_by()
    )
    entries = DrawerEntry.objects.filter(drawer__theater=theater, at__gte=begin, at__lt=end).order_by()
    drawers = Drawer.objects.filter(theater=theater, opened_at__gte=begin, opened_at__lt=end)
    given = Booking.objects.filter(
        theater=theater,
        kind=Booking.Kind.COMPLIMENTARY,
        confirmed_at__gte=begin,
        confirmed_at__lt=end,
    )
    if person is not None:
        payments = payments.filter(made_by=person)
        # A refund in cash belongs to the person whose drawer it came from, any other to the person who decided it.
        refunds = refunds.filter(Q(drawer_entry__drawer__person=person) | Q(drawer_entry__isnull=True, made_by=person))
        entries = entries.filter(drawer__person=person)
        drawers, given = drawers.filter(person=person), given.filter(made_by=person)

    bought = payments.filter(state=Payment.State.CAPTURED)
    # A surcharge paid for the tickets of its exchange, less what those given back paid of them. A moved ticket has
    # the price of the one that was paid.
    surcharged = bought.exclude(exchange=None).values("exchange")
    first = Q(booking__in=bought.filter(exchange=None).values("booking"), exchange=None)
    tickets = Ticket.objects.filter(
        first | Q(exchange__in=surcharged),
        state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED],
        moved_from__isnull=True,
    ).order_by()
    carried = Ticket.objects.filter(exchanges__in=surcharged).aggregate(sum=Sum("credited"))["sum"]
    takings = [
        DayEndLine(name_gateway(name), count, money(amount))
        for name, count, amount in payments.values_list("gateway").annotate(Count("pk"), Sum("received_amount"))
    ]
    ways = list(refunds.values_list("path").annotate(Count("pk"), Sum("amount")))
    back = [DayEndLine(name_gateway(name), count, money(amount)) for name, count, amount in ways]
    cash_back = sum((money(amount) for name, _count, amount in ways if name == Payment.Gateway.CASH), ZERO)
    costs = Sum(F("price") - F("discount"))
    by_show = [
        DayEndLine(title, count, money(amount), starts_at)
        for _pk, title, starts_at, count, amount in tickets.values_list(
            "show", "show__event__title", "show__starts_at"
        ).annotate(Count("pk"), costs=costs)
    ]
    by_type = [
        DayEndLine(name, count, money(amount))
        for _pk, name, count, amount in tickets.values_list("ticket_type", "ticket_type__name").annotate(
            Count("pk"), costs=costs
        )
    ]
    sums = tickets.aggregate(costs=costs, amount=Sum("amount"), fees=Sum("fees"))
    received = payments.aggregate(
        surplus=Sum("received_amount", filter=Q(state=Payment.State.SURPLUS)),
        cash=Sum("received_amount", filter=Q(gateway=Payment.Gateway.CASH)),
    )
    report = DayEnd(
        theater=theater,
        day=day,
        person=person,
        takings=_sorted(takings),
        refunds=_sorted(back),
        by_show=sorted(by_show, key=lambda line: (line.starts_at is None, line.starts_at, line.label)),
        by_type=_sorted(by_type),
        fees=money(sums["fees"]),
        tax=money(sums["amount"]) - money(sums["costs"]),
        carried=money(carried),
        surplus=money(received["surplus"]),
        complimentary=Ticket.objects.filter(booking__in=given).exclude(state=Ticket.State.HELD).count(),
        drawers=_read_drawers(drawers, money),
    )
    report.checks.extend(_check(report, money(received["cash"]), cash_back, entries, money))
    return report


def sellers_of(theater: Theater, day: date) -> QuerySet[User]:
    """Return the people who took money at the counter on that day, or had a drawer. One query."""
    begin, end = day_bounds(day, theater)
    took = Payment.objects.filter(
        booking__theater=theater, captured_at__gte=begin, captured_at__lt=end, made_by__isnull=False
    )
    had = Drawer.objects.filter(theater=theater, opened_at__gte=begin, opened_at__lt=end)
    return User.objects.filter(Q(pk__in=took.values("made_by")) | Q(pk__in=had.values("person"))).order_by("name", "pk")


def _read_drawers(drawers: QuerySet[Drawer], money: _Money) -> list[DrawerDay]:
    rows = list(
        drawers.select_related("person", "closed_by", "theater__city")
        .prefetch_related("entries__by")
        .order_by("opened_at")
    )
    found = []
    for drawer in rows:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        entries = list(drawer.entries.all())
        for entry in entries:
            sums[entry.kind] += entry.amount
        kinds = DrawerEntry.Kind
        found.append(
            DrawerDay(
                drawer,
                money(sums[kinds.SALE]),
                money(sums[kinds.REFUND]),
                money(sums[kinds.PAY_IN]),
                money(sums[kinds.PAY_OUT]),
                [entry for entry in entries if entry.kind in (kinds.PAY_IN, kinds.PAY_OUT)],
            )
        )
    return found


def _check(
    report: DayEnd,
    cash: Decimal,
    cash_back: Decimal,
    entries: QuerySet[DrawerEntry],
    money: _Money,
) -> Iterable[Check]:
    owed = _total(report.by_type) + report.fees + report.tax - report.carried + report.surplus
    yield Check(_("Takings equal what the bookings cost"), report.taken, owed)
    yield Check(_("Tickets by show equal tickets by type"), _total(report.by_show), _total(report.by_type))

    def moved(kind: str) -> Decimal:
        return money(entries.filter(kind=kind).aggregate(Sum("amount"))["amount__sum"])

    yield Check(_("Cash taken went into drawers"), cash, moved(DrawerEntry.Kind.SALE))
    yield Check(_("Cash refunded came out of drawers"), cash_back, moved(DrawerEntry.Kind.REFUND))
    closed = [one for one in report.drawers if one.drawer.expected is not None]
    yield Check(
        _("Closed drawers expected their float plus movements"),
        sum((money(one.drawer.expected) for one in closed), ZERO),
        sum((money(one.expected) for one in closed), ZERO),
    )


def _total(lines: Iterable[DayEndLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _sorted(lines: Iterable[DayEndLine]) -> list[DayEndLine]:
    return sorted(lines, key=lambda line: (-line.amount, line.label))
