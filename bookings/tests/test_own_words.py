"""A theater's own words on the pages and documents of its bookings, and in its messages."""

from io import BytesIO
from urllib.parse import urlsplit

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.access import ticket_url
from bookings.models import Booking
from bookings.own_words import write_words
from bookings.services.pass_on import pass_on_ticket
from bookings.tickets.documents import tickets_pdf
from bookings.tickets.paper import sample_picture
from events.models import Show
from notifications.email import compose
from notifications.models import Notification
from testing.bookings import make_hold, make_paid
from testing.builders import make_event, make_hall, make_show, make_user
from theaters.models import City, Theater
from theaters.wordings.places import find_place, read_groups
from theaters.wordings.save import save_wording

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> {0.__class__} %s #import \u202e " + "x" * 10_000


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=8), event=make_event("Hamlet"))


def save(theater: Theater, key: str, text: str, *, language: str = "en") -> None:
    place = find_place(key)
    assert place is not None
    by = User.objects.filter(email="words@example.com").first() or make_user("words@example.com")
    save_wording(theater=theater, place=place, language=language, text=text, by=by)
    theater.refresh_from_db()


def read_pdf(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(BytesIO(content)))


def test_the_confirmation_mail_has_them_in_the_customers_language(show, customer, theater):
    save(theater, "booking_confirmed.closing", "Bis bald, {first_name}!", language="de")
    save(theater, "booking_confirmed.closing", "See you, {first_name}!")
    for locale, text in [("de", "Bis bald, Asha!"), ("hi", "See you, Asha!")]:
        booking = make_paid(show, *((0, 1) if locale == "de" else (2, 3)), customer=customer, locale=locale)
        message = Notification.objects.get(kind="booking_confirmed", about=booking.code)
        assert text in compose(message).body


def test_pages_have_them(client, show, customer, theater):
    client.force_login(customer)
    save(theater, "checkout.note", "Cloakroom **free**. Doors {doors}.\nSee {event}.")
    save(theater, "confirmation.note", "Thank you, {first_name}.")
    hold = make_hold(show, 0, customer=customer)
    page = client.get(reverse("bookings:checkout", args=[hold.code])).content.decode()
    assert "See Hamlet." in page
    assert "Cloakroom" not in page, "without doors the line is left out"
    booking = make_paid(show, 1, customer=customer)
    page = client.get(booking.get_absolute_url()).content.decode()
    assert "Thank you, Asha." in page


def test_a_holder_does_not_read_the_customers_name(client, show, customer, theater):
    save(theater, "ticket_page.note", "Welcome, {name}!")
    booking = make_paid(show, 0, 1, customer=customer)
    ticket = booking.tickets.order_by("pk")[0]
    pass_on_ticket(booking=booking, ticket=ticket, name="Ravi Guest", email="ravi@example.com", by=customer)
    address = ticket_url(booking.tickets.get(attendee_email="ravi@example.com"))
    page = Client().get(urlsplit(address).path).content.decode()
    assert "Welcome, Ravi Guest!" in page
    assert "Asha" not in page


def test_a_page_without_them_says_nothing(client, show, customer):
    client.force_login(customer)
    booking = make_paid(show, 1, customer=customer)
    assert "own-words" not in client.get(booking.get_absolute_url()).content.decode()


def test_the_ticket_has_them(show, customer, theater):
    save(theater, "ticket.note", "Late seating in the **second** break, {show_time}")
    text = read_pdf(tickets_pdf(make_paid(show, 0, customer=customer)))
    assert "Late seating in the second break, " in " ".join(text.split())


def test_the_receipt_has_them(show, customer, theater):
    save(theater, "receipt.note", "Thank you\nand see you at {theater}")
    booking = make_paid(show, 0, customer=customer)
    assert write_words("receipt", booking, booking.theater, None) == "Thank you and see you at Riverside"


@pytest.mark.parametrize("name", sorted(read_groups()))
def test_no_value_breaks_a_preview(name: str, show, theater):
    """Every place of every group, those to come as well."""
    Theater.objects.filter(pk=theater.pk).update(name=HOSTILE[:160])
    theater.refresh_from_db()
    group = read_groups()[name]
    assert group.draw is not None
    words = {
        place.slot: {"text": "\n".join(f"{{{one}}}" for one in place.placeholders), "language": "en"}
        for place in group.places
    }
    preview = group.draw(theater, words, "en")
    assert "<script" not in preview.html + preview.part
    assert preview.html or preview.part or preview.text or preview.picture


def test_a_ticket_takes_the_longest_words():
    city = City(name="Vienna", time_zone="Europe/Vienna", country="AT")
    theater = Theater(name="Riverside", place="1 River Street", currency="EUR", city=city)
    assert sample_picture(theater, words=HOSTILE).startswith(b"\x89PNG")


def test_no_theater_reads_anothers_words(client, customer, other_theater, show, theater):
    save(other_theater, "confirmation.note", "Of the other one")
    save(other_theater, "booking_confirmed.closing", "Of the other one")
    booking: Booking = make_paid(show, 1, customer=customer)
    client.force_login(customer)
    assert "Of the other one" not in client.get(booking.get_absolute_url()).content.decode()
    assert "Of the other one" not in compose(Notification.objects.get(about=booking.code)).body
