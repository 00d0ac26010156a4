"""Shows of random baskets are canceled in any order: every cent goes back with its show, and none goes back twice."""

from __future__ import annotations

import random
import uuid
from decimal import Decimal
from functools import partial

import pytest

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import pay_with_token
from bookings.services.vouchers import use_voucher
from events.models import Show
from payments.models import Payment, Refund, SandboxAnswer
from show_changes.cancel import cancel_shows, carry_on, pay_out, try_again
from show_changes.models import CanceledBooking
from show_changes.tests.test_cancel_show_of_basket import (
    State,
    add_fees,
    cancel,
    pay_by_terminal,
    refunded_for,
    row_of,
    settle_all,
    states,
)
from testing.bookings import captured, make_hold, race
from testing.builders import make_hall, make_show, make_user
from theaters.models import Theater

pytestmark = pytest.mark.django_db
D = Decimal


class Baskets:
    """Random baskets of one to three shows, bought in several ways, of which some tickets were returned before."""

    def __init__(self, theater: Theater, people: list[User], staff: User, seed: int) -> None:
        self.random, self.staff = random.Random(seed), staff
        hall = make_hall(theater=theater, rows=8, seats=12)
        self.shows = [
            make_show(hall=hall, price=price, in_hours=hours, refund_percent=percent, tickets_per_customer=50)
            for price, hours, percent in (("20.05", 72, 50), ("9.99", 120, 67), ("0.07", 200, 100))
        ]
        self.seat = 0
        self.bookings = [self.buy(self.random.choice(people), shows=number % 3 + 1) for number in range(7)]
        for booking in self.bookings:
            self.give_some_back(booking)
        settle_all()

    def buy(self, customer: User, *, shows: int) -> Booking:
        hold = None
        for show in self.random.sample(self.shows, shows):
            seats = [self.seat + n for n in range(self.random.randint(1, 3))]
            self.seat += len(seats)
            hold = make_hold(show, *seats, customer=customer, into=hold)
        assert hold is not None
        add_fees(hold, self.random.choice([D(0), D("1.50"), D("2.99")]))
        if self.random.random() < 0.5:
            use_voucher(booking=hold, code="PART")
            hold.refresh_from_db()
        if self.random.random() < 0.3:
            return pay_by_terminal(hold, self.staff)
        return pay_with_token(booking=hold, gateway="sandbox", token="approve")

    def give_some_back(self, booking: Booking) -> None:
        """Return some tickets, but not the last one of a show, for a part of what is left."""
        for show in self.shows:
            issued = list(booking.tickets.issued().filter(show=show))
            if len(issued) > 1 and self.random.random() < 0.5:
                cost = sum((ticket.cost for ticket in issued[1:]), D(0))
                amount = (cost * self.random.choice([0, 1, 2]) / 2).quantize(D("0.01"), rounding="ROUND_DOWN")
                cancel_tickets(booking=booking, tickets=issued[1:], by=self.staff, amount=amount)


def parts_of(booking: Booking) -> dict[int, tuple[Decimal, int]]:
    """Return by show what its tickets cost to the fraction of a cent, and how many they are."""
    tickets = list(booking.tickets.all())
    whole = sum((ticket.amount for ticket in tickets), D(0))
    found: dict[int, tuple[Decimal, int]] = {}
    for ticket in tickets:
        cost, count = found.get(ticket.show_id, (D(0), 0))
        found[ticket.show_id] = cost + booking.total * ticket.amount / whole, count + 1
    return found


def assert_canceled_alone(booking: Booking, canceled: set[int]) -> None:
    """Check that the canceled shows have all of their money back, and that the others still have theirs."""
    payment = captured(booking)
    live = [refund.amount for refund in payment.refunds.exclude(state=Refund.State.FAILED)]
    assert payment.refunded == sum(live, D(0)) <= payment.amount
    waiting = kept = D(0)
    for show_id, (cost, count) in parts_of(booking).items():
        show = Show.objects.get(pk=show_id)
        gone = refunded_for(booking, show)
        if show_id not in canceled:
            assert "issued" in states(booking, show)
            kept += cost - gone
            continue
        row = row_of(booking, show)
        at_counter = row.at_counter if row.state == State.PAY_OUT else D(0)
        assert states(booking, show) == {"canceled"}
        assert abs(gone + at_counter - cost) < D("0.01") * count
        waiting += at_counter
    assert abs(payment.left - waiting - kept) < D("0.01") * booking.tickets.count()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_cent_of_a_basket_goes_back_with_its_show(theater: Theater, customer, rival, manager, seed: int):
    theater.prices_include_tax, theater.tax_rate = seed % 2 == 0, D(13)
    theater.save()
    Voucher.objects.create(code="PART", theater=theater, percent=D("33.3"), limit=50, limit_per_customer=50)
    baskets = Baskets(theater, [customer, rival], manager, seed)
    canceled: set[int] = set()
    for show in baskets.random.sample(baskets.shows, 3):
        SandboxAnswer.objects.update(refuses_refunds=baskets.random.random() < 0.3)
        cancellation = cancel(show, manager)
        SandboxAnswer.objects.update(refuses_refunds=False)
        for row in cancellation.bookings.all():
            try_again(row=row, by=manager)
            if baskets.random.random() < 0.5:
                pay_out(row=row, by=manager)
        settle_all()
        canceled.add(show.pk)
        for booking in baskets.bookings:
            assert_canceled_alone(booking, canceled)
    for row in CanceledBooking.objects.all():
        pay_out(row=row, by=manager)
    assert {booking.show_cancellations.count() for booking in baskets.bookings} == {1, 2, 3}
    assert set(Booking.objects.exclude(state="expired").values_list("state", flat=True)) == {"canceled"}
    for payment in Payment.objects.all():
        assert payment.refunded == payment.amount
    assert Voucher.objects.get().used == 0
    assert not Ticket.objects.live().exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_of_two_shows_meet_at_their_baskets(theater: Theater, manager):
    Voucher.objects.create(code="PART", theater=theater, percent=50, limit=50, limit_per_customer=50)
    shows = [
        make_show(hall=make_hall(theater=theater, seats=12), in_hours=hours, price=price)
        for hours, price in ((72, "20"), (120, "40"))
    ]
    baskets = []
    for seat in range(6):
        customer = make_user(f"guest{seat}@example.com")
        first = make_hold(shows[0], seat, customer=customer, voucher_code="PART")
        hold = make_hold(shows[1], seat, customer=customer, into=first)
        baskets.append(pay_with_token(booking=hold, gateway="sandbox", token="approve"))
    found = cancel_shows(shows=shows, by=manager, reason="Strike", batch=uuid.uuid4())
    assert race(*(partial(carry_on, one.pk) for one in found)) == [6, 6]
    for booking in baskets:
        assert [refunded_for(booking, show) for show in shows] == [10, 20]
        rows = booking.show_cancellations.order_by("amount")
        assert [(row.state, row.amount) for row in rows] == [(State.DONE, 10), (State.DONE, 20)]
        assert sorted(row.has_returned_voucher for row in rows) == [False, True]
    assert Voucher.objects.get().used == 0
    assert not Ticket.objects.live().exists()
