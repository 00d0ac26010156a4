"""Customers mail themselves their own tickets again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.throttles import MAIL_TO_ADDRESS
from events.models import Show
from notifications.models import Notification
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6))


@pytest.fixture
def booking(client: Client, show: Show, customer: User) -> Booking:
    client.force_login(customer)
    made = make_paid(show, 0, 1, customer=customer)
    Notification.objects.all().delete()
    return made


def mail_again(client: Client, booking: Booking) -> int:
    return client.post(reverse("bookings:send-tickets", args=[booking.code])).status_code


def test_it_mails_the_tickets(client: Client, booking: Booking, customer: User):
    send = reverse("bookings:send-tickets", args=[booking.code])
    assert send in client.get(booking.get_absolute_url()).content.decode()
    page = client.post(send, follow=True).content.decode()
    assert "Your tickets are on their way to customer@example.com." in page
    sent = Notification.objects.get()
    assert (sent.recipient, sent.kind) == (customer.email, "booking_confirmed")
    # At most once a minute.
    mail_again(client, booking)
    assert Notification.objects.count() == 1


def test_the_list_leads_to_the_pdf_of_own_tickets(client: Client, booking: Booking):
    pdf = reverse("bookings:tickets", args=[booking.code])
    assert pdf in client.get(reverse("bookings:list")).content.decode()
    for ticket in booking.tickets.all():
        pass_on_ticket(booking=booking, ticket=ticket, name="Ben", email="ben@example.com", by=None)
    assert pdf not in client.get(reverse("bookings:list")).content.decode()
    Notification.objects.all().delete()
    assert mail_again(client, booking) == 404
    assert not Notification.objects.exists()


def test_it_is_limited(client: Client, booking: Booking):
    cache.clear()
    for _time in range(MAIL_TO_ADDRESS.limit):
        mail_again(client, booking)
    Notification.objects.all().delete()
    page = client.post(reverse("bookings:send-tickets", args=[booking.code]), follow=True).content.decode()
    assert "They were sent several times already." in page
    assert not Notification.objects.exists()


def test_only_valid_tickets_are_mailed(client: Client, booking: Booking, show: Show, customer: User):
    send = reverse("bookings:send-tickets", args=[booking.code])
    with time_machine.travel(show.ends_at + timedelta(minutes=1)):
        assert send not in client.get(booking.get_absolute_url()).content.decode()
        assert mail_again(client, booking) == 404
    cancel_tickets(booking=booking, by=customer)
    Notification.objects.all().delete()
    assert mail_again(client, booking) == 404
    assert not Notification.objects.exists()


def test_strangers_mail_nothing(booking: Booking, rival: User, client: Client):
    for stranger in (Client(), signed_in(rival)):
        assert mail_again(stranger, booking) == 404
    assert client.get(reverse("bookings:send-tickets", args=[booking.code])).status_code == 405
    assert not Notification.objects.exists()
