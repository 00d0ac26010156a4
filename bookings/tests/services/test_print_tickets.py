"""Prints of tickets: recorded, counted, and again only for a reason."""

from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from bookings.errors import ReasonMissing, WrongState
from bookings.models import Booking, TicketPrint
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.services.print_tickets import SECOND_CLICK, print_tickets
from bookings.tickets.paper import printed_pdf
from events.models import Show
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.exchanges import exchange
from theaters.models import Theater
from theaters.stock import TicketStock

pytestmark = pytest.mark.django_db
ROLL, Reason = TicketStock.ROLL, TicketPrint.Reason


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6))


@pytest.fixture
def booking(show: Show) -> Booking:
    return make_paid(show, 0, 1, email="guest@example.com")


def read_text(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return "".join(page.get_textpage().get_text_range() for page in pdf)
    finally:
        pdf.close()


def later() -> time_machine.travel:
    return time_machine.travel(timezone.now() + SECOND_CLICK + timedelta(seconds=1))


def test_the_first_print_takes_all_tickets(booking: Booking, box_office: User):
    made = print_tickets(booking=booking, by=box_office, stock=ROLL)
    assert (made.copy, made.reason, made.stock, made.by) == (1, "", ROLL, box_office)
    assert set(made.tickets.all()) == set(booking.tickets.all())


def test_a_second_click_is_the_same_print(booking: Booking, box_office: User, manager: User):
    made = print_tickets(booking=booking, by=box_office, stock=ROLL)
    assert print_tickets(booking=booking, by=box_office, stock=ROLL) == made
    with pytest.raises(ReasonMissing):
        print_tickets(booking=booking, by=manager, stock=ROLL)
    assert TicketPrint.objects.get() == made


def test_it_is_printed_again_for_a_reason_and_counted(booking: Booking, box_office: User):
    first, _second = booking.tickets.order_by("pk")
    print_tickets(booking=booking, by=box_office, stock=ROLL, tickets=[first.pk])
    with later():
        # The other one was not printed yet.
        rest = print_tickets(booking=booking, by=box_office, stock=ROLL)
        assert (rest.copy, rest.tickets.count()) == (1, 1)
    with later(), later():
        with pytest.raises(ReasonMissing):
            print_tickets(booking=booking, by=box_office, stock=ROLL)
        again = print_tickets(booking=booking, by=box_office, stock=ROLL, reason=Reason.LOST)
    assert (again.copy, again.reason, again.tickets.count()) == (2, Reason.LOST, 2)


def test_after_an_exchange_the_new_ticket_is_printed(booking: Booking, show: Show, box_office: User):
    print_tickets(booking=booking, by=box_office, stock=ROLL)
    exchange(booking, show, 4, 5, by=box_office)
    # Also within the seconds in which a second click would come.
    made = print_tickets(booking=booking, by=box_office, stock=ROLL)
    assert made.copy == 1
    assert {ticket.seat.number for ticket in made.tickets.select_related("seat")} == {"5", "6"}


def test_a_ticket_that_was_passed_on_is_printed_only_if_it_is_chosen(booking: Booking, box_office: User):
    given = booking.tickets.first()
    assert given is not None
    given = pass_on_ticket(booking=booking, ticket=given, name="Ben", email="ben@example.com", by=None)
    made = print_tickets(booking=booking, by=box_office, stock=ROLL)
    assert given not in made.tickets.all()
    chosen = print_tickets(booking=booking, by=box_office, stock=ROLL, tickets=[given.pk])
    assert chosen.copy == 1
    assert given.code in read_text(printed_pdf(chosen))


def test_only_valid_tickets_are_printed(booking: Booking, show: Show, box_office: User):
    gone = booking.tickets.first()
    assert gone is not None
    cancel_tickets(booking=booking, tickets=[gone], by=box_office, reason="ill")
    with pytest.raises(WrongState):
        print_tickets(booking=booking, by=box_office, stock=ROLL, tickets=[gone.pk])
    with pytest.raises(WrongState):
        print_tickets(booking=make_hold(show, 4, email="a@example.com"), by=box_office, stock=ROLL)
    other = make_paid(show, 5, email="b@example.com").tickets.get()
    with pytest.raises(WrongState):
        print_tickets(booking=booking, by=box_office, stock=ROLL, tickets=[other.pk])
    assert not TicketPrint.objects.exists()


def test_tickets_of_a_show_that_has_begun_are_printed(booking: Booking, show: Show, box_office: User):
    with time_machine.travel(show.ends_at + timedelta(minutes=1)):
        assert print_tickets(booking=booking, by=box_office, stock=ROLL).tickets.count() == 2


def test_the_database_keeps_prints_and_asks_for_the_reason(booking: Booking, box_office: User):
    made = print_tickets(booking=booking, by=box_office, stock=ROLL)
    with pytest.raises(IntegrityError, match="ticket_print_fixed"), transaction.atomic():
        TicketPrint.objects.update(copy=1)
    with pytest.raises(IntegrityError, match="ticket_print_kept"), transaction.atomic():
        TicketPrint.objects.filter(pk=made.pk)._raw_delete("default")
    with pytest.raises(IntegrityError, match="ticket_print_again_for_a_reason"), transaction.atomic():
        TicketPrint.objects.create(booking=booking, stock=ROLL, copy=2, by=box_office)
