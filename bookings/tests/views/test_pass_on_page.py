"""Passing a ticket on by pages, and the friend's own page."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.access import ticket_url
from bookings.models import Booking, Ticket
from bookings.services.pass_on import pass_on_ticket
from bookings.throttles import MAIL_TO_ADDRESS
from bookings.tickets.codes import read
from notifications.models import Notification
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
FRIEND = {"name": "رافي", "email": "Friend@example.com"}


@pytest.fixture
def booking(client: Client, theater: Theater, customer: User) -> Booking:
    client.force_login(customer)
    return make_paid(make_show(hall=make_hall(theater=theater)), 0, 1, customer=customer)


def first(booking: Booking) -> Ticket:
    return booking.tickets.issued().select_related("booking").order_by("seat__position").first()


def page(ticket: Ticket) -> str:
    return reverse("bookings:pass-on", args=[ticket.booking.code, ticket.code])


def test_it_works(client, booking: Booking):
    ticket = first(booking)
    assert page(ticket) in client.get(booking.get_absolute_url()).content.decode()
    assert "The booking stays yours" in client.get(page(ticket)).content.decode()

    response = client.post(page(ticket), FRIEND, follow=True)

    assert response.redirect_chain == [(booking.get_absolute_url(), 302)]
    text = response.content.decode()
    assert "Passed on. friend@example.com gets the ticket" in text
    passed_on = booking.tickets.get(attendee_email="friend@example.com")
    # The customer sees to whom, and no code; the other ticket has one.
    assert text.count('class="ticket__qr"') == 1
    assert passed_on.code not in text.replace(page(passed_on), "")
    assert "<bdi>friend@example.com</bdi>" in text


def test_sent_twice_it_passes_on_once(client, booking: Booking):
    ticket = first(booking)
    for _click in range(2):
        assert client.post(page(ticket), FRIEND).url == booking.get_absolute_url()
    assert Notification.objects.filter(kind="ticket_passed_on").count() == 1


def test_it_is_taken_back_by_a_click(client, booking: Booking):
    client.post(page(first(booking)), FRIEND)
    passed_on = first(booking)
    assert "Take it back" in client.get(page(passed_on)).content.decode()
    address = reverse("bookings:take-back", args=[booking.code, passed_on.code])
    for _click in range(2):
        assert client.post(address).url == booking.get_absolute_url()
    assert first(booking).attendee_email == ""


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "", "email": "friend@example.com"}, "This field is required."),
        ({"name": "Ravi", "email": "nobody"}, "Enter a valid email address."),
        ({"name": "Ravi", "email": "Customer@example.com"}, "This is the address of the booking"),
        ({"name": "N" * 151, "email": "friend@example.com"}, "at most 150 characters"),
        ({"name": "Ravi", "email": f"{'n' * 250}@example.com"}, "at most"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_loses_nothing(client, booking: Booking, sent, words):
    ticket = first(booking)
    text = client.post(page(ticket), sent).content.decode()
    assert words in text
    assert sent["email"] in text
    assert first(booking).code == ticket.code


def test_mail_to_one_address_is_limited(client, booking: Booking):
    for _time in range(MAIL_TO_ADDRESS.limit):
        client.post(page(first(booking)), FRIEND | {"name": f"Ravi {_time}"})
    code = first(booking).code
    text = client.post(page(first(booking)), FRIEND).content.decode()
    assert "Too much was sent there in the last hour." in text
    assert first(booking).code == code


def test_a_theater_that_forbids_it_offers_no_button(client, booking: Booking, theater):
    Theater.objects.filter(pk=theater.pk).update(allows_passing_on=False)
    assert page(first(booking)) not in client.get(booking.get_absolute_url()).content.decode()
    assert "At this theater, tickets can’t be passed on." in client.get(page(first(booking))).content.decode()
    assert client.post(page(first(booking)), FRIEND).url == booking.get_absolute_url()
    assert first(booking).attendee_email == ""


@pytest.mark.parametrize("name", ["bookings:pass-on", "bookings:take-back"])
def test_nobody_else_passes_it_on(booking: Booking, rival, name):
    stranger = Client()
    stranger.force_login(rival)
    address = reverse(name, args=[booking.code, first(booking).code])
    assert stranger.post(address, FRIEND).status_code == 404
    assert first(booking).attendee_email == ""


def test_a_ticket_of_another_booking_is_not_found_here(client, booking: Booking, rival):
    other = first(make_paid(make_show(), 0, customer=rival))
    address = reverse("bookings:pass-on", args=[booking.code, other.code])
    assert client.post(address, FRIEND).url == booking.get_absolute_url()
    assert first(other.booking).attendee_email == ""


@pytest.mark.slow
def test_the_friend_opens_it_by_the_link_alone(booking: Booking, customer):
    made = pass_on_ticket(booking=booking, ticket=first(booking), name="رافي", email="f@example.com", by=customer)
    browser, address = Client(), ticket_url(made)
    response = browser.get(address)
    text = response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert '<p dir="auto"><strong>رافي</strong></p>' in text
    assert made.code in text
    assert booking.code not in text
    assert "€20.00" not in text
    pdf = pypdfium2.PdfDocument(BytesIO(browser.get(f"{address}ticket.pdf").content))
    assert len(pdf) == 1
    assert read(zxingcpp.read_barcode(pdf[0].render(scale=3).to_pil()).text) == made.code
    pdf.close()
    calendar = browser.get(f"{address}calendar.ics").content.decode().replace("\r\n ", "")
    assert address in calendar
    assert booking.get_absolute_url() not in calendar
    # It opens this ticket, and not the booking.
    assert browser.get(booking.get_absolute_url()).status_code == 404


def test_a_link_of_a_ticket_that_went_on_says_so(client, booking: Booking, customer):
    made = pass_on_ticket(booking=booking, ticket=first(booking), name="Ravi", email="f@example.com", by=customer)
    pass_on_ticket(booking=booking, ticket=made, name="Li", email="li@example.com", by=customer)
    browser, address = Client(), ticket_url(made)
    response = browser.get(address)
    assert response.status_code == 200
    text = response.content.decode()
    assert "It no longer opens the door." in text
    assert "li@example.com" not in text
    assert "ticket__qr" not in text
    assert browser.get(f"{address}ticket.pdf").status_code == 404
    assert browser.get(f"{address}calendar.ics").status_code == 404


def test_a_forged_link_opens_nothing(client, booking: Booking):
    assert client.get(reverse("bookings:ticket", args=[f"{first(booking).code}~forged"])).status_code == 404
    assert client.get(reverse("bookings:ticket", args=["nothing"])).status_code == 404
