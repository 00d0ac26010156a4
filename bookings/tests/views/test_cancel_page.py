"""Cancel by pages: choose, see the refund, confirm."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.confirm import confirm_free
from events.models import Show
from payments.models import Refund
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6), refund_percent=80)


@pytest.fixture
def booking(client: Client, show: Show, customer: User) -> Booking:
    client.force_login(customer)
    return make_paid(show, 0, 1, customer=customer)


def url(booking: Booking) -> str:
    return reverse("bookings:cancel", args=[booking.code])


def codes(booking: Booking) -> list[str]:
    return list(booking.tickets.order_by("pk").values_list("code", flat=True))


def test_it_shows_the_refund_of_each_ticket(client, booking: Booking):
    text = client.get(url(booking)).content.decode()
    assert text.count("€16.00 back") == 2
    assert "You can cancel until" in text
    assert Ticket.objects.issued().count() == 2


def test_some_tickets_are_canceled_only_after_the_confirmation(client, booking: Booking):
    first = codes(booking)[0]
    asked = client.get(url(booking), {"ticket": first}).content.decode()
    assert "€16.00" in asked
    assert "Your other tickets stay as they are." in asked
    assert Ticket.objects.issued().count() == 2

    response = client.post(url(booking), {"ticket": first, "amount": "16.00"})

    assert response.url == booking.get_absolute_url()
    assert "The money is on its way back to you" in client.get(response.url).content.decode()
    assert Refund.objects.get().amount == 16
    assert list(Ticket.objects.issued().values_list("code", flat=True)) == codes(booking)[1:]


def test_all_tickets_cancel_the_booking(client, booking: Booking):
    assert "The whole booking is canceled" in client.get(url(booking), {"ticket": codes(booking)}).content.decode()
    client.post(url(booking), {"ticket": codes(booking), "amount": "32"})
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELED
    assert client.get(url(booking)).url == booking.get_absolute_url()


def test_sent_twice_it_is_canceled_once(client, booking: Booking):
    data = {"ticket": codes(booking)[0], "amount": "16.00"}
    client.post(url(booking), data)
    response = client.post(url(booking), data)
    assert response.url == booking.get_absolute_url()
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", ["20", "", "x", "NaN"])
def test_nothing_is_canceled_if_the_amount_shown_has_changed(client, booking: Booking, amount):
    response = client.post(url(booking), {"ticket": codes(booking)[0], "amount": amount})
    assert "Nothing was canceled" in response.content.decode()
    assert Ticket.objects.issued().count() == 2
    assert not Refund.objects.exists()


def test_after_the_deadline_it_is_refused_with_the_reason(client, booking: Booking, show: Show):
    Show.objects.filter(pk=show.pk).update(refund_hours=24 * 30)
    text = client.get(url(booking)).content.decode()
    assert "Tickets for this show could be returned until" in text
    assert 'name="ticket"' not in text
    response = client.post(url(booking), {"ticket": codes(booking)[0], "amount": "16.00"})
    assert "Nothing was canceled" in response.content.decode()
    assert Ticket.objects.issued().count() == 2


def test_a_show_without_returns_says_so(client, booking: Booking, show: Show):
    Show.objects.filter(pk=show.pk).update(refunds="never", refund_hours=None, refund_percent=None)
    assert "Tickets for this show cannot be returned." in client.get(url(booking)).content.decode()


def test_a_free_booking_has_no_refund_and_says_so(client, customer: User):
    client.force_login(customer)
    booking = make_hold(make_show(price="0"), 0, customer=customer)
    confirm_free(booking=booking)
    assert "€0.00" in client.get(url(booking), {"ticket": codes(booking)}).content.decode()
    response = client.post(url(booking), {"ticket": codes(booking), "amount": "0"}, follow=True)
    assert "There is nothing to refund." in response.content.decode()


def test_a_canceled_show_refunds_everything_even_after_the_deadline(client, booking: Booking, show: Show):
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED, refund_hours=24 * 30)
    client.post(url(booking), {"ticket": codes(booking), "amount": "40"})
    assert Refund.objects.get().amount == Decimal(40)


def test_tickets_of_others_are_not_touched(client, booking: Booking, show: Show, rival: User):
    foreign = make_paid(show, 4, customer=rival)
    client.post(url(booking), {"ticket": codes(foreign), "amount": "16.00"})
    assert foreign.tickets.issued().count() == 1
    assert client.get(url(foreign)).status_code == 404
    assert client.post(url(foreign), {"ticket": codes(foreign), "amount": "16.00"}).status_code == 404


def test_a_hold_is_not_canceled_here(client, show: Show, customer: User):
    client.force_login(customer)
    hold = make_hold(show, 5, customer=customer, email="x@example.com")
    assert client.get(url(hold)).url == hold.get_absolute_url()
    assert hold.expires_at > timezone.now() + timedelta(minutes=1)
