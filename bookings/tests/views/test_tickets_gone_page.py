"""Staff cancel a booking, or another tab drops its tickets, between the check of its state and the rest of a page."""

import pytest
from django.urls import reverse

from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.views import bookings, checkout, exchange, payment
from testing.bookings import make_hold, make_paid
from testing.builders import make_show
from testing.exchanges import issued

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(client, customer):
    client.force_login(customer)
    return make_paid(make_show(), 0, 1, customer=customer)


@pytest.fixture
def hold(client, customer):
    client.force_login(customer)
    return make_hold(make_show(), 0, 1, customer=customer)


def meanwhile(monkeypatch, module, name, happens):
    """Let something happen right before a function that a view's module calls, the first time."""
    function, done = getattr(module, name), []

    def wrapped(*arguments, **named):
        if not done:
            done.append(happens())
        return function(*arguments, **named)

    monkeypatch.setattr(module, name, wrapped)


def at(view: str, booking: Booking) -> str:
    return reverse(f"bookings:{view}", args=[booking.code])


@pytest.mark.parametrize("page", [("exchange", exchange), ("cancel", bookings)], ids=["exchange", "cancel"])
def test_a_page_leads_to_the_canceled_booking(client, booking, manager, monkeypatch, page):
    view, module = page
    meanwhile(monkeypatch, module, "read_issued", lambda: cancel_tickets(booking=booking, by=manager))
    response = client.get(at(view, booking))
    assert (response.status_code, response.url) == (302, booking.get_absolute_url())


def test_a_form_to_exchange_leads_to_the_canceled_booking(client, booking, manager, monkeypatch):
    later = make_show(hall=booking.shows[0].hall, event=booking.shows[0].event, in_hours=240)
    seats = list(later.seat_map.seats.values_list("pk", flat=True)[:2])
    wish = {"ticket": [ticket.code for ticket in issued(booking)], "show": later.code, "seat": seats, "check": "1"}
    meanwhile(monkeypatch, exchange, "exchange_tickets", lambda: cancel_tickets(booking=booking, by=manager))
    response = client.post(at("exchange", booking), wish | {"due": "0", "refund": "0"})
    assert (response.status_code, response.url) == (302, booking.get_absolute_url())
    assert not Ticket.objects.live().exists()


def test_a_form_to_cancel_leads_to_the_canceled_booking(client, booking, manager, monkeypatch):
    wish = {"ticket": [ticket.code for ticket in issued(booking)], "amount": "40"}
    meanwhile(monkeypatch, bookings, "quote_cancellation", lambda: cancel_tickets(booking=booking, by=manager))
    response = client.post(at("cancel", booking), wish)
    assert (response.status_code, response.url) == (302, booking.get_absolute_url())


def test_a_checkout_without_tickets_leads_on(client, hold, monkeypatch):
    meanwhile(monkeypatch, checkout, "read_tickets", hold.tickets.all().delete)
    response = client.get(at("checkout", hold))
    assert (response.status_code, response.url) == (302, hold.get_absolute_url())


def test_a_payment_without_tickets_leads_on(client, hold, monkeypatch):
    client.post(at("checkout", hold), {"name": "Asha", "gateway": "sandbox"})
    meanwhile(monkeypatch, payment, "read_tickets", hold.tickets.all().delete)
    response = client.get(at("payment-return", hold))
    assert (response.status_code, response.url) == (302, hold.get_absolute_url())
