"""Read a cancellation for its pages: who would get what, how far it is, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.functional import Promise

from bookings.models import Booking, Ticket
from bookings.pricing import ZERO
from events.models import Show
from notifications.services import known_language
from payments.gateways import get_gateway
from payments.models import Payment, Refund
from show_changes.models import CanceledBooking, ShowCancellation

State = CanceledBooking.State

# Rows of each list on the page.
SHOWN_ROWS = 200


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
    # Bookings whose money the box office took, and how much is to be paid out.
    at_counter: list[tuple[Booking, Decimal]]


def preview_cancellation(show: Show) -> Preview:
    """Return what `cancel_show` would do to the bookings of a show as they are now. Three queries."""
    return preview_cancellations([show])[show.pk]


def preview_cancellations(shows: Sequence[Show]) -> dict[int, Preview]:
    """Return by show what canceling would do to its bookings as they are now. Three queries for all shows."""
    alive = Q(state=Booking.State.CONFIRMED) | Q(state=Booking.State.HELD)
    paid = Prefetch("payments", _captured(), "captured")
    issued = Count("tickets", filter=Q(tickets__state=Ticket.State.ISSUED))
    found = Booking.objects.filter(alive, show__in=shows).select_related("customer").annotate(issued=issued)
    bookings: dict[int, list[Booking]] = {show.pk: [] for show in shows}
    for row in found.prefetch_related(paid).order_by("pk"):
        bookings[row.show_id].append(row)
    return {pk: _preview(rows) for pk, rows in bookings.items()}


def _preview(rows: list[Any]) -> Preview:
    confirmed = [row for row in rows if row.state == Booking.State.CONFIRMED]
    money: dict[tuple[str, str], MoneyLine] = {}
    at_counter = []
    free_of_charge = 0
    for booking in confirmed:
        due_by_hand = due = ZERO
        for payment in booking.captured:
            left = payment.left
            if not left:
                continue
            gateway = get_gateway((payment.origin or payment).gateway)
            line = money.setdefault(
                (gateway.name, payment.currency),
                MoneyLine(gateway.name.label, payment.currency, is_by_hand=gateway.is_for_staff),
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
        tickets=sum(booking.issued for booking in confirmed),
        holds=len(rows) - len(confirmed),
        free_of_charge=free_of_charge,
        vouchers=sum(booking.voucher_id is not None for booking in confirmed),
        money=sorted(money.values(), key=lambda line: (line.is_by_hand, str(line.gateway))),
        mails=[(str(name), languages[code]) for code, name in settings.LANGUAGES if languages[code]],
        without_address=[booking for booking in confirmed if not _has_address(booking)],
        at_counter=at_counter,
    )


def add_up(previews: Iterable[Preview]) -> Preview:
    """Return the previews of several shows added up."""
    money: dict[tuple[str, str], MoneyLine] = {}
    mails: Counter[str] = Counter()
    rows = list(previews)
    for one in rows:
        mails.update(dict(one.mails))
        for line in one.money:
            total = money.setdefault(
                (str(line.gateway), line.currency), MoneyLine(line.gateway, line.currency, is_by_hand=line.is_by_hand)
            )
            total.bookings += line.bookings
            total.amount += line.amount
    return Preview(
        bookings=sum(one.bookings for one in rows),
        tickets=sum(one.tickets for one in rows),
        holds=sum(one.holds for one in rows),
        free_of_charge=sum(one.free_of_charge for one in rows),
        vouchers=sum(one.vouchers for one in rows),
        money=sorted(money.values(), key=lambda line: (line.is_by_hand, str(line.gateway), line.currency)),
        mails=list(mails.items()),
        without_address=[booking for one in rows for booking in one.without_address],
        at_counter=[pair for one in rows for pair in one.at_counter],
    )


def _captured() -> QuerySet[Payment]:
    return Payment.objects.filter(state=Payment.State.CAPTURED).select_related("origin").order_by("pk")


def _has_address(booking: Booking) -> bool:
    return bool(booking.contact_email)


@dataclass
class Share:
    """How many bookings have one outcome, and how much money that is."""

    bookings: int = 0
    amount: Decimal = ZERO

    def add(self, amount: Decimal) -> None:
        self.bookings += 1
        self.amount += amount


@dataclass
class Progress:
    """How far a cancellation is. Each booking is counted once, by what is still open."""

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
    return read_progresses([cancellation])[cancellation.pk]


def read_progresses(cancellations: Sequence[ShowCancellation]) -> dict[int, Progress]:
    """Count the outcomes of each cancellation. Two queries for all."""
    refunds: dict[int, set[str]] = {}
    listed = Refund.objects.filter(show_cancellations__cancellation__in=cancellations).order_by()
    for row_id, state in listed.values_list("show_cancellations", "state"):
        refunds.setdefault(row_id, set()).add(state)
    found = {one.pk: Progress(total=0, currency="") for one in cancellations}
    rows = CanceledBooking.objects.filter(cancellation__in=cancellations).order_by()
    for pk, of, state, amount, is_told, currency in rows.values_list(
        "pk", "cancellation", "state", "amount", "is_told", "booking__currency"
    ):
        progress = found[of]
        progress.total += 1
        progress.currency = currency
        _find_share(progress, state, amount, refunds.get(pk, set())).add(amount)
        progress.untold += state != State.WAITING and not is_told
    return found


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
    """Return rows that can be tried again, with their refunds: failed outcomes and refused refunds."""
    refused = CanceledBooking.objects.filter(cancellation=cancellation, refunds__state=Refund.State.FAILED)
    return list(_rows(cancellation).filter(Q(state=State.FAILED) | Q(pk__in=refused.values("pk")))[:SHOWN_ROWS])


def read_pay_outs(cancellation: ShowCancellation) -> list[tuple[CanceledBooking, Decimal]]:
    """Return the rows with money to be paid out at the counter, and how much."""
    rows = _rows(cancellation).filter(state=State.PAY_OUT)[:SHOWN_ROWS]
    return [(row, row.amount - sum((refund.amount for refund in row.refunds.all()), ZERO)) for row in rows]


def read_untold(cancellation: ShowCancellation) -> list[CanceledBooking]:
    """Return the rows whose customers no mail could reach."""
    return list(_rows(cancellation).filter(is_told=False).exclude(state=State.WAITING)[:SHOWN_ROWS])
