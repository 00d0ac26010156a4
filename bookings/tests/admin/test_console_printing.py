"""Printing tickets in the console: by whom, on what, and once more for a reason."""

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, TicketPrint
from bookings.services.cancel import cancel_tickets
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.receipt_printer import read_escpos
from theaters.models import Theater
from theaters.stock import TicketStock

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(theater: Theater) -> Booking:
    return make_paid(make_show(hall=make_hall(theater=theater)), 0, 1, email="guest@example.com")


def printing(booking: Booking) -> str:
    return reverse("admin:print_tickets", args=[booking.code])


def read_pdf(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range().replace("\u200b", "") for page in pdf]
    finally:
        pdf.close()


@pytest.mark.slow
def test_sellers_print_on_the_theaters_stock_and_again_for_a_reason(booking: Booking, box_office: User):
    Theater.objects.update(ticket_stock=TicketStock.SMALL_CARD)
    client = signed_in(box_office)
    first = client.post(printing(booking))
    made = TicketPrint.objects.get()
    assert first["Location"] == reverse("admin:printed_tickets", args=[made.key])
    answer = client.get(first["Location"])
    assert answer["Content-Type"] == "application/pdf"
    pages = read_pdf(answer.content)
    assert len(pages) == 2
    assert "copy" not in pages[0]

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        refused = client.post(printing(booking))
        assert refused.status_code == 422
        assert "Say why they are printed again." in refused.content.decode()
        (ticket, _other) = booking.tickets.all()
        given = {"tickets": [ticket.pk], "stock": "a4_4", "format": "pdf", "reason": "lost"}
        pages = read_pdf(client.get(client.post(printing(booking), given)["Location"]).content)
    assert len(pages) == 1
    assert "copy 2" in pages[0]
    assert ticket.code in pages[0]

    story = client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    for told in ("Tickets printed, copy 2", "Reason: lost or forgotten", "printed 2 times", "A4, four tickets a page"):
        assert told in story, told


def test_a_file_is_open_for_a_while_and_to_its_maker(booking: Booking, box_office: User, manager: User):
    client = signed_in(box_office)
    file = client.post(printing(booking))["Location"]
    assert signed_in(manager).get(file).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert client.get(file)["Location"] == printing(booking)


def test_a_canceled_ticket_is_not_printed_from_an_old_file(booking: Booking, box_office: User):
    client = signed_in(box_office)
    file = client.post(printing(booking))["Location"]
    cancel_tickets(booking=booking, tickets=list(booking.tickets.all()), by=box_office, reason="ill")
    assert client.get(file)["Location"] == printing(booking)


def test_receipt_printers_take_rolls(booking: Booking, box_office: User):
    answer = signed_in(box_office).post(printing(booking), {"stock": "card_8x3", "format": "escpos"})
    assert answer.status_code == 422
    assert "A receipt printer prints on a roll." in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tickets", "x"),
        ("tickets", "\0"),
        ("stock", "papyrus"),
        ("format", "fax"),
        ("reason", "because"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(field: str, value: str, booking: Booking, box_office: User):
    answer = signed_in(box_office).post(printing(booking), {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not TicketPrint.objects.exists()


@pytest.mark.parametrize("role", ["programmer", "accountant", "door_staff", "other_manager"])
def test_others_print_nothing(role: str, booking: Booking, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(printing(booking)).status_code == 404
    assert client.post(printing(booking)).status_code == 404
    assert not TicketPrint.objects.exists()


def test_the_booking_and_its_ticket_lead_there(booking: Booking, box_office: User, accountant: User, client: Client):
    story = reverse("admin:bookings_booking_change", args=[booking.pk])
    ticket = booking.tickets.first()
    assert ticket is not None
    page = reverse("admin:bookings_ticket_change", args=[ticket.pk])
    seller = signed_in(box_office)
    assert printing(booking) in seller.get(story).content.decode()
    assert printing(booking) not in signed_in(accountant).get(story).content.decode()
    held = make_hold(ticket.show, 5, email="a@example.com")
    assert printing(held) not in seller.get(reverse("admin:bookings_booking_change", args=[held.pk])).content.decode()
    leads = reverse("admin:bookings_ticket_print_again", args=[ticket.pk])
    assert leads in seller.get(page).content.decode()
    assert leads not in signed_in(accountant).get(page).content.decode()
    form = seller.get(leads, follow=True).context["form"]
    assert form.initial.get("tickets", form.fields["tickets"].initial) == [ticket]
    again = reverse("admin:bookings_ticket_send_again", args=[ticket.pk])
    assert seller.get(again)["Location"] == reverse("admin:bookings_booking_resend", args=[booking.pk])


def test_the_statements_of_the_form_do_not_grow(booking: Booking, box_office: User, django_assert_max_num_queries: Any):
    client = signed_in(box_office)
    client.get(printing(booking))
    show = booking.shows[0]
    many = make_paid(show, 2, 3, 4, 5, email="b@example.com")
    with django_assert_max_num_queries(12):
        client.get(printing(many))


def test_a_test_print_is_a_sample(theater: Theater, manager: User, other_manager: User, programmer: User):
    sample = reverse("admin:test_print", args=[theater.slug])
    client = signed_in(manager)
    leads = reverse("admin:theaters_theater_test_print", args=[theater.pk])
    assert leads in client.get(reverse("admin:theaters_theater_change", args=[theater.pk])).content.decode()
    assert client.get(leads)["Location"] == sample
    (page,) = read_pdf(client.get(sample).content)
    assert "sample, not valid" in page
    assert signed_in(other_manager).get(sample).status_code == 404
    # Receipt printers take rolls.
    for_printer = reverse("admin:theaters_theater_test_print_roll", args=[theater.pk])
    assert for_printer not in client.get(reverse("admin:theaters_theater_change", args=[theater.pk])).content.decode()
    Theater.objects.update(ticket_stock=TicketStock.ROLL)
    assert for_printer in client.get(reverse("admin:theaters_theater_change", args=[theater.pk])).content.decode()
    assert read_escpos(client.get(for_printer, follow=True).content).cuts == 1
    assert signed_in(programmer).get(sample).status_code == 404
