"""A basket is held, paid, exchanged and partly canceled by processes that die at any moment."""

import sys
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking, Exchange, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_payment
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import free_lapsed_holds
from bookings.services.settle import ASK_GATEWAY_AFTER, receive_message, settle_open_payments
from events.models import Show
from notifications.models import Notification
from payments.gateways.sandbox import SandboxGateway, build_webhook, decide
from payments.models import Payment, Refund, SandboxAnswer
from testing.bookings import choose, choose_standing, lapse, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.crashes import Crash, crash_at, crash_through
from testing.exchanges import assert_settled, issued, taken
from theaters.models import Theater

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
D = Decimal


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=4), price="20.00")


@pytest.fixture
def sunday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), event=make_event("Matinee"), in_hours=96, price="15.00")


@pytest.fixture
def later(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), event=make_event("Macbeth"), in_hours=200, price="35.00")


def start(hold: Booking) -> Payment:
    return start_payment(booking=hold, gateway="sandbox", return_url="https://a.example/").payment


def tell(payment: Payment) -> None:
    """Deliver the sandbox's webhook, as often as it is sent."""
    answer = decide(payment, SandboxAnswer.Decision.APPROVE)
    receive_message("sandbox", SandboxGateway().read_webhook(*build_webhook(answer, timezone.now())))


def test_each_step_is_repeated_after_crashes_until_it_is_done(friday: Show, sunday: Show, later: Show, customer: User):
    def held() -> Booking | None:
        return Booking.objects.filter(state="held", exchange=None).first()

    def hold_both() -> None:
        hold_seats(
            show=friday, seats=choose(friday, 0), areas=choose_standing(friday, 2), customer=customer, into=held()
        )
        hold_seats(show=sunday, seats=choose(sunday, 1, 2), customer=customer, into=held())

    def buy() -> None:
        if booking := held():
            pay_with_token(booking=booking, gateway="sandbox", token="approve")

    crashes = {hold_both.__name__: crash_through(hold_both), buy.__name__: crash_through(buy)}
    booking = Booking.objects.get()
    standing = [ticket for ticket in issued(booking) if ticket.area_id]
    wish = ExchangeWish(standing, later, choose(later, 3, 4))

    def ask_for_others() -> Booking:
        return exchange_tickets(booking=booking, wish=wish, by=customer, by_customer=True)

    def go_to_the_gateway() -> None:
        start(ask_for_others())

    def pay_surcharge() -> None:
        tell(booking.payments.filter(exchange__isnull=False).latest("created_at"))

    def cancel_sunday() -> None:
        tickets = list(booking.tickets.filter(show=sunday))
        cancel_tickets(booking=booking, tickets=tickets, by=customer)

    def give_money_back() -> None:
        settle_refund(Refund.objects.get().pk)

    steps: list[Callable[[], object]] = [ask_for_others, go_to_the_gateway, pay_surcharge, cancel_sunday]
    for step in (*steps, give_money_back):
        crashes[step.__name__] = crash_through(step)
    sys.stdout.write(f"crashes by step: {crashes}\n")
    assert all(crashes.values())

    booking.refresh_from_db()
    assert Booking.objects.get() == booking
    assert (taken(friday), taken(sunday), taken(later)) == ([0], [], [3, 4])
    assert friday.areas.get().taken == 0
    assert (booking.state, booking.total) == ("confirmed", D(120))
    captured = booking.payments.filter(state="captured").order_by("pk")
    assert [payment.amount for payment in captured] == [D(90), D(30)]
    assert [refund.amount for refund in Refund.objects.filter(state="succeeded")] == [D(30)]
    assert_settled(booking)
    assert AuditEntry.objects.filter(action="exchange tickets").count() == 1
    kinds = sorted(Notification.objects.values_list("kind", flat=True))
    assert kinds == ["booking_canceled", "booking_confirmed", "booking_confirmed", "booking_refunded"]


@pytest.mark.parametrize("paid", [True, False])
def test_when_nobody_comes_back_the_sweeps_finish_or_undo_it(
    friday: Show, later: Show, customer: User, manager: User, *, paid: bool
):
    """The customer's process dies at each moment of an exchange, and only the scheduler goes on."""
    outcomes = set()
    moment = 0
    while True:
        booking = make_paid(friday, 0, 1, customer=customer)
        old = issued(booking)

        def whole_way(booking: Booking = booking, old: list[Ticket] = old) -> None:
            wish = ExchangeWish(old, later, choose(later, 2, 3))
            payment = start(exchange_tickets(booking=booking, wish=wish, by=customer, by_customer=True))
            if paid:
                decide(payment, SandboxAnswer.Decision.APPROVE)
                confirm_payment(payment=payment)

        try:
            with crash_at(moment):
                whole_way()
            is_done = True
        except Crash:
            is_done = False
        for exchange in Exchange.objects.filter(hold__state="held"):
            lapse(exchange.hold)
        free_lapsed_holds()
        settle_open_payments(now=timezone.now() + 2 * ASK_GATEWAY_AFTER)
        for refund in Refund.objects.filter(state=Refund.State.PENDING):
            settle_refund(refund.pk)

        assert_settled(booking)
        assert not Payment.objects.filter(state="started").exists()
        assert not Booking.objects.filter(state="held").exists()
        is_exchanged = bool(taken(later))
        assert is_exchanged == SandboxAnswer.objects.filter(payment__exchange__booking=booking).exists()
        assert (taken(friday), taken(later)) == (([], [2, 3]) if is_exchanged else ([0, 1], []))
        outcomes.add(is_exchanged)
        cancel_tickets(booking=booking, by=manager)
        if is_done:
            break
        moment += 1
    sys.stdout.write(f"died at {moment} moments\n")
    assert outcomes == ({True, False} if paid else {False})
