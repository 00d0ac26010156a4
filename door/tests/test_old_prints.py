"""An old print admits to the new place until the customer has the new ticket in hand or in the mail."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.details import correct_contact
from bookings.services.pass_on import pass_on_ticket
from bookings.services.print_tickets import print_tickets
from bookings.tickets.codes import sign
from box_office.sale import hold_at_counter, send_to, take_money
from door.check_in import check_in
from door.models import CheckIn
from events.models import Show
from notifications.models import Notification
from notifications.sending import send
from testing.bookings import choose
from testing.builders import make_event, make_hall, make_show
from testing.exchanges import exchange, pay
from theaters.models import Theater
from theaters.stock import TicketStock

pytestmark = pytest.mark.django_db
Reason, Result = CheckIn.Reason, CheckIn.Result


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6), in_hours=1)


@pytest.fixture
def sold(show: Show, box_office: User) -> Booking:
    """Two tickets bought at the counter, without an address to mail anything to."""
    hold = hold_at_counter(show=show, seller=box_office, cart=uuid4().hex, seats=choose(show, 0, 1))
    return take_money(hold=hold, gateway="terminal", seller=box_office)


def paper_of(booking: Booking) -> list[str]:
    return [sign(ticket) for ticket in booking.tickets.issued().select_related("show").order_by("pk")]


def scan(paper: str, by: User, **more: object) -> CheckIn:
    return check_in(qr=paper, gate="", by=by, **more)  # type: ignore[arg-type]


def test_a_moved_tickets_old_print_admits_to_the_new_seat_once(sold: Booking, show: Show, box_office: User):
    old, other = paper_of(sold)
    exchange(sold, show, 4, 5, by=box_office)
    first = scan(old, box_office)
    assert (first.result, first.ticket.seat.number, first.ticket.state) == (Result.ADMITTED, "5", Ticket.State.ISSUED)
    assert scan(old, box_office).result == Result.ALREADY_IN
    second = scan(other, box_office)
    assert (second.result, second.ticket.seat.number) == (Result.ADMITTED, "6")
    # The new prints come after all, and were used already.
    for paper in paper_of(sold):
        assert scan(paper, box_office).result == Result.ALREADY_IN


def test_printing_the_new_ticket_ends_the_old_one(sold: Booking, show: Show, box_office: User):
    old, _other = paper_of(sold)
    exchange(sold, show, 4, 5, by=box_office)
    print_tickets(booking=sold, by=box_office, stock=TicketStock.A4_FOUR)
    refused = scan(old, box_office)
    assert (refused.result, refused.reason, refused.ticket.seat.number) == (Result.NOT_VALID, Reason.REPLACED, "1")
    assert [scan(paper, box_office).result for paper in paper_of(sold)] == [Result.ADMITTED] * 2


def test_a_new_ticket_in_the_mail_ends_the_old_one(sold: Booking, show: Show, box_office: User):
    old, other = paper_of(sold)
    send_to(booking=sold, email="asha@example.com", seller=box_office)
    send(Notification.objects.get(kind="booking_confirmed").pk)
    exchange(sold, show, 4, 5, by=box_office)
    # What was mailed before were the old tickets.
    assert scan(old, box_office).result == Result.ADMITTED
    send(Notification.objects.exclude(state="sent").get(kind="booking_confirmed").pk)
    refused = scan(other, box_office)
    assert (refused.result, refused.reason) == (Result.NOT_VALID, Reason.REPLACED)


def test_a_bounced_mail_leaves_the_old_print_valid(sold: Booking, show: Show, box_office: User):
    old, _other = paper_of(sold)
    send_to(booking=sold, email="asha@example.com", seller=box_office)
    exchange(sold, show, 4, 5, by=box_office)
    Notification.objects.update(state="sent", delivery="bounced")
    assert scan(old, box_office).result == Result.ADMITTED


def test_after_an_exchange_the_old_print_is_for_the_new_show(
    sold: Booking, show: Show, theater: Theater, box_office: User
):
    old, other = paper_of(sold)
    dearer = make_show(hall=make_hall(theater=theater), event=make_event("Macbeth"), price="35.00", in_hours=2)
    pay(exchange(sold, dearer, 0, 1, by=box_office))
    elsewhere = scan(old, box_office, shows=[show])
    assert (elsewhere.result, elsewhere.reason, elsewhere.ticket.show) == (Result.NOT_VALID, Reason.OTHER_SHOW, dearer)
    assert [scan(paper, box_office, shows=[dearer]).result for paper in (old, other)] == [Result.ADMITTED] * 2


def test_tickets_passed_on_admit_nobody_by_their_old_print(sold: Booking, box_office: User):
    old, _other = paper_of(sold)
    correct_contact(booking=sold, name="Ben", email="ben@example.com", by=box_office, reason="a gift")
    refused = scan(old, box_office)
    assert (refused.result, refused.reason) == (Result.NOT_VALID, Reason.REPLACED)
    assert [scan(paper, box_office).result for paper in paper_of(sold)] == [Result.ADMITTED] * 2


def test_a_moved_ticket_of_a_friend_counts_as_mailed_by_the_friends_mail(sold: Booking, show: Show, box_office: User):
    first, second = sold.tickets.issued().order_by("pk")
    friends = pass_on_ticket(booking=sold, ticket=first, name="Ben", email="ben@example.com", by=None)
    assert scan(sign(first), box_office).reason == Reason.REPLACED
    exchange(sold, show, 4, 5, by=box_office, tickets=[friends, second])
    mail = Notification.objects.filter(kind="ticket_passed_on").latest("pk")
    assert send(mail.pk) is not None
    refused = scan(sign(friends), box_office)
    assert (refused.result, refused.reason) == (Result.NOT_VALID, Reason.REPLACED)
    # The other one's new ticket has reached nobody.
    assert scan(sign(second), box_office).result == Result.ADMITTED


def test_a_repeated_call_is_answered_as_before(sold: Booking, show: Show, box_office: User):
    old, _other = paper_of(sold)
    exchange(sold, show, 4, 5, by=box_office)
    first = scan(old, box_office, key="k1")
    print_tickets(booking=sold, by=box_office, stock=TicketStock.A4_FOUR)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert scan(old, box_office, key="k1") == first
