"""Whatever people do in whatever order, the books balance: a random walk over all services."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from bookings.models import Booking, Ticket, Voucher
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
from lib.refusals import Refusal
from notifications.models import Notification
from payments.gateways.base import RefundNews, RefundOutcome, RefundStatus
from payments.gateways.sandbox import OUTSIDE_EVENTS
from payments.models import Payment, Refund, SandboxAnswer
from testing.bookings import choose, choose_standing, lapse
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
STEPS = 70


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
        places = self.random.sample(range(8), self.random.randint(0, 3))
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

    def money(self) -> None:
        """Money comes for any payment ever started, whatever has become of it."""
        if payment := self.random.choice(list(Payment.objects.all()) or [None]):
            amount = payment.amount + self.random.choice([0, 0, 0, 0, -1, 3])
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
            chosen = self.random.sample(tickets, self.random.randint(1, len(tickets)))
            standing = self.random.randint(0, len(chosen))
            places = self.random.sample(range(8), len(chosen) - standing)
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
            *[self.outside] * 3,
            self.decide,
            self.drop,
            *[self.decline, self.lapse, self.sweep, self.ask, self.release, self.cancel, self.refund],
        ]
        with suppress(Refusal, NotReceivedYet):
            self.random.choice(does)()


def assert_money(walk: Walk) -> None:
    """Reckon again from what the bank saw: what came, what went, and that the rest waits for staff."""
    assert dict(Payment.objects.filter(received_amount__isnull=False).values_list("pk", "received_amount")) == walk.came
    outside = Refund.objects.exclude(source=Refund.Source.HERE).exclude(state=Refund.State.FAILED)
    assert dict(outside.values_list("reference", "amount")) == walk.went
    for refund in Refund.objects.filter(lines__isnull=False).distinct():
        lines = sum(refund.lines.values_list("amount", flat=True))
        # The bank may take more than was left, which belongs to no ticket.
        assert lines == refund.amount or (lines < refund.amount and refund.is_outside)
    asked = set(needing_remedy().values_list("pk", flat=True))
    for payment in Payment.objects.filter(received_amount__isnull=False):
        live = payment.refunds.exclude(state=Refund.State.FAILED)
        ours = sum(live.filter(source=Refund.Source.HERE).values_list("amount", flat=True))
        given = sum(live.values_list("amount", flat=True))
        assert ours <= payment.received_amount
        assert payment.refunded == min(given, payment.received_amount)
        if payment.state == Payment.State.SURPLUS and payment.left:
            assert payment.pk in asked
        if payment.refunds.filter(source=Refund.Source.HERE, state="failed", remedy=None).exists():
            assert payment.pk in asked
        if live.exclude(source=Refund.Source.HERE).filter(remedy_of=None).exists():
            assert payment.pk in asked or payment.state == Payment.State.SURPLUS


def assert_balanced() -> None:
    live = Ticket.objects.live()
    for counter in ShowArea.objects.all():
        assert counter.taken == live.filter(show=counter.show_id, area__isnull=False).count()
    voucher = Voucher.objects.get()
    using = Q(state=Booking.State.HELD) | Q(confirmed_at__isnull=False)
    assert voucher.used == Booking.objects.filter(using, voucher=voucher).count()

    for state, tickets in {
        Booking.State.HELD: {Ticket.State.HELD},
        Booking.State.EXPIRED: {Ticket.State.RELEASED},
        Booking.State.CONFIRMED: {Ticket.State.ISSUED, Ticket.State.CANCELED},
        Booking.State.CANCELED: {Ticket.State.CANCELED},
    }.items():
        # In the hold of an exchange, a ticket for a place that is given back waits as released.
        strays = Ticket.objects.filter(booking__state=state, booking__exchange=None).exclude(state__in=tickets)
        assert not strays.exists(), (state, list(strays.values("state")))

    for booking in Booking.objects.filter(state=Booking.State.HELD, exchange=None):
        sums = booking.tickets.aggregate(amount=Sum("amount"), discount=Sum("discount"), tax=Sum("tax"))
        assert (booking.total, booking.discount, booking.tax) == (sums["amount"], sums["discount"], sums["tax"])
    for booking in Booking.objects.filter(confirmed_at__isnull=False):
        paid = booking.payments.filter(state=Payment.State.CAPTURED)
        assert paid.filter(exchange=None).count() == 1
        assert not paid.filter(exchange__isnull=False, exchange__completed_at=None).exists()
        worth = sum(ticket.amount + ticket.fees - ticket.credited for ticket in booking.tickets.all())
        assert booking.total == worth == sum(payment.amount for payment in paid)
        assert Notification.objects.filter(unique_key=f"booking_confirmed:{booking.code}").count() == 1
    owed = Refund.objects.exclude(state=Refund.State.FAILED)
    for payment in Payment.objects.all():
        promised = owed.filter(payment=payment).aggregate(sum=Sum("amount"))["sum"] or 0
        if payment.state == Payment.State.SURPLUS:
            assert Refund.objects.filter(payment=payment).exists()
        elif payment.state != Payment.State.CAPTURED:
            assert promised == 0
    for ticket in Ticket.objects.filter(state=Ticket.State.ISSUED):
        assert ticket.booking.payments.filter(state=Payment.State.CAPTURED).exists()
    twice = live.filter(seat__isnull=False).order_by().values("show", "seat").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [8, 27, 44])
def test_the_books_balance_after_every_step(theater: Theater, customer, rival, manager, seed: int):
    hall = make_hall(theater=theater, standing=4)
    shows = [make_show(hall=hall, price="9.99", refund_percent=67, in_hours=hours) for hours in (72, 96)]
    Voucher.objects.create(code="PART", theater=theater, percent=Decimal("33.3"), limit=3, limit_per_customer=2)
    walk = Walk(shows, [customer, rival, manager], seed)
    for _step in range(STEPS):
        walk.step()
        assert_balanced()
        assert_money(walk)
    states = set(Booking.objects.values_list("state", flat=True))
    assert len(states) >= 3, "the walk went nowhere"
    assert Ticket.objects.exclude(moved_from=None).exists(), "nobody moved"
    assert walk.came, "nobody paid"
    of_shows = Booking.objects.annotate(shows=Count("tickets__show", distinct=True))
    assert of_shows.filter(shows=2).exists(), "no basket had both shows"
    assert Refund.objects.exclude(source="here").exists(), "the bank did nothing without us"
