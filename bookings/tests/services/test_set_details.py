"""Set whom a hold is for."""

import pytest

from bookings.errors import HoldExpired, TooManyTickets, WrongState
from bookings.models import Booking
from bookings.services.details import set_details
from bookings.services.release_hold import release_hold
from events.models import Show
from testing.bookings import lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), tickets_per_customer=3)


def test_it_sets_them_and_may_be_repeated(show: Show):
    booking = make_hold(show, 0, 1)
    _first, second = booking.tickets.all()
    for name in ("आशा", "Asha "):
        set_details(
            booking=booking,
            name=name,
            email=" Asha@Example.com",
            phone="+43 1 234",
            attendee_names={second.pk: "Ruben ", 10**9: "Nobody"},
        )
    booking.refresh_from_db()
    assert (booking.name, booking.email, booking.phone) == ("Asha", "asha@example.com", "+43 1 234")
    assert list(booking.tickets.values_list("attendee_name", flat=True)) == ["", "Ruben"]


def test_a_name_on_another_bookings_ticket_is_not_set(show: Show):
    booking, other = make_hold(show, 0), make_hold(show, 1)
    set_details(booking=booking, name="A", email="a@example.com", attendee_names={other.tickets.get().pk: "Eve"})
    assert other.tickets.get().attendee_name == ""


def test_a_hold_that_is_over_is_refused(show: Show):
    lapsed, released = make_hold(show, 0), make_hold(show, 1)
    lapse(lapsed)
    release_hold(booking=released)
    for booking in (lapsed, released):
        with pytest.raises(HoldExpired):
            set_details(booking=booking, name="A", email="a@example.com")
        booking.refresh_from_db()
        assert booking.email == ""


def test_a_booking_that_was_paid_is_refused(show: Show, customer):
    booking = make_paid(show, 0, customer=customer)
    with pytest.raises(WrongState):
        set_details(booking=booking, name="Eve", email="eve@example.com")
    booking.refresh_from_db()
    assert booking.email == customer.email


def test_a_guest_who_has_enough_tickets_is_refused(show: Show, customer):
    make_hold(show, 0, 1, customer=customer)
    guest = make_hold(show, 2, 3)
    with pytest.raises(TooManyTickets):
        set_details(booking=guest, name="Asha", email=customer.email)
    guest.refresh_from_db()
    assert (guest.name, guest.email) == ("", "")
    set_details(booking=guest, name="Asha", email="other@example.com")


def test_ones_own_tickets_do_not_count_twice(show: Show, customer):
    booking = make_hold(show, 0, 1, 2, customer=customer)
    set_details(booking=booking, name="Asha", email=customer.email)


def test_the_box_office_may_set_details_of_a_group(show: Show):
    booking = make_hold(show, 0, 1, 2, 3, channel=Booking.Channel.BOX_OFFICE)
    set_details(booking=booking, name="School", email="school@example.com")
