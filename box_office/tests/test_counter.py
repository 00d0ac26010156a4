"""Money at the box office: staff see it, so staff confirm it."""

import pytest

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_payment
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import release_hold
from bookings.services.settle import settle_payment
from payments.errors import GatewayNotOffered
from payments.gateways import get_gateway, offered_gateways
from payments.models import Payment, Refund
from testing.bookings import make_hold, open_till
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(theater: Theater, box_office) -> Booking:
    show = make_show(hall=make_hall(theater=theater))
    return make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)


def start(booking: Booking, gateway: str, **how: object) -> Payment:
    started = start_payment(booking=booking, gateway=gateway, return_url="", **how)
    assert started.redirect_url == ""
    return started.payment


@pytest.mark.parametrize("gateway", ["cash", "terminal"])
def test_staff_take_money_and_give_it_back(booking: Booking, box_office, gateway: str):
    open_till(box_office, booking.theater)
    payment = start(booking, gateway, made_by=box_office)
    assert payment.made_by == box_office
    # Only the person at the drawer knows.
    assert settle_payment(payment=payment).state == Payment.State.STARTED
    assert confirm_payment(payment=payment, by=box_office).state == Booking.State.CONFIRMED
    refund = cancel_tickets(booking=booking, by=box_office, amount=booking.total)
    assert refund is not None
    # Cash waits to be handed out.
    assert settle_refund(refund.pk).state == (Refund.State.PENDING if gateway == "cash" else Refund.State.SUCCEEDED)


def test_customers_are_not_offered_it(booking: Booking, box_office):
    assert [gateway.name for gateway in offered_gateways(booking.theater, booking.due)] == ["sandbox"]
    assert [gateway.name for gateway in offered_gateways(booking.theater, booking.due, is_staff=True)] == [
        "cash",
        "terminal",
        "sandbox",
    ]
    for gateway in ("cash", "terminal"):
        with pytest.raises(GatewayNotOffered):
            start(booking, gateway)
    with pytest.raises(GatewayNotOffered):
        pay_with_token(booking=booking, gateway="cash", token="approve", made_by=box_office)
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_a_payment_that_was_not_taken_is_given_up_with_the_hold(booking: Booking, box_office):
    payment = start(booking, "cash", made_by=box_office)
    release_hold(booking=booking, by=box_office)
    assert get_gateway("cash").abandon(payment).status == "abandoned"


def test_there_is_no_gateway_of_any_other_name():
    with pytest.raises(GatewayNotOffered):
        get_gateway("gold")
