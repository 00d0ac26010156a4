"""Ask the gateway what became of a payment that it did not report."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from bookings.models import Booking
from bookings.services.pay import start_payment
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.services.settle import ASK_GATEWAY_AFTER, decline_payment, settle_open_payments, settle_payment
from events.models import Show
from payments.errors import GatewayUnavailable
from payments.gateways.sandbox import LATER_SECONDS, SandboxGateway, decide
from payments.models import Payment, SandboxAnswer
from testing.bookings import lapse, make_hold
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
Decision = SandboxAnswer.Decision


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def payment(show: Show, customer) -> Payment:
    return start(make_hold(show, 0, customer=customer))


def start(booking: Booking) -> Payment:
    return start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment


def states(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    payment.booking.refresh_from_db()
    return payment.state, payment.booking.state


def after_a_while() -> time_machine.travel:
    return time_machine.travel(timezone.now() + ASK_GATEWAY_AFTER)


def test_the_answer_is_recorded_and_asking_again_changes_nothing(payment: Payment):
    decide(payment, Decision.APPROVE)
    for _again in range(2):
        assert settle_payment(payment=payment).state == Payment.State.CAPTURED
        assert states(payment) == ("captured", "confirmed")


def test_a_refusal_leaves_the_hold(payment: Payment):
    decide(payment, Decision.DECLINE)
    assert settle_payment(payment=payment).state == Payment.State.DECLINED
    assert states(payment) == ("declined", "held")


def test_no_answer_changes_nothing(payment: Payment):
    assert settle_payment(payment=payment).state == Payment.State.STARTED
    assert states(payment) == ("started", "held")


def test_a_later_answer_is_there_later(payment: Payment):
    decide(payment, Decision.LATER)
    settle_payment(payment=payment)
    assert states(payment) == ("started", "held")
    with time_machine.travel(timezone.now() + timedelta(seconds=LATER_SECONDS)):
        settle_payment(payment=payment)
    assert states(payment) == ("captured", "confirmed")


def test_the_sweep_finds_what_was_paid(payment: Payment):
    decide(payment, Decision.APPROVE)
    assert settle_open_payments() == 0
    with after_a_while():
        assert settle_open_payments() == 1
        assert settle_open_payments() == 0
    assert states(payment) == ("captured", "confirmed")


def test_the_sweep_waits_as_long_as_the_customer_may_pay(payment: Payment):
    with after_a_while():
        assert settle_open_payments() == 0
    assert states(payment) == ("started", "held")


@pytest.mark.parametrize("is_freed", [True, False])
def test_the_sweep_gives_up_with_the_hold(payment: Payment, is_freed: bool):
    lapse(payment.booking)
    if is_freed:
        free_lapsed_holds()
    with after_a_while():
        assert settle_open_payments() == 1
    assert payment.__class__.objects.get().state == Payment.State.ABANDONED


def test_the_sweep_closes_all_but_the_newest(payment: Payment, settings):
    newest = Payment.objects.create(
        booking=payment.booking, gateway="stripe", amount=20, currency="EUR", key="00000000-0000-0000-0000-000000000001"
    )
    with after_a_while():
        assert settle_open_payments() == 1
    newest.refresh_from_db()
    assert states(payment) == ("abandoned", "held")
    assert newest.state == Payment.State.STARTED


def test_money_for_a_payment_that_was_given_up_is_found_when_it_comes(payment: Payment):
    release_hold(booking=payment.booking)
    with after_a_while():
        settle_open_payments()
    assert states(payment) == ("abandoned", "expired")


def test_a_gateway_that_is_down_does_not_hold_up_the_others(show: Show, payment: Payment, rival, monkeypatch):
    other = start(make_hold(show, 1, customer=rival))
    for each in (payment, other):
        decide(each, Decision.APPROVE)
    fetch = SandboxGateway.fetch

    def fail_once(self: SandboxGateway, asked: Payment):
        if asked == payment:
            raise GatewayUnavailable
        return fetch(self, asked)

    monkeypatch.setattr(SandboxGateway, "fetch", fail_once)
    with after_a_while():
        assert settle_open_payments() == 1
    assert states(payment) == ("started", "held")
    assert states(other) == ("captured", "confirmed")


def test_a_refusal_that_comes_after_the_money_changes_nothing(payment: Payment):
    decide(payment, Decision.APPROVE)
    settle_payment(payment=payment)
    decline_payment(payment=payment)
    assert states(payment) == ("captured", "confirmed")
