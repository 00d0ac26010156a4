"""A customer passes one ticket on to a friend, and takes it back."""

import json

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.privacy import erase_person, export_person
from bookings.access import is_open_to_holder, read_ticket_token, ticket_url
from bookings.errors import WrongState
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.details import correct_contact, name_tickets
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.move_tickets import move_tickets
from bookings.services.pass_on import NotPassable, pass_on_ticket, take_back_ticket
from bookings.tickets.codes import sign
from bookings.tickets.documents import read_tickets
from door.check_in import check_in
from door.models import CheckIn
from events.models import Show, TicketType
from notifications.models import Notification
from notifications.sending import send
from payments.models import Refund
from testing.api_client import ApiClient
from testing.bookings import choose, choose_standing, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
FRIEND = "friend@example.com"
Reason, Result = CheckIn.Reason, CheckIn.Result


@pytest.fixture
def show(theater):
    return make_show(hall=make_hall(theater=theater, standing=5), in_hours=1, refund_hours=0)


@pytest.fixture
def booking(show, customer):
    return make_paid(show, 0, 1, customer=customer, email=customer.email, areas=choose_standing(show, 1))


def issued(booking: Booking) -> list[Ticket]:
    return list(booking.tickets.issued().select_related("show", "seat", "area").order_by("seat__position", "pk"))


def pass_on(ticket: Ticket, name: str = "Ravi Friend", email: str = FRIEND) -> Ticket:
    booking = ticket.booking
    return pass_on_ticket(booking=booking, ticket=ticket, name=name, email=email, by=booking.customer)


def opened(path_of: Ticket) -> Ticket:
    """Return the ticket that the link of its holder opens now."""
    return read_ticket_token(ticket_url(path_of).rstrip("/").rpartition("/")[2])


def mail_to(address: str) -> list[str]:
    return list(Notification.objects.filter(recipient=address).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("at", [0, 2])
def test_the_friend_has_a_new_code_and_the_old_one_ends(booking, at, door_staff):
    before = issued(booking)[at]
    after = pass_on(before, email=" Friend@Example.com ")
    assert (after.attendee_name, after.attendee_email) == ("Ravi Friend", FRIEND)
    assert (after.label, after.price, after.booking_id) == (before.label, before.price, booking.pk)
    assert after.code != before.code
    found = check_in(qr=sign(before), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.REPLACED)
    assert check_in(qr=sign(after), gate="", by=door_staff).result == Result.ADMITTED
    # The other tickets are as they were, and the customer's documents have no code of the friend's.
    assert len(issued(booking)) == 3
    valid = [ticket.code for ticket in read_tickets(booking.code) if ticket.state == Ticket.State.ISSUED]
    assert len(valid) == 2
    assert after.code not in valid


def test_the_friend_is_sent_the_ticket_and_the_story_knows(booking, customer):
    before = issued(booking)[0]
    after = pass_on(before)
    message = Notification.objects.get(recipient=FRIEND)
    assert (message.kind, message.about) == ("ticket_passed_on", booking.code)
    send(message.pk)
    sent = mail.outbox[-1]
    assert sent.to == [FRIEND]
    assert [name for name, *_ in sent.attachments] == ["ticket.pdf", "calendar.ics"]
    assert ticket_url(after) in sent.body
    assert booking.get_absolute_url() not in sent.body
    entry = AuditEntry.objects.get(action="pass on ticket")
    assert (entry.by, entry.theater_id) == (customer, booking.theater_id)
    assert entry.after["attendee_email"] == FRIEND
    assert before.code in entry.before["tickets"]
    assert after.code in entry.after["tickets"]


def test_a_message_that_waited_too_long_carries_no_ticket(booking):
    after = pass_on(issued(booking)[0])
    message = Notification.objects.get(recipient=FRIEND)
    take_back_ticket(booking=booking, ticket=after, by=None)
    send(message.pk)
    [sent] = [one for one in mail.outbox if one.to == [FRIEND]]
    [(name, content, _type)] = sent.attachments
    assert name == "calendar.ics"
    assert "STATUS:CANCELLED" in content


def test_a_repeated_call_changes_nothing(booking):
    before = issued(booking)[0]
    after = pass_on(before)
    assert pass_on(before) == after
    assert pass_on(after) == after
    assert Ticket.objects.filter(booking=booking).count() == 4
    assert mail_to(FRIEND) == ["ticket_passed_on"]
    with pytest.raises(WrongState):
        pass_on(before, email="other@example.com")


def test_it_can_be_passed_on_again_and_taken_back(booking, door_staff):
    first = pass_on(issued(booking)[0])
    second = pass_on(first, "Li", "li@example.com")
    assert not is_open_to_holder(opened(first))
    assert is_open_to_holder(opened(second))
    assert mail_to(FRIEND) == ["ticket_passed_on", "ticket_withdrawn"]
    third = take_back_ticket(booking=booking, ticket=second, by=None)
    assert (third.attendee_email, third.is_passed_on) == ("", False)
    assert not is_open_to_holder(opened(second))
    assert mail_to("li@example.com") == ["ticket_passed_on", "ticket_withdrawn"]
    assert take_back_ticket(booking=booking, ticket=third, by=None) == third
    assert AuditEntry.objects.filter(action="take back ticket").count() == 1
    for old in (first, second):
        assert check_in(qr=sign(old), gate="", by=door_staff).reason == Reason.REPLACED


def _use(ticket: Ticket, by: object) -> None:
    assert check_in(qr=sign(ticket), gate="", by=by).result == Result.ADMITTED


REFUSED = {
    "used": (_use, "This ticket was used at the door."),
    "show canceled": (
        lambda ticket, by: Show.objects.filter(pk=ticket.show_id).update(state=Show.State.CANCELED),
        "The show is canceled.",
    ),
    "personal": (
        lambda ticket, by: TicketType.objects.update(is_personal=True),
        "Tickets of this kind are personal and can’t be passed on.",
    ),
    "forbidden": (
        lambda ticket, by: Theater.objects.update(allows_passing_on=False),
        "At this theater, tickets can’t be passed on.",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_it_is_refused(booking, door_staff, why):
    ticket = issued(booking)[0]
    happen, words = REFUSED[why]
    happen(ticket, door_staff)
    with pytest.raises(NotPassable, match=words):
        pass_on(ticket)
    assert issued(booking)[0].code == ticket.code
    assert mail_to(FRIEND) == []


def test_it_is_refused_once_the_show_is_over(booking):
    ticket = issued(booking)[0]
    with time_machine.travel(ticket.show.ends_at), pytest.raises(NotPassable, match=r"The show is over."):
        pass_on(ticket)


def test_a_canceled_ticket_is_refused(booking):
    ticket = issued(booking)[0]
    cancel_tickets(booking=booking, tickets=[ticket], by=None)
    with pytest.raises(WrongState):
        pass_on(ticket)


def test_a_ticket_whose_exchange_waits_for_its_surcharge_is_refused(booking, theater):
    ticket = issued(booking)[0]
    dear = make_show(hall=make_hall(theater=theater), price="90")
    exchange_tickets(booking=booking, wish=ExchangeWish([ticket], dear, choose(dear, 0)), by=None)
    with pytest.raises(NotPassable, match="being exchanged"):
        pass_on(ticket)


def test_the_theater_forbids_it_later_and_the_ticket_still_goes_back(booking):
    after = pass_on(issued(booking)[0])
    Theater.objects.update(allows_passing_on=False)
    assert not take_back_ticket(booking=booking, ticket=after, by=None).is_passed_on


def test_a_refund_goes_to_the_customer_and_the_friend_is_told(booking, customer):
    after = pass_on(issued(booking)[0])
    refund = cancel_tickets(booking=booking, tickets=[after], by=customer)
    assert refund is not None
    assert Refund.objects.get().payment.booking == booking
    assert mail_to(FRIEND) == ["ticket_passed_on", "ticket_withdrawn"]
    assert "booking_canceled" in mail_to(customer.email)
    assert not is_open_to_holder(opened(after))


def test_other_seats_and_other_shows_are_the_friends_too(booking, manager, show, theater):
    after = pass_on(issued(booking)[0])
    move_tickets(booking=booking, tickets=[after], seats=choose(show, 4), by=manager)
    moved = opened(after)
    assert (moved.label, moved.attendee_email) == ("Stalls, row B, seat 1", FRIEND)
    assert is_open_to_holder(moved)
    other = make_show(hall=make_hall(theater=theater))
    exchange_tickets(booking=booking, wish=ExchangeWish([moved], other, choose(other, 0)), by=manager)
    taken = booking.tickets.issued().get(show=other)
    assert (taken.attendee_name, taken.attendee_email) == ("Ravi Friend", FRIEND)
    assert mail_to(FRIEND) == ["ticket_passed_on"] * 3


def test_a_corrected_address_leaves_it_with_the_friend(booking, manager):
    after = pass_on(issued(booking)[0])
    changed = {"name": "Asha", "email": "asha@example.com", "by": manager, "reason": "typed wrongly"}
    correct_contact(booking=booking, **changed)
    after.refresh_from_db()
    assert after.state == Ticket.State.ISSUED
    assert is_open_to_holder(opened(after))


def test_staff_who_pass_it_on_end_the_friends_link(booking, manager):
    after = pass_on(issued(booking)[0])
    name_tickets(booking=booking, names={after.pk: "Li"}, by=manager, reason="asked", is_passed_on=True)
    assert not is_open_to_holder(opened(after))
    assert mail_to(FRIEND) == ["ticket_passed_on", "ticket_withdrawn"]
    assert booking.tickets.issued().get(attendee_name="Li").attendee_email == ""


@pytest.mark.slow
def test_the_friends_data_is_theirs(booking, rival):
    after = pass_on(issued(booking)[0], email=rival.email)
    [told] = export_person(rival)["tickets_passed_on_to_you"]
    assert told["code"] == after.code
    assert "price" not in told
    erase_person(user=rival)
    after.refresh_from_db()
    assert (after.attendee_name, after.attendee_email) == ("", "")
    entry = AuditEntry.objects.get(action="pass on ticket")
    assert rival.email not in json.dumps([entry.before, entry.after])


def test_the_api_gives_its_code_to_nobody_else(booking, customer):
    after = pass_on(issued(booking)[0])
    found = ApiClient(customer).get(f"/bookings/{booking.code}").json()["tickets"]
    [passed_on] = [ticket for ticket in found if ticket["passed_on"]]
    assert (passed_on["code"], passed_on["qr"]) == (after.code, None)
    assert all(ticket["qr"] for ticket in found if ticket["state"] == "issued" and not ticket["passed_on"])


def test_staff_see_both(booking, manager, client):
    pass_on(issued(booking)[0])
    client.force_login(manager)
    page = client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    assert "Ravi Friend" in page
    assert FRIEND in page
    assert "Ticket passed on" in page
