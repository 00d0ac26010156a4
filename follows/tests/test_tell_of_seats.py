"""Seats that people wait for: cheaper or better ones, for their whole party, told once and held for nobody."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from events.catalogue import forget_catalogue
from events.models import Price, Show
from follows.following import Terms, follow, follower_of
from follows.models import Follow
from follows.seats import tell_of_seats
from follows.subjects import describe
from notifications.models import Notification
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater


@pytest.fixture
def show(theater: Theater) -> Show:
    """Of a row of four at 20 each."""
    return make_show(hall=make_hall(theater=theater, rows=1, seats=4), in_hours=200)


def wait_for_seats(user: User, show: Show, **terms: object) -> Follow:
    return follow(follower=follower_of(user), subject=describe("show", show), terms=Terms(**terms))


def told() -> list[str]:
    return list(Notification.objects.filter(kind="followed_seats").order_by("pk").values_list("recipient", flat=True))


def lower_prices(show: Show, amount: str) -> None:
    Price.objects.filter(show=show).update(amount=Decimal(amount))
    with TestCase.captureOnCommitCallbacks(execute=True):
        # As the pages of prices do.
        forget_catalogue()


def test_a_lower_price_is_told_once_to_those_for_whom_it_is_low_enough(show: Show, customer: User, rival: User):
    wait_for_seats(customer, show, party_size=2, max_price=Decimal(15))
    wait_for_seats(rival, show, party_size=2, max_price=Decimal(10))
    assert tell_of_seats() == 0
    lower_prices(show, "15")
    assert tell_of_seats() == 1
    assert tell_of_seats() == 0
    assert told() == [customer.email]
    assert not Booking.objects.exists()
    # Asked again, they are told again.
    wait_for_seats(customer, show, party_size=2, max_price=Decimal(15))
    assert tell_of_seats() == 1
    assert told() == [customer.email] * 2


def test_seats_that_come_back_are_told_when_there_are_enough_side_by_side(show: Show, customer: User, rival: User):
    bookings = [make_paid(show, index, customer=rival) for index in range(4)]
    wait_for_seats(customer, show, party_size=2, category="Parkett")
    assert tell_of_seats() == 0
    for booking, expected in ((bookings[0], 0), (bookings[2], 0), (bookings[1], 1)):
        with TestCase.captureOnCommitCallbacks(execute=True):
            cancel_tickets(booking=booking, tickets=list(booking.tickets.all()), by=None, reason="")
        assert tell_of_seats() == expected
    assert told() == [customer.email]


def test_a_category_that_is_not_for_sale_never_comes(show: Show, customer: User):
    wait_for_seats(customer, show, party_size=1, category="Balcony")
    assert tell_of_seats() == 0


def test_nothing_is_told_of_a_show_that_is_not_sold(show: Show, customer: User):
    wait_for_seats(customer, show, party_size=1, max_price=Decimal(30))
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    assert tell_of_seats() == 0


def test_the_page_asks_for_what_makes_a_difference(client: Client, show: Show, customer: User):
    address = reverse("follows:show", args=[show.code])
    assert address in client.get(show.get_absolute_url()).content.decode()
    client.force_login(customer)
    answer = client.post(address, {"party_size": "2", "max_price": "", "category": ""})
    assert "Enter a price, or choose where" in answer.content.decode()
    for bad in ({"party_size": "99"}, {"max_price": "-1"}, {"max_price": "1e400"}, {"category": "Nowhere"}):
        assert client.post(address, {"party_size": "2", "max_price": "9", **bad}).status_code == 200
    assert not Follow.objects.exists()
    client.post(address, {"party_size": "2", "max_price": "15.50", "category": "Parkett"})
    wish = Follow.objects.get()
    assert (wish.party_size, wish.max_price, wish.category) == (2, Decimal("15.5"), "Parkett")
    # Where there are such seats, nobody needs to wait.
    answer = client.post(address, {"party_size": "2", "max_price": "20", "category": ""}, follow=True)
    assert "available right now" in answer.content.decode()
    page = client.get(address).content.decode()
    assert "2 seats side by side" in page
    assert "€15.50" in page
