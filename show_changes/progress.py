"""Read a cancellation for its pages: who would get what, how far it is, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.functional import Promise

from bookings.models import Booking, Ticket
from bookings.pricing import ZERO
from bookings.services.cancel import quote_canceled_shows, read_left_by_ticket
from events.models import Show
from notifications.services import known_language
from payments.gateways import get_gateway
from payments.models import Payment, Refund
from show_changes.cancel import divide
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
    """Who would get what; a booking counts with its tickets for the shows to be canceled only."""

    bookings: int
    # Of these, how many have tickets for other shows, which stay valid.
    with_others: int
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
    return preview_cancellations([show])[1]


def preview_cancellations(shows: Sequence[Show]) -> tuple[dict[int, Preview], Preview]:
    """Return what canceling would do to bookings as they are now, by show and for all together. Three queries."""
    live = Ticket.objects.live().filter(show__in=shows).order_by()
    paid = Prefetch("payments", _captured(), "captured")
    # A row for each of these shows in a booking.
    found: QuerySet[Any] = Booking.objects.filter(tickets__in=live).annotate(of_show=F("tickets__show")).distinct()
    of_show: dict[int, list[Any]] = {show.pk: [] for show in shows}
    bookings: dict[int, Any] = {}
    for row in found.select_related("customer").prefetch_related(paid).order_by("pk"):
        of_show[row.of_show].append(row)
        bookings[row.pk] = row
    left = read_left_by_ticket(bookings.values())
    previews = {pk: _preview(rows, left, {pk}) for pk, rows in of_show.items()}
    return previews, _preview(bookings.values(), left, set(of_show))


def _preview(
    rows: Collection[Any], by_booking: Mapping[int, Mapping[Ticket, Decimal]], show_ids: Collection[int]
) -> Preview:
    confirmed = [row for row in rows if row.state == Booking.State.CONFIRMED]
    money: dict[tuple[str, str], MoneyLine] = {}
    mails: Counter[str] = Counter()
    at_counter = []
    tickets = free_of_charge = vouchers = with_others = 0
    for booking in confirmed:
        by_ticket = by_booking[booking.pk]
        left = sum((payment.left for payment in booking.captured), ZERO)
        due = sum(quote_canceled_shows(booking, by_ticket, show_ids, left=left).values(), ZERO)
        due_by_hand = ZERO
        for payment, part in divide(booking.captured, due):
            gateway = get_gateway(payment.gateway)
            line = money.setdefault(
                (gateway.name, payment.currency),
                MoneyLine(gateway.name.label, payment.currency, is_by_hand=gateway.is_for_staff),
            )
            line.bookings += 1
            line.amount += part
            due_by_hand += part if gateway.is_for_staff else ZERO
        if due_by_hand:
            at_counter.append((booking, due_by_hand))
        issued = [ticket for ticket in by_ticket if ticket.state == Ticket.State.ISSUED]
        canceled = [ticket for ticket in issued if ticket.show_id in show_ids]
        keeps_others = len(canceled) < len(issued)
        tickets += len(canceled)
        free_of_charge += not due
        vouchers += booking.voucher_id is not None and not keeps_others
        with_others += keeps_others
        if _has_address(booking):
            mails[known_language(booking.locale)] += len({ticket.show_id for ticket in canceled})
    return Preview(
        bookings=len(confirmed),
        with_others=with_others,
        tickets=tickets,
        holds=len(rows) - len(confirmed),
        free_of_charge=free_of_charge,
        vouchers=vouchers,
        money=sorted(money.values(), key=lambda line: (line.is_by_hand, str(line.gateway), line.currency)),
        mails=[(str(name), mails[code]) for code, name in settings.LANGUAGES if mails[code]],
        without_address=[booking for booking in confirmed if not _has_address(booking)],
        at_counter=at_counter,
    )


def _captured() -> QuerySet[Payment]:
    return Payment.objects.filter(state=Payment.State.CAPTURED).order_by("pk")


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
    return [(row, row.at_counter) for row in rows]


def read_untold(cancellation: ShowCancellation) -> list[CanceledBooking]:
    """Return the rows whose customers no mail could reach."""
    return list(_rows(cancellation).filter(is_told=False).exclude(state=State.WAITING)[:SHOWN_ROWS])
