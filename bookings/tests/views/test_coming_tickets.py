"""The page of tickets to show at the door, and what a device is told to keep."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import selectors
from bookings.access import guest_path, ticket_url
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket, take_back_ticket
from events.models import Show
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/bookings/tickets/"


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6), in_hours=72)


@pytest.fixture
def booking(client: Client, show: Show, customer: User) -> Booking:
    client.force_login(customer)
    return make_paid(show, 0, 1, customer=customer)


def codes_on(client: Client) -> list[str]:
    """Return the tickets that the page shows; none where it leads to the list."""
    answer = client.get(PAGE)
    if answer.status_code == 302:
        assert answer["Location"] == reverse("bookings:list")
        return []
    return re.findall(r'<li class="coming__ticket" id="(\w+)"', answer.content.decode())


def codes_of(*bookings: Booking) -> list[str]:
    return [ticket.code for booking in bookings for ticket in booking.tickets.order_by("pk")]


def test_it_shows_every_coming_ticket_with_its_code(
    client: Client, booking: Booking, show: Show, customer: User, django_assert_num_queries: Any
):
    Booking.objects.update(name="ليلى Rao")
    sooner = make_paid(make_show(hall=show.hall, in_hours=1), 3, customer=customer)
    expected = codes_of(sooner, booking)
    # Session, person, tickets, and the brand once a minute.
    with django_assert_num_queries(4):
        assert codes_on(client) == expected
    answer = client.get(PAGE)
    page = answer.content.decode()
    assert page.count('aria-label="QR code of the ticket for') == 3
    assert "<bdi>ليلى Rao</bdi>" in page
    assert show.hall.theater.place in page
    assert "csrfmiddlewaretoken" not in page
    assert customer.email not in page
    assert "no-store" in answer["Cache-Control"]


def test_it_tells_a_device_when_each_is_over(client: Client, booking: Booking, show: Show):
    marks = re.findall(r"<!--until (\d+)-->(.+?)<!--/until-->", client.get(PAGE).content.decode(), re.DOTALL)
    assert [int(until) for until, _ticket in marks] == [int(show.ends_at.timestamp())] * 2
    for code, (_until, ticket) in zip(codes_of(booking), marks, strict=True):
        assert code in ticket


def test_tickets_that_no_longer_admit_are_not_there(client: Client, booking: Booking, show: Show, customer: User):
    given, canceled = booking.tickets.order_by("pk")
    pass_on_ticket(booking=booking, ticket=given, name="Ben", email="ben@example.com", by=None)
    assert codes_on(client) == [canceled.code]
    cancel_tickets(booking=booking, tickets=[canceled], by=customer)
    assert codes_on(client) == []

    make_hold(show, 4, customer=customer)
    assert codes_on(client) == []
    again = make_paid(show, 5, customer=customer)
    assert codes_on(client) == codes_of(again)
    with time_machine.travel(show.ends_at + timedelta(seconds=1)):
        assert codes_on(client) == []


def test_tickets_of_a_canceled_show_are_not_there(client: Client, booking: Booking):
    Show.objects.update(state=Show.State.CANCELED)
    assert codes_on(client) == []


def test_only_their_customer_sees_them(client: Client, booking: Booking, rival: User, django_assert_num_queries: Any):
    assert codes_on(signed_in(rival)) == []
    with django_assert_num_queries(0):
        assert codes_on(Client()) == []
    client.logout()
    assert codes_on(client) == []


def test_a_guest_sees_those_of_the_link(show: Show):
    booking, other = make_paid(show, 0, email="asha@example.com"), make_paid(show, 1, email="ben@example.com")
    guest = Client()
    guest.get(guest_path(booking))
    assert codes_on(guest) == codes_of(booking)
    assert codes_of(other)[0] not in guest.get(PAGE).content.decode()


def test_the_holder_of_a_ticket_sees_it_until_it_is_another_persons(
    booking: Booking, show: Show, django_assert_num_queries: Any
):
    Booking.objects.update(name="Asha Rao")
    given = booking.tickets.order_by("pk")[0]
    ticket = pass_on_ticket(booking=booking, ticket=given, name="Ben", email="ben@example.com", by=None)
    holder = Client()
    page = holder.get(ticket_url(ticket)).content.decode()
    assert f'href="{PAGE}#{ticket.code}"' in page
    assert page.count(reverse("bookings:tickets-worker")) == 1
    # Session, tickets passed on.
    with django_assert_num_queries(2):
        assert codes_on(holder) == [ticket.code]
    shown = holder.get(PAGE).content.decode()
    assert "<bdi>Ben</bdi>" in shown
    # Nothing of the booking, which is somebody else's.
    assert "Asha" not in shown
    assert booking.code not in shown
    assert holder.get(booking.get_absolute_url()).status_code == 404

    own = make_paid(show, 5, email="ben@example.com")
    holder.get(guest_path(own))
    assert codes_on(holder) == [own.tickets.get().code, ticket.code]
    take_back_ticket(booking=booking, ticket=ticket, by=None)
    assert codes_on(holder) == codes_of(own)
    # The link of a ticket that is somebody else's by now opens nothing.
    stranger = Client()
    assert reverse("bookings:tickets-worker") not in stranger.get(ticket_url(ticket)).content.decode()
    assert codes_on(stranger) == []


def test_it_shows_a_bounded_number(client: Client, booking: Booking, monkeypatch: pytest.MonkeyPatch):
    for module in ("bookings.selectors", "bookings.views.coming_tickets"):
        monkeypatch.setattr(f"{module}.MOST_COMING_TICKETS", 1)
    assert selectors.MOST_COMING_TICKETS == 1
    assert len(codes_on(client)) == 1
    assert "Later ones are in My bookings." in client.get(PAGE).content.decode()


def test_pages_with_tickets_have_the_device_keep_them(client: Client, booking: Booking, customer: User):
    pages = [booking.get_absolute_url(), reverse("bookings:list"), PAGE]
    for page in pages:
        text = client.get(page).content.decode()
        assert text.count(f'data-tickets-worker="{reverse("bookings:tickets-worker")}"') == 1
        assert "js/tickets/keep.js" in text
    cancel_tickets(booking=booking, by=customer)
    for page in pages[:2]:
        assert "tickets-worker" not in client.get(page).content.decode()


def test_a_device_keeps_nothing_of_a_session_that_ends_with_the_browser(client: Client, booking: Booking):
    assert "Stay signed in" not in client.get(PAGE).content.decode()
    session = client.session
    session.set_expiry(0)
    session.save()
    for page in (booking.get_absolute_url(), reverse("bookings:list"), PAGE):
        text = client.get(page).content.decode()
        assert "tickets-worker" not in text
        assert "ticket-assets" not in text
    assert "sign in with “Stay signed in on this device”" in text
    assert len(codes_on(client)) == 2


def test_the_page_names_all_that_it_is_made_of(client: Client, booking: Booking):
    page = client.get(PAGE).content.decode()
    named = re.search(r'name="ticket-assets" content="([^"]+)"', page)
    assert named
    assets = named[1].split(" ")
    assert {*re.findall(r'(?:href|src)="(/static/[^"#]+)["#]', page)} - {"/static/img/icon-180.png"} <= {*assets}
    for asset in assets:
        assert finders.find(asset.removeprefix("/static/")), asset


def test_the_worker_is_the_same_for_everyone(client: Client, booking: Booking, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        answer = Client().get(reverse("bookings:tickets-worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer.content == client.get(reverse("bookings:tickets-worker")).content
    # Its scope is the folder that it is in.
    assert reverse("bookings:tickets-worker").count("/") == 1
