"""What staff read of a show that is to be canceled, or that was: who gets what, how far it is, what failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise

from bookings.gateways import get_gateway
from bookings.models import Booking, CanceledBooking, Payment, Refund, ShowCancellation, Ticket
from bookings.pricing import ZERO
from events.models import Show
from notifications.services import known_language

State = CanceledBooking.State

# Rows of one list on the page; the others are counted.
SHOWN = 200


@dataclass
class MoneyLine:
    """What goes back by one gateway, in one currency."""

    gateway: str | Promise
    currency: str
    is_by_hand: bool
    bookings: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Preview:
    bookings: int
    tickets: int
    holds: int
    free_of_charge: int
    vouchers: int
    money: list[MoneyLine]
    # Names of languages, with how many mails go out in each.
    mails: list[tuple[str, int]]
    without_address: list[Booking]
    # Bookings whose money the box office took, with what is to be paid out.
    at_counter: list[tuple[Booking, Decimal]]


def preview_cancellation(show: Show) -> Preview:
    """Say what `cancel_show` would do to the bookings of a show as they are now. Four queries."""
    alive = Q(state=Booking.State.CONFIRMED) | Q(state=Booking.State.HELD)
    paid = Prefetch("payments", _captured(), "captured")
    rows = list(Booking.objects.filter(alive, show=show).select_related("customer").prefetch_related(paid))
    confirmed = [row for row in rows if row.state == Booking.State.CONFIRMED]
    money: dict[tuple[str, str], MoneyLine] = {}
    at_counter = []
    free_of_charge = 0
    for booking in confirmed:
        due_by_hand = due = ZERO
        for payment in booking.captured:  # type: ignore[attr-defined]
            left = payment.amount - payment.refunded
            if not left:
                continue
            gateway = get_gateway((payment.origin or payment).gateway)
            line = money.setdefault(
                (gateway.name, payment.currency),
                MoneyLine(gateway.label, payment.currency, is_by_hand=gateway.is_for_staff),
            )
            line.bookings += 1
            line.amount += left
            due += left
            due_by_hand += left if gateway.is_for_staff else ZERO
        free_of_charge += not due
        if due_by_hand:
            at_counter.append((booking, due_by_hand))
    languages = Counter(known_language(booking.locale) for booking in confirmed if _has_address(booking))
    return Preview(
        bookings=len(confirmed),
        tickets=Ticket.objects.filter(booking__in=[row.pk for row in confirmed], state=Ticket.State.ISSUED).count(),
        holds=len(rows) - len(confirmed),
        free_of_charge=free_of_charge,
        vouchers=sum(booking.voucher_id is not None for booking in confirmed),
        money=sorted(money.values(), key=lambda line: (line.is_by_hand, str(line.gateway))),
        mails=[(str(name), languages[code]) for code, name in settings.LANGUAGES if languages[code]],
        without_address=[booking for booking in confirmed if not _has_address(booking)],
        at_counter=at_counter,
    )


def _captured() -> QuerySet[Payment]:
    return Payment.objects.filter(state=Payment.State.CAPTURED).select_related("origin").order_by("pk")


def _has_address(booking: Booking) -> bool:
    return bool(booking.email or (booking.customer and booking.customer.email))


@dataclass
class Share:
    """How many bookings had one outcome, and how much money that is."""

    bookings: int = 0
    amount: Decimal = ZERO

    def add(self, amount: Decimal) -> None:
        self.bookings += 1
        self.amount += amount


@dataclass
class Progress:
    """How far a cancellation is. Each booking is counted once, by what is still open of it."""

    total: int
    currency: str
    waiting: Share = field(default_factory=Share)
    failed: Share = field(default_factory=Share)
    pending: Share = field(default_factory=Share)
    pay_out: Share = field(default_factory=Share)
    refunded: Share = field(default_factory=Share)
    without_money: Share = field(default_factory=Share)
    untold: int = 0

    @property
    def done(self) -> int:
        return self.total - self.waiting.bookings

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def is_moving(self) -> bool:
        return bool(self.waiting.bookings or self.pending.bookings)


def read_progress(cancellation: ShowCancellation) -> Progress:
    """Count the outcomes. Two queries."""
    refunds: dict[int, set[str]] = {}
    listed = Refund.objects.filter(show_cancellations__cancellation=cancellation).order_by()
    for row_id, state in listed.values_list("show_cancellations", "state"):
        refunds.setdefault(row_id, set()).add(state)
    rows = list(cancellation.bookings.values_list("pk", "state", "amount", "is_told", "booking__currency"))
    progress = Progress(total=len(rows), currency=rows[0][-1] if rows else "")
    for pk, state, amount, is_told, _currency in rows:
        _find_share(progress, state, amount, refunds.get(pk, set())).add(amount)
        progress.untold += state != State.WAITING and not is_told
    return progress


def _find_share(progress: Progress, state: str, amount: Decimal, refunds: set[str]) -> Share:
    if state == State.WAITING:
        return progress.waiting
    if state == State.FAILED or Refund.State.FAILED in refunds:
        return progress.failed
    if state == State.PAY_OUT:
        return progress.pay_out
    if Refund.State.PENDING in refunds:
        return progress.pending
    return progress.refunded if amount else progress.without_money


def _rows(cancellation: ShowCancellation) -> QuerySet[CanceledBooking]:
    rows = cancellation.bookings.select_related("booking__customer").prefetch_related("refunds__payment")
    return rows.order_by("booking__name", "pk")


def read_failed(cancellation: ShowCancellation) -> list[CanceledBooking]:
    """Return what can be tried again, with its refunds: outcomes that failed, and refunds that were refused."""
    refused = CanceledBooking.objects.filter(cancellation=cancellation, refunds__state=Refund.State.FAILED)
    return list(_rows(cancellation).filter(Q(state=State.FAILED) | Q(pk__in=refused.values("pk")))[:SHOWN])


def read_pay_outs(cancellation: ShowCancellation) -> list[tuple[CanceledBooking, Decimal]]:
    """Return who has money waiting at the counter, and how much."""
    rows = _rows(cancellation).filter(state=State.PAY_OUT)[:SHOWN]
    return [(row, row.amount - sum((refund.amount for refund in row.refunds.all()), ZERO)) for row in rows]


def read_untold(cancellation: ShowCancellation) -> list[CanceledBooking]:
    """Return whom no mail could tell."""
    return list(_rows(cancellation).filter(is_told=False).exclude(state=State.WAITING)[:SHOWN])
