"""Movements of money that have no receipt yet: what came, went back, was exchanged, or moved in drawers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from bookings.models import Booking, Exchange
from fiscal.models import Receipt
from payments.models import Drawer, DrawerEntry, Payment, Refund, Till
from theaters.models import Theater

Kind = Receipt.Kind
COUNTER = (Payment.Gateway.CASH, Payment.Gateway.TERMINAL)


@dataclass
class Movement:
    """What one receipt is for."""

    kind: Kind
    theater: Theater
    currency: str
    total: Decimal
    moved_at: datetime
    booking: Booking | None = None
    payment: Payment | None = None
    refund: Refund | None = None
    exchange: Exchange | None = None
    drawer_entry: DrawerEntry | None = None
    drawer: Drawer | None = None
    means: str = ""
    by: User | None = None
    control: str = ""
    is_at_counter: bool = False
    till: Till | None = None

    @property
    def key(self) -> dict[str, object]:
        """The source and kind that no second receipt may have."""
        if self.control:
            return {"theater": self.theater, "control": self.control}
        source = self.drawer or self.drawer_entry or self.refund or self.exchange or self.payment
        name = next(one for one in SOURCES if getattr(self, one) is source)
        return {name: source, "kind": self.kind}


SOURCES = ("drawer", "drawer_entry", "refund", "exchange", "payment")


def find_missing(theater: Theater, since: datetime, *, limit: int) -> list[Movement]:
    """Return movements of a theater without a receipt, the earliest first, at most `limit` of each sort.

    Five queries.
    """
    found = [
        *(of_payment(one) for one in _payments().filter(booking__theater=theater, captured_at__gte=since)[:limit]),
        *(
            of_refund(one)
            for one in _refunds().filter(payment__booking__theater=theater, settled_at__gte=since)[:limit]
        ),
        *(of_exchange(one) for one in _exchanges().filter(booking__theater=theater, completed_at__gte=since)[:limit]),
        *(of_entry(one) for one in _entries().filter(drawer__theater=theater, at__gte=since)[:limit]),
        *(of_drawer(one) for one in _drawers().filter(theater=theater, closed_at__gte=since)[:limit]),
    ]
    return sorted(found, key=lambda one: one.moved_at)


def find_missing_of(booking: Booking) -> Iterator[Movement]:
    """Yield the movements of a booking without a receipt, the earliest first. Three queries."""
    found = [
        *map(of_payment, _payments().filter(booking=booking)),
        *map(of_refund, _refunds().filter(payment__booking=booking)),
        *map(of_exchange, _exchanges().filter(booking=booking)),
    ]
    yield from sorted(found, key=lambda one: one.moved_at)


def of_payment(payment: Payment) -> Movement:
    """Describe money that came: for a booking, for what is exchanged, or for nothing."""
    kind, moved_at = Kind.SURPLUS, payment.captured_at or payment.created_at
    if payment.state == Payment.State.CAPTURED:
        kind = Kind.EXCHANGE if payment.exchange_id else Kind.SALE
    booking = payment.booking
    entry = getattr(payment, "drawer_entry", None)
    return Movement(
        kind=kind,
        theater=booking.theater,
        currency=payment.received_currency,
        total=payment.received_amount or Decimal(0),
        moved_at=moved_at,
        booking=booking,
        payment=payment,
        exchange=payment.exchange if kind == Kind.EXCHANGE else None,
        means=payment.gateway,
        by=payment.made_by,
        is_at_counter=payment.gateway in COUNTER,
        till=entry.drawer.till if entry else None,
    )


def of_refund(refund: Refund) -> Movement:
    """Describe money that went back, or that came again because it did not arrive."""
    is_reversal = refund.state == Refund.State.FAILED
    booking = refund.payment.booking
    entry = getattr(refund, "drawer_entry", None)
    return Movement(
        kind=Kind.REVERSAL if is_reversal else Kind.REFUND,
        theater=booking.theater,
        currency=refund.currency,
        total=refund.amount if is_reversal else -refund.amount,
        moved_at=refund.settled_at or refund.created_at,
        booking=booking,
        refund=refund,
        means=refund.payment.gateway if refund.way == Refund.Way.AS_PAID else refund.way,
        by=entry.by if entry else refund.made_by,
        is_at_counter=entry is not None,
        till=entry.drawer.till if entry else None,
    )


def of_exchange(exchange: Exchange) -> Movement:
    """Describe an exchange for which nothing was paid."""
    return Movement(
        kind=Kind.EXCHANGE,
        theater=exchange.booking.theater,
        currency=exchange.booking.currency,
        total=Decimal(0),
        moved_at=exchange.completed_at or exchange.created_at,
        booking=exchange.booking,
        exchange=exchange,
        by=exchange.made_by,
    )


def of_entry(entry: DrawerEntry) -> Movement:
    """Describe cash that was paid in or out for another reason than tickets."""
    return Movement(
        kind=Kind.PAY_IN if entry.kind == DrawerEntry.Kind.PAY_IN else Kind.PAY_OUT,
        theater=entry.drawer.theater,
        currency=entry.drawer.currency,
        total=entry.change,
        moved_at=entry.at,
        drawer_entry=entry,
        means=Payment.Gateway.CASH,
        by=entry.by,
        is_at_counter=True,
        till=entry.drawer.till,
    )


def of_drawer(drawer: Drawer) -> Movement:
    """Describe what the count of a closed drawer found too much or missing."""
    return Movement(
        kind=Kind.DIFFERENCE,
        theater=drawer.theater,
        currency=drawer.currency,
        total=drawer.difference or Decimal(0),
        moved_at=drawer.closed_at or drawer.opened_at,
        drawer=drawer,
        means=Payment.Gateway.CASH,
        by=drawer.closed_by,
        is_at_counter=True,
        till=drawer.till,
    )


def _has(source: str, *kinds: Kind) -> Exists:
    return Exists(Receipt.objects.filter(**{source: OuterRef("pk")}, kind__in=kinds))


def _payments() -> QuerySet[Payment]:
    bought = Q(state=Payment.State.CAPTURED) & ~_has("payment", Kind.SALE, Kind.EXCHANGE)
    left_over = Q(state=Payment.State.SURPLUS) & ~_has("payment", Kind.SURPLUS)
    return (
        Payment.objects.filter(bought | left_over)
        .select_related("booking__theater__city", "exchange", "made_by", "drawer_entry__drawer__till")
        .order_by("captured_at", "pk")
    )


def _refunds() -> QuerySet[Refund]:
    went = Q(state=Refund.State.SUCCEEDED) & ~_has("refund", Kind.REFUND)
    came_again = Q(state=Refund.State.FAILED) & _has("refund", Kind.REFUND) & ~_has("refund", Kind.REVERSAL)
    return (
        Refund.objects.filter(went | came_again)
        .select_related("payment__booking__theater__city", "made_by", "drawer_entry__drawer__till", "drawer_entry__by")
        .order_by("settled_at", "pk")
    )


def _exchanges() -> QuerySet[Exchange]:
    paid = Payment.objects.filter(exchange=OuterRef("pk"), state=Payment.State.CAPTURED)
    return (
        Exchange.objects.filter(~Exists(paid) & ~_has("exchange", Kind.EXCHANGE), completed_at__isnull=False)
        .select_related("booking__theater__city", "made_by")
        .order_by("completed_at", "pk")
    )


def _entries() -> QuerySet[DrawerEntry]:
    others = [DrawerEntry.Kind.PAY_IN, DrawerEntry.Kind.PAY_OUT]
    return (
        DrawerEntry.objects.filter(kind__in=others, receipt=None)
        .select_related("drawer__theater__city", "drawer__till", "by")
        .order_by("at", "pk")
    )


def _drawers() -> QuerySet[Drawer]:
    return (
        Drawer.objects.exclude(counted=F("expected"))
        .filter(closed_at__isnull=False, difference_receipt=None)
        .select_related("theater__city", "till", "closed_by")
        .order_by("closed_at", "pk")
    )
