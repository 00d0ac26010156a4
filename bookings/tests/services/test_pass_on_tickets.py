"""Tickets that pass to another person get new codes, and the old ones no longer admit anyone."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from bookings.access import guest_token
from bookings.models import Ticket
from bookings.services.details import correct_contact, name_tickets
from bookings.services.move_tickets import move_tickets
from bookings.tickets.codes import sign
from door.check_in import check_in
from door.models import CheckIn
from notifications.models import Notification
from testing.bookings import choose, choose_standing, make_paid
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db
Reason, Result = CheckIn.Reason, CheckIn.Result


@pytest.fixture
def show(theater):
    return make_show(hall=make_hall(theater=theater, standing=5), in_hours=1)


@pytest.fixture
def booking(show, customer):
    made = make_paid(show, 0, 1, customer=customer, email=customer.email, areas=choose_standing(show, 1))
    made.name = "Asha Customer"
    made.save(update_fields=["name"])
    made.tickets.update(attendee_name="Asha Customer")
    return made


def issued(booking):
    return list(booking.tickets.issued().select_related("show", "seat", "area").order_by("seat__position", "pk"))


def pass_on(booking, manager, **changes):
    given = {"name": "Ravi", "email": "ravi@example.com", "reason": "passed on", "send_tickets": True, **changes}
    return correct_contact(booking=booking, by=manager, **given)


def test_the_old_ticket_no_longer_admits_and_says_that_it_was_replaced(booking, manager, door_staff):
    before = issued(booking)
    pass_on(booking, manager)
    after = issued(booking)
    assert [ticket.label for ticket in after] == [ticket.label for ticket in before]
    assert [ticket.price for ticket in after] == [ticket.price for ticket in before]
    assert not {ticket.code for ticket in after} & {ticket.code for ticket in before}
    assert {ticket.attendee_name for ticket in after} == {"Ravi"}
    for ticket in before:
        found = check_in(qr=sign(ticket), gate="", by=door_staff)
        assert (found.result, found.reason) == (Result.NOT_VALID, Reason.REPLACED)
    for ticket in after:
        assert check_in(qr=sign(ticket), gate="", by=door_staff).result == Result.ADMITTED
    assert Notification.objects.get(recipient="ravi@example.com").attachments[0] == ["tickets.pdf", booking.code]
    entry = AuditEntry.objects.get(action="correct contact")
    assert set(entry.before["tickets"]) == {ticket.code for ticket in before}
    assert set(entry.after["tickets"]) == {ticket.code for ticket in after}


@pytest.mark.slow
def test_the_booking_leaves_the_account_and_opens_by_a_link_sent_to_the_new_address(
    booking, manager, customer, client, rival
):
    client.force_login(customer)
    assert client.get(booking.get_absolute_url()).status_code == 200
    passed = pass_on(booking, manager, email=rival.email)
    assert passed.customer is None
    assert passed.contact_email == rival.email
    assert client.get(booking.get_absolute_url()).status_code == 404
    assert client.get(reverse("bookings:guest", args=[guest_token(passed)])).status_code == 302
    # It joins the account that has proven the address.
    Client().post(reverse("account_login"), {"login": rival.email, "password": "correct horse battery"})
    passed.refresh_from_db()
    assert passed.customer == rival


def test_a_corrected_name_keeps_the_tickets_unless_they_pass_on(booking, manager, customer):
    codes = {ticket.code for ticket in issued(booking)}
    pass_on(booking, manager, name="Asha C.", email=customer.email)
    assert {ticket.code for ticket in issued(booking)} == codes
    assert {ticket.attendee_name for ticket in issued(booking)} == {"Asha C."}
    booking.refresh_from_db()
    assert booking.customer == customer
    pass_on(booking, manager, name="Ravi", email=customer.email, is_passed_on=True)
    assert not {ticket.code for ticket in issued(booking)} & codes


def test_a_repeated_call_replaces_nothing(booking, manager):
    pass_on(booking, manager)
    codes = [ticket.code for ticket in issued(booking)]
    pass_on(booking, manager, is_passed_on=True)
    assert [ticket.code for ticket in issued(booking)] == codes


def test_only_tickets_with_another_name_are_replaced(booking, manager, door_staff):
    first, second, third = issued(booking)
    names = {first.pk: "Ravi", second.pk: "Asha Customer", third.pk: ""}
    name_tickets(booking=booking, names=names, by=manager, reason="asked", is_passed_on=True)
    assert second.code in {ticket.code for ticket in issued(booking)}
    assert not {first.code, third.code} & {ticket.code for ticket in issued(booking)}
    found = check_in(qr=sign(first), gate="", by=door_staff)
    assert found.reason == Reason.REPLACED


def test_a_used_ticket_keeps_its_code(booking, manager, door_staff):
    used, *others = issued(booking)
    check_in(qr=sign(used), gate="", by=door_staff)
    pass_on(booking, manager)
    codes = {ticket.code for ticket in issued(booking)}
    assert used.code in codes
    assert not {ticket.code for ticket in others} & codes


def test_a_ticket_that_was_moved_says_so_too_until_its_successor_is_canceled(booking, manager, door_staff, show):
    first = issued(booking)[0]
    move_tickets(booking=booking, tickets=[first], seats=choose(show, 4), by=manager, reason="asked")
    Notification.objects.update(state=Notification.State.SENT)
    assert check_in(qr=sign(first), gate="", by=door_staff).reason == Reason.REPLACED
    Ticket.objects.filter(moved_from=first).update(state=Ticket.State.CANCELED)
    assert check_in(qr=sign(first), gate="", by=door_staff).reason == Reason.CANCELED


def test_a_second_click_wipes_no_names(booking, manager, client):
    client.force_login(manager)
    page = reverse("admin:bookings_booking_names", args=[booking.pk])
    first, second, third = issued(booking)
    given = {f"ticket-{first.pk}": "Ravi", f"ticket-{second.pk}": "Mo", f"ticket-{third.pk}": "Li"}
    given |= {"reason": "asked", "is_passed_on": "on"}
    for _click in range(2):
        assert client.post(page, given).status_code == 302
    assert {ticket.attendee_name for ticket in issued(booking)} == {"Ravi", "Mo", "Li"}
