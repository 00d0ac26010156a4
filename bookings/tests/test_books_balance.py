"""Whatever people do in whatever order, the books balance: random walks over all services.

Three are made by default; `pytest bookings/tests/test_books_balance.py --walks 1000 --timeout 0` makes a thousand.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Exchange, Ticket, Voucher, exchange_of
from bookings.seating.chosen import SeatChoice
from bookings.services.cancel import cancel_tickets
from bookings.services.change_hold import drop_show
from bookings.services.confirm import confirm_payment
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.hold_seats import hold_seats
from bookings.services.outside_refunds import NotReceivedYet, accept_outside, open_outside, receive_refund
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.services.remedy import needing_remedy
from bookings.services.settle import ASK_GATEWAY_AFTER, decline_payment, settle_open_payments
from events.models import Show, ShowArea
from fiscal.models import Receipt
from fiscal.services.issue import issue_missing
from lib.refusals import Refusal
from notifications.models import Notification
from payments.gateways.base import RefundNews, RefundOutcome, RefundStatus
from payments.gateways.sandbox import OUTSIDE_EVENTS
from payments.models import Payment, Refund, SandboxAnswer
from testing.bookings import choose, choose_standing, lapse, seats_of
from testing.builders import make_hall, make_show
from testing.receipts import assert_receipts_agree
from theaters.models import Theater

pytestmark = pytest.mark.django_db
STEPS, SEATS, ISSUE_STEPS = 70, 8, 6


class Walk:
    def __init__(self, shows: list[Show], people: list, seed: int) -> None:
        self.shows, self.people, self.random = shows, people, random.Random(seed)
        # What the bank has seen, kept apart from our rows: in by payment, and out without us by reference.
        self.came: dict[int, Decimal] = {}
        self.went: dict[str, Decimal] = {}

    def some(self, **states: object) -> Booking | None:
        return self.random.choice(list(Booking.objects.filter(**states)) or [None])

    def hold(self) -> None:
        person, show = self.random.choice(self.people), self.random.choice(self.shows)
        held = self.some(state="held", customer=person, exchange=None)
        places = self.random.sample(range(SEATS), self.random.randint(0, 3))
        standing = self.random.choice([0, 0, 1, 2])
        hold_seats(
            show=show,
            seats=choose(show, *places),
            areas=choose_standing(show, standing) if standing else (),
            customer=person,
            voucher_code=self.random.choice(["", None, "PART"]),
            into=held if self.random.random() < 0.8 else None,
        )

    def drop(self) -> None:
        if booking := self.some(state="held", exchange=None):
            drop_show(booking=booking, show=self.random.choice(self.shows))

    def start(self) -> None:
        if booking := self.some(state="held"):
            start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/")

    def surcharge(self) -> None:
        """A customer exchanges tickets for free seats of any show, and most often pays what they cost more."""
        if booking := self.some(state="confirmed", tickets__state="issued"):
            tickets = list(booking.tickets.issued())
            chosen = self.random.sample(tickets, self.random.randint(1, len(tickets)))
            show = self.random.choice(self.shows)
            sold = set(Ticket.objects.live().filter(show=show).values_list("seat_id", flat=True))
            free = [SeatChoice(seat.pk) for seat in seats_of(show) if seat.pk not in sold]
            wish = ExchangeWish(chosen, show, free[: len(chosen)])
            held = exchange_tickets(booking=booking, wish=wish, by=booking.customer, by_customer=True)
            if held != booking and self.random.random() < 0.8:
                self.receive(start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment)

    def buy(self) -> None:
        if booking := self.some(state="held", exchange=None):
            self.receive(start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment)

    def money(self) -> None:
        """Money comes for any payment ever started, whatever has become of it."""
        if payment := self.random.choice(list(Payment.objects.all()) or [None]):
            self.receive(payment)

    def receive(self, payment: Payment) -> None:
        amount = payment.amount + self.random.choice([0, 0, 0, 0, Decimal("-0.01"), 3])
        self.came.setdefault(payment.pk, amount)
        confirm_payment(payment=payment, amount=amount, currency=payment.currency)

    def outside(self) -> None:
        """The bank gives money back without us, or takes it until a dispute is decided."""
        received = list(Payment.objects.filter(pk__in=self.came))
        if not received:
            return
        payment = self.random.choice(received)
        kind = self.random.choice(list(OUTSIDE_EVENTS))
        source, status = OUTSIDE_EVENTS[kind]
        is_refund = source == Refund.Source.GATEWAY
        reference = f"re_{len(self.went)}" if is_refund else f"dp_{payment.pk}"
        amount = self.random.choice([Decimal(1), self.came[payment.pk]])
        earlier = Refund.objects.filter(reference=reference).first()
        with transaction.atomic():
            outcome = RefundOutcome(status, reference)
            news = RefundNews(outcome, payment_key=payment.key, amount=amount, currency=payment.currency, source=source)
            receive_refund("sandbox", news)
        if status == RefundStatus.FAILED:
            self.went.pop(reference, None)
        elif earlier is None:
            self.went[reference] = amount

    def decide(self) -> None:
        if refund := self.random.choice(list(open_outside()) or [None]):
            cancels = self.random.random() < 0.5
            accept_outside(refund=refund, by=self.people[-1], reason="Seen", cancels=cancels)

    def decline(self) -> None:
        if payment := self.random.choice(list(Payment.objects.all()) or [None]):
            decline_payment(payment=payment)

    def lapse(self) -> None:
        if booking := self.some(state="held"):
            lapse(booking)

    def sweep(self) -> None:
        free_lapsed_holds()

    def ask(self) -> None:
        settle_open_payments(now=timezone.now() + ASK_GATEWAY_AFTER + timedelta(seconds=1))

    def release(self) -> None:
        if booking := self.some(state="held"):
            release_hold(booking=booking)

    def cancel(self) -> None:
        if booking := self.some(state="confirmed"):
            tickets = list(booking.tickets.all())
            chosen = self.random.sample(tickets, self.random.randint(1, len(tickets)))
            amount = self.random.choice([None, None, None, Decimal(3)])
            cancel_tickets(booking=booking, tickets=chosen, by=booking.customer, amount=amount)

    def move(self) -> None:
        if booking := self.some(state="confirmed"):
            tickets = list(booking.tickets.all())
            chosen = self.random.sample(tickets, self.random.randint(1, min(len(tickets), SEATS)))
            standing = self.random.randint(0, len(chosen))
            places = self.random.sample(range(SEATS), len(chosen) - standing)
            show = self.random.choice(self.shows)
            areas = choose_standing(show, standing) if standing else ()
            wish = ExchangeWish(chosen, show, choose(show, *places), areas)
            exchange_tickets(booking=booking, wish=wish, by=self.random.choice(self.people))

    def refund(self) -> None:
        if refund := self.random.choice(list(Refund.objects.all()) or [None]):
            if self.random.random() < 0.2:
                now = timezone.now()
                SandboxAnswer.objects.update_or_create(
                    payment=refund.payment,
                    defaults={"decision": "approve", "answers_at": now, "refuses_refunds": True},
                )
            settle_refund(refund.pk)

    def step(self) -> None:
        does: list[Callable[[], None]] = [
            *[self.hold] * 4,
            *[self.start, self.money] * 3,
            *[self.move] * 2,
            *[self.buy, self.surcharge] * 2,
            *[self.outside] * 3,
            self.decide,
            self.drop,
            *[self.decline, self.lapse, self.sweep, self.ask, self.release, self.cancel, self.refund],
        ]
        with suppress(Refusal, NotReceivedYet):
            self.random.choice(does)()


def assert_money(walk: Walk) -> None:
    """Reckon again from what the bank saw: what came, what went, and that the rest waits for staff."""
    payments = list(Payment.objects.prefetch_related("refunds__lines", "refunds__remedy", "refunds__remedy_of"))
    received = [payment for payment in payments if payment.received_amount is not None]
    assert {payment.pk: payment.received_amount for payment in received} == walk.came
    outside = Refund.objects.exclude(source=Refund.Source.HERE).exclude(state=Refund.State.FAILED)
    assert dict(outside.values_list("reference", "amount")) == walk.went
    asked = set(needing_remedy().values_list("pk", flat=True))
    for payment in payments:
        refunds = list(payment.refunds.all())
        for refund in refunds:
            if lines := [line.amount for line in refund.lines.all()]:
                # The bank may take more than was left, which belongs to no ticket.
                assert sum(lines) == refund.amount or (sum(lines) < refund.amount and refund.is_outside)
        live = [refund for refund in refunds if refund.state != Refund.State.FAILED]
        given = sum(refund.amount for refund in live)
        if payment.state == Payment.State.SURPLUS:
            assert refunds
        elif payment.state != Payment.State.CAPTURED:
            assert not given
        if payment.received_amount is None:
            continue
        assert sum(refund.amount for refund in live if not refund.is_outside) <= payment.received_amount
        assert payment.refunded == min(given, payment.received_amount)
        if payment.state == Payment.State.SURPLUS and payment.left:
            assert payment.pk in asked
        failed = [refund for refund in refunds if refund.state == Refund.State.FAILED and not refund.is_outside]
        if any(not hasattr(refund, "remedy") for refund in failed):
            assert payment.pk in asked
        if any(refund.is_outside and not hasattr(refund, "remedy_of") for refund in live):
            assert payment.pk in asked or payment.state == Payment.State.SURPLUS


def assert_balanced() -> None:
    live = Ticket.objects.live()
    for counter in ShowArea.objects.all():
        assert counter.taken == live.filter(show=counter.show_id, area__isnull=False).count()
    twice = live.filter(seat__isnull=False).order_by().values("show", "seat").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    bookings = Booking.objects.prefetch_related("tickets", "payments__exchange").select_related("exchange")
    told = Counter(Notification.objects.filter(kind="booking_confirmed").values_list("unique_key", flat=True))
    using = 0
    for booking in bookings:
        tickets, payments = list(booking.tickets.all()), list(booking.payments.all())
        using += booking.voucher_id is not None and (booking.state == "held" or booking.confirmed_at is not None)
        is_for_exchange = exchange_of(booking) is not None
        # In the hold of an exchange, a ticket for a place that is given back waits as released.
        states = {ticket.state for ticket in tickets}
        assert (
            is_for_exchange
            or states
            <= {
                Booking.State.HELD: {Ticket.State.HELD},
                Booking.State.EXPIRED: {Ticket.State.RELEASED},
                Booking.State.CONFIRMED: {Ticket.State.ISSUED, Ticket.State.CANCELED},
                Booking.State.CANCELED: {Ticket.State.CANCELED},
            }[Booking.State(booking.state)]
        )
        if booking.state == Booking.State.HELD and not is_for_exchange:
            for name, of_booking in (("amount", "total"), ("discount", "discount"), ("tax", "tax")):
                assert getattr(booking, of_booking) == sum(getattr(ticket, name) for ticket in tickets)
        paid = [payment for payment in payments if payment.state == Payment.State.CAPTURED]
        if booking.confirmed_at is None:
            assert not paid
            assert Ticket.State.ISSUED not in states
            continue
        assert [payment.exchange is None for payment in paid].count(True) == 1
        assert all(payment.exchange is None or payment.exchange.completed_at for payment in paid)
        worth = sum(ticket.amount + ticket.fees - ticket.credited for ticket in tickets)
        assert booking.total == worth == sum(payment.amount for payment in paid)
        assert told[f"booking_confirmed:{booking.code}"] == 1
    assert Voucher.objects.get().used == using


@pytest.mark.slow
def test_the_books_balance_after_every_step(
    theater: Theater, customer: User, rival: User, manager: User, request: pytest.FixtureRequest
):
    theater.tax_rate = Decimal(7)
    theater.save()
    hall = make_hall(theater=theater, standing=4)
    shows = [
        make_show(hall=hall, price="9.99", refund_percent=67, in_hours=72),
        make_show(hall=hall, price="14.50", refund_percent=100, in_hours=96),
    ]
    Voucher.objects.create(code="PART", theater=theater, percent=Decimal("33.3"), limit=3, limit_per_customer=2)
    reached: Counter[str] = Counter()
    for seed in range(request.config.getoption("walks")):
        walk = Walk(shows, [customer, rival, manager], seed)
        before = transaction.savepoint()
        for step in range(STEPS):
            try:
                walk.step()
                # Receipts follow what has happened in whatever pieces the job finds it.
                if step % ISSUE_STEPS == 0:
                    issue_missing(theater)
                assert_balanced()
                assert_money(walk)
            except Exception as error:
                error.add_note(f"walk {seed}, step {step}")
                raise
        assert_receipts_agree(theater)
        connection.check_constraints()
        reached.update(_what_was_reached())
        transaction.savepoint_rollback(before)
    sys.stdout.write(f"{dict(reached)}\n")
    assert all(reached.values()), reached


def _what_was_reached() -> dict[str, int]:
    of_shows = Booking.objects.annotate(shows=Count("tickets__show", distinct=True))
    completed = Exchange.objects.exclude(completed_at=None)
    return {
        "bookings": of_shows.count(),
        "paid": of_shows.exclude(confirmed_at=None).count(),
        "paid baskets of both shows": of_shows.exclude(confirmed_at=None).filter(shows=2).count(),
        "canceled": Booking.objects.filter(state=Booking.State.CANCELED).count(),
        "expired": Booking.objects.filter(state=Booking.State.EXPIRED).count(),
        "moved tickets": Ticket.objects.exclude(moved_from=None).count(),
        "exchanges": completed.count(),
        "exchanges with a surcharge": completed.filter(payments__state=Payment.State.CAPTURED).count(),
        "exchanges that were not paid": Exchange.objects.filter(completed_at=None).count(),
        "surcharges that came too late": Payment.objects.filter(
            exchange__isnull=False, state=Payment.State.SURPLUS
        ).count(),
        "receipts": Receipt.objects.count(),
        "receipts of tickets moved for nothing": Receipt.objects.filter(kind="exchange", payment=None).count(),
        "refunds": Refund.objects.filter(source=Refund.Source.HERE).count(),
        "refunds by the bank": Refund.objects.exclude(source=Refund.Source.HERE).count(),
    }
