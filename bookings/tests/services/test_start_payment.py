"""Start a payment: once, however often it is requested."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from bookings.errors import DetailsMissing, HoldExpired, NothingToPay, WrongState
from bookings.models import Booking, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.release_hold import release_hold
from bookings.services.settle import decline_payment
from events.levels.change import change_settings
from events.models import Show
from events.models.settings import Scope
from payments.errors import GatewayNotOffered, PaymentDeclined
from payments.gateways.sandbox import decide
from payments.models import Payment, SandboxAnswer
from testing.bookings import lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
BACK = "https://marquee.example/bookings/X/payment-return/"


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def booking(show: Show, customer) -> Booking:
    return make_hold(show, 0, 1, customer=customer)


def start(booking: Booking, gateway: str = "sandbox", **how: object):
    return start_payment(booking=booking, gateway=gateway, return_url=BACK, **how)


def test_it_opens_a_payment_of_the_whole_booking_and_extends_the_hold_once(booking: Booking, settings):
    settings.HOLD_EXTENSION_MINUTES = 9
    change_settings(scope=Scope(booking.theater_id), values={"hold_extension_minutes": 4}, by=None)
    before = booking.expires_at
    started = start(booking)
    payment = booking.payments.get()
    assert (payment.state, payment.amount, payment.currency) == (Payment.State.STARTED, 40, "EUR")
    path, query = started.redirect_url.split("?back=")
    assert path == f"/pay/sandbox/{payment.key}/"
    assert signing.loads(query, salt="bookings.sandbox.return") == BACK
    start(booking)
    booking.refresh_from_db()
    assert booking.expires_at == before + timedelta(minutes=4)


def test_a_double_click_finds_the_same_payment(booking: Booking):
    assert start(booking).payment == start(booking).payment
    assert booking.payments.count() == 1


def test_a_declined_payment_is_followed_by_a_new_one(booking: Booking):
    first = start(booking).payment
    decline_payment(payment=first)
    second = start(booking).payment
    assert (first.state, second.state) == (Payment.State.DECLINED, Payment.State.STARTED)
    assert first.key != second.key


@pytest.mark.parametrize("end", [lapse, lambda booking: release_hold(booking=booking)], ids=["lapsed", "released"])
def test_a_hold_that_is_over_cannot_be_paid(booking: Booking, end):
    end(booking)
    for pay in (start, lambda held: pay_with_token(booking=held, gateway="sandbox", token="approve")):
        with pytest.raises(HoldExpired):
            pay(booking)
    assert not Payment.objects.exists()


def test_a_booking_is_paid_once(show: Show, customer):
    booking = make_paid(show, 0, customer=customer)
    for _state in ("confirmed", "canceled"):
        with pytest.raises(WrongState):
            start(booking)
        cancel_tickets(booking=booking, by=customer)
    assert booking.payments.count() == 1


def test_a_show_that_was_canceled_meanwhile_is_not_paid(booking: Booking):
    Show.objects.update(state=Show.State.CANCELED)
    with pytest.raises(WrongState):
        start(booking)


def test_a_guest_gives_an_address_first(show: Show):
    with pytest.raises(DetailsMissing):
        start(make_hold(show, 0))


def test_a_free_booking_is_not_paid(show: Show, customer):
    Voucher.objects.create(code="FREE", theater=show.hall.theater, percent=100)
    with pytest.raises(NothingToPay):
        start(make_hold(show, 0, customer=customer, voucher_code="FREE"))


def test_only_what_is_offered_may_be_used(booking: Booking, settings):
    settings.PAYMENT_GATEWAYS = ["stripe"]
    for gateway in ("sandbox", "cash", "terminal", "nonsense"):
        with pytest.raises(GatewayNotOffered):
            start(booking, gateway)
        with pytest.raises(GatewayNotOffered):
            pay_with_token(booking=booking, gateway=gateway, token="approve")
    assert not Payment.objects.exists()


def test_an_answer_meanwhile_counts_on_return(booking: Booking):
    payment = start(booking).payment
    decide(payment, SandboxAnswer.Decision.APPROVE)
    again = start(booking)
    booking.refresh_from_db()
    assert again.redirect_url == BACK
    assert again.payment.state == Payment.State.CAPTURED
    assert booking.state == Booking.State.CONFIRMED


def test_a_token_approves_declines_or_answers_later(show: Show, customer):
    booking = make_hold(show, 0, customer=customer)
    with pytest.raises(PaymentDeclined):
        pay_with_token(booking=booking, gateway="sandbox", token="decline")
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD
    assert pay_with_token(booking=booking, gateway="sandbox", token="later").state == Booking.State.HELD
    # The answer is decided: another token does not change it.
    assert pay_with_token(booking=booking, gateway="sandbox", token="approve").state == Booking.State.HELD
    SandboxAnswer.objects.filter(decision="later").update(answers_at=timezone.now())
    assert pay_with_token(booking=booking, gateway="sandbox", token="approve").state == Booking.State.CONFIRMED
    assert sorted(booking.payments.values_list("state", flat=True)) == ["captured", "declined"]


def test_an_unknown_token_is_refused(booking: Booking):
    with pytest.raises(GatewayNotOffered):
        pay_with_token(booking=booking, gateway="sandbox", token="tok_visa")
    assert not Payment.objects.exists()
