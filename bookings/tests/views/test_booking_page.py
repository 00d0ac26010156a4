"""A booking's own page, its documents, and the list of bookings."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.selectors import PAGE_SIZE
from bookings.services.cancel import cancel_tickets
from bookings.tickets.codes import sign
from bookings.tickets.qr import draw_qr
from events.catalogue.cache import CACHE_SECONDS
from events.models import Show
from testing.bookings import lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6))


@pytest.fixture
def booking(client: Client, show: Show, customer: User) -> Booking:
    client.force_login(customer)
    return make_paid(show, 0, 1, customer=customer)


def move_back(show: Show, *, days: int) -> None:
    """Let the show have been so many days ago."""
    begin = timezone.now() - timedelta(days=days)
    end = begin + timedelta(hours=2)
    Show.objects.filter(pk=show.pk).update(starts_at=begin, ends_at=end, cleared_at=end)


def test_it_shows_each_ticket_with_its_code(client, booking: Booking):
    text = client.get(booking.get_absolute_url()).content.decode()
    for ticket in booking.tickets.all():
        assert ticket.code in text
        assert draw_qr(sign(ticket)).path in text
    assert "€40.00" in text
    assert "1 River Street" in text
    assert reverse("bookings:cancel", args=[booking.code]) in text


def test_a_canceled_ticket_loses_its_stub_and_shows_its_refund(client, booking: Booking, customer: User):
    gone, kept = booking.tickets.order_by("pk")
    cancel_tickets(booking=booking, tickets=[gone], by=customer)
    text = client.get(booking.get_absolute_url()).content.decode()
    assert kept.code in text
    assert gone.code not in text
    assert "Paid back" in text
    assert "€20.00" in text


def test_a_canceled_booking_has_no_tickets_and_leaves_the_calendar(client, booking: Booking, customer: User):
    cancel_tickets(booking=booking, by=customer)
    text = client.get(booking.get_absolute_url()).content.decode()
    assert "Canceled" in text
    assert "Tickets as PDF" not in text
    assert client.get(reverse("bookings:tickets", args=[booking.code])).status_code == 404
    assert b"METHOD:CANCEL" in client.get(reverse("bookings:calendar", args=[booking.code])).content


def test_the_booking_says_that_its_show_is_canceled(client, booking: Booking, show: Show):
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    assert "This show is canceled" in client.get(booking.get_absolute_url()).content.decode()


def test_after_the_start_it_asks_for_a_review(client, booking: Booking, show: Show):
    url = reverse("bookings:review", args=[show.event.slug])
    assert url not in client.get(booking.get_absolute_url()).content.decode()
    with time_machine.travel(show.starts_at + timedelta(hours=1)):
        client.force_login(booking.customer)
        assert url in client.get(booking.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [("tickets", "application/pdf", b"%PDF-"), ("calendar", "text/calendar", b"BEGIN:VCALENDAR")],
)
def test_documents_are_private(client, booking: Booking, name, kind, start):
    url = reverse(f"bookings:{name}", args=[booking.code])
    response = client.get(url)
    assert response["Content-Type"].startswith(kind)
    assert response.content.startswith(start)
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert booking.code in response["Content-Disposition"]
    assert Client().get(url).status_code == 404


def test_a_hold_has_no_documents(client, show: Show, customer: User):
    client.force_login(customer)
    hold = make_hold(show, 3, customer=customer)
    assert client.get(reverse("bookings:tickets", args=[hold.code])).status_code == 404
    assert client.get(hold.get_absolute_url()).url == reverse("bookings:checkout", args=[hold.code])


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 6])
def test_statements_of_the_page(client, show: Show, customer: User, size, django_assert_max_num_queries):
    booking = make_paid(show, *range(size), customer=customer)
    client.force_login(customer)
    client.get(booking.get_absolute_url())
    # Booking, session (with Redis, from the cache), user, tickets, refunds; for what canceling gives back: tickets,
    # payment, check-ins.
    with django_assert_max_num_queries(8):
        client.get(booking.get_absolute_url())


@pytest.mark.slow
def test_my_bookings_are_upcoming_past_and_held(client, customer: User, rival: User):
    client.force_login(customer)
    hall = make_hall(rows=3, seats=6)
    soon, later = make_show(hall=hall, in_hours=24), make_show(hall=hall, in_hours=48)
    upcoming = make_paid(later, 0, customer=customer)
    held = make_hold(soon, 0, customer=customer)
    lapsed = make_hold(soon, 1, customer=customer)
    lapse(lapsed)
    canceled = make_paid(soon, 2, customer=customer)
    Ticket.objects.filter(booking=canceled).update(state="canceled")
    Booking.objects.filter(pk=canceled.pk).update(state="canceled")
    other = make_paid(soon, 3, customer=rival)
    past = make_paid(make_show(hall=hall, in_hours=72), 0, customer=customer)
    move_back(past.shows[0], days=3)

    response = client.get(reverse("bookings:list"))

    assert response.context["upcoming"] == [held, upcoming]
    assert response.context["past"] == [canceled, past]
    assert other.code not in response.content.decode()
    assert lapsed.code not in response.content.decode()


@pytest.mark.slow
def test_past_bookings_are_paged_by_key(client, customer: User, django_assert_max_num_queries):
    client.force_login(customer)
    hall = make_hall(rows=2, seats=PAGE_SIZE)
    shows = [make_show(hall=hall, in_hours=24 * (day + 1)) for day in range(3)]
    made = [make_paid(show, at, customer=customer, channel="box_office") for show in shows for at in range(8)]
    for day, show in enumerate(shows):
        move_back(show, days=day + 1)

    seen: list[Booking] = []
    address = reverse("bookings:list")
    client.get(address)
    while address:
        with django_assert_max_num_queries(6):
            response = client.get(address)
        seen += response.context["past"]
        following = re.search(r'href="(\?before=[^"]+)"', response.content.decode())
        address = reverse("bookings:list") + following[1].replace("&amp;", "&") if following else ""

    assert sorted(booking.pk for booking in seen) == sorted(booking.pk for booking in made)
    assert [booking.shows[0].pk for booking in seen] == sorted(
        (booking.shows[0].pk for booking in seen), key=[show.pk for show in shows].index
    )


@pytest.mark.parametrize("key", ["nonsense", "2026-01-01_x", "2026-01-01T00:00:00_3", "_"])
def test_a_broken_key_is_the_first_page(client, booking: Booking, key):
    response = client.get(reverse("bookings:list"), {"before": key})
    assert response.context["upcoming"] == [booking]


def test_an_empty_list_explains_what_to_do(client, customer: User):
    text = client.get(reverse("bookings:list")).content.decode()
    assert "Find your booking" in text
    client.force_login(customer)
    assert "No upcoming bookings" in client.get(reverse("bookings:list")).content.decode()


def test_the_way_to_the_theater_follows_a_change_soon(client, booking: Booking):
    assert "New Street 1" not in client.get(booking.get_absolute_url()).content.decode()
    Theater.objects.filter(pk=booking.theater_id).update(place="New Street 1")
    with time_machine.travel(timezone.now() + timedelta(seconds=CACHE_SECONDS)):
        assert "New Street 1" in client.get(booking.get_absolute_url()).content.decode()
