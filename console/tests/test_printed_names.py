"""The console warns of letters that tickets can't show, and saves them all the same."""

import pytest
from django.urls import reverse

from accounts.models import User
from bookings.services.details import name_tickets
from events.models import TicketType
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
HIEROGLYPH = "\U00013000"


@pytest.mark.parametrize(("name", "is_warned"), [(f"Ra {HIEROGLYPH}", True), ("王小明 🎭", False), ("Kind", False)])
def test_saving_a_name_warns(name: str, is_warned: bool, theater: Theater, manager: User):
    page = reverse("admin:events_tickettype_add")
    given = {"theater": theater.pk, "name": name, "who": "", "order": 1}
    answer = signed_in(manager).post(page, given, follow=True).content.decode()
    assert TicketType.objects.get().name == name
    assert (f"Tickets show � for {HIEROGLYPH} in “Ra {HIEROGLYPH}”: no typeface has it." in answer) == is_warned


def test_printing_warns(theater: Theater, box_office: User):
    booking = make_paid(make_show(hall=make_hall(theater=theater)), 0, email="a@example.com")
    page = reverse("admin:print_tickets", args=[booking.code])
    client = signed_in(box_office)
    assert "no typeface has it" not in client.get(page).content.decode()
    named = {ticket.pk: f"Nut {HIEROGLYPH}" for ticket in booking.tickets.all()}
    name_tickets(booking=booking, names=named, by=box_office, reason="asked")
    assert f"for {HIEROGLYPH} in “Nut {HIEROGLYPH}”" in client.get(page).content.decode()
    assert client.post(page, follow=True)["Content-Type"] == "application/pdf"
