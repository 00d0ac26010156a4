"""What a gate's device takes along: all that decides, and no more than the theater allows."""

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.move_tickets import move_tickets
from bookings.services.print_tickets import print_tickets
from bookings.tickets.codes import public_keys, sign
from door.check_in import check_in
from door.models import CheckIn
from events.models import Show
from testing.bookings import choose, choose_standing, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import StaffMembership, Theater
from theaters.stock import TicketStock

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=10), in_hours=1)


@pytest.fixture
def ticket(show: Show) -> Ticket:
    booking = make_paid(show, 0, 1, email="asha@example.com")
    Booking.objects.filter(pk=booking.pk).update(name="Asha Rao", phone="0123456789")
    return booking.tickets.select_related("show", "seat").first()


@pytest.fixture
def staff(client: Client, door_staff) -> Client:
    client.force_login(door_staff)
    return client


def address(*shows: Show) -> str:
    return f"{reverse('door:list')}?{urlencode([('show', show.code) for show in shows])}"


def tickets_of(response) -> dict[str, dict]:
    return {one["code"]: one for one in response.json()["tickets"]}


def test_it_has_what_decides(staff, show, ticket, theater):
    standing = make_paid(show, areas=choose_standing(show, 1), email="ravi@example.com").tickets.get()
    held = make_hold(show, 3, email="ravi@example.com").tickets.get()
    response = staff.get(address(show))
    content, tickets = response.json(), tickets_of(response)
    assert content["keys"] == public_keys()
    (described,) = content["shows"]
    assert (described["code"], described["allows_reentry"], described["may_overrule"]) == (show.code, True, False)
    assert described["opens_at"] == show.admits_from.isoformat()
    assert content["expires_at"] == (show.ends_at + timedelta(hours=2)).isoformat()
    assert tickets[ticket.code] == {
        "code": ticket.code, "show": show.code, "booking": ticket.booking.code, "refusal": "", "stands_for": "",
        "place": "Stalls, row A, seat 1", "seat": "A 1", "access": "", "type": "Adult", "proof": "",
        "is_moved": False, "passed": None,
    }  # fmt: skip
    assert (tickets[standing.code]["place"], tickets[held.code]["refusal"]) == ("Floor", "not_issued")
    assert "no-store" in response["Cache-Control"]


def test_no_names_unless_the_theater_wants_them(staff, show, ticket, theater):
    text = staff.get(address(show)).content.decode()
    for personal in ("Asha", "asha@example.com", "0123456789"):
        assert personal not in text
    Theater.objects.filter(pk=theater.pk).update(keeps_names_at_door=True)
    response = staff.get(address(show))
    assert tickets_of(response)[ticket.code]["name"] == "Asha Rao"
    assert "asha@example.com" not in response.content.decode()


def test_old_codes_stand_for_new_ones_until_these_have_arrived(staff, show, manager):
    later = make_show(hall=show.hall, in_hours=8)
    booking = make_paid(later, 0, email="asha@example.com")
    for seat in (1, 2):
        issued = list(booking.tickets.issued().select_related("show__hall__theater"))
        move_tickets(booking=booking, tickets=issued, seats=choose(later, seat), by=manager)
    first, second, newest = booking.tickets.order_by("pk").values_list("code", flat=True)

    def read():
        tickets = tickets_of(staff.get(address(later)))
        return [(tickets[code]["stands_for"], tickets[code]["refusal"]) for code in (first, second, newest)]

    assert read() == [(newest, ""), (newest, ""), ("", "")]
    print_tickets(booking=booking, by=manager, stock=TicketStock.A4_ONE)
    assert read() == [("", "replaced"), ("", "replaced"), ("", "")]
    cancel_tickets(booking=booking, by=manager, amount=Decimal(0))
    assert read() == [("", "canceled")] * 3


def test_it_knows_who_is_in(staff, show, ticket, door_staff):
    for direction in ("in", "out"):
        check_in(qr=sign(ticket), gate="North", by=door_staff, direction=direction)
    passed = tickets_of(staff.get(address(show)))[ticket.code]["passed"]
    last = CheckIn.objects.get(passage=2)
    assert passed == {"direction": "out", "at": last.at.isoformat(), "gate": "North"}


def test_both_gates_are_told_of_a_conflict(staff, show, ticket, door_staff):
    now = timezone.now()
    for gate, minutes in (("South", 5), ("North", 9)):
        check_in(qr=sign(ticket), gate=gate, by=door_staff, scanned_at=now - timedelta(minutes=minutes))
    (conflict,) = staff.get(address(show)).json()["conflicts"]
    assert conflict["place"] == "Stalls, row A, seat 1"
    assert [one["gate"] for one in conflict["gates"]] == ["North", "South"]
    assert conflict["id"] == CheckIn.objects.conflicts().get().pk
    assert conflict["reason"] == "already in"


def test_unchanged_it_is_not_sent_again(staff, show, ticket, door_staff):
    first = staff.get(address(show))
    again = staff.get(address(show), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Door-Time"] > first["Door-Time"]
    check_in(qr=sign(ticket), gate="", by=door_staff)
    assert staff.get(address(show), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_another_sign_in_is_told_apart(staff, show, door_staff, manager):
    first = staff.get(address(show)).json()["holder"]
    staff.force_login(door_staff)
    staff.logout()
    staff.force_login(door_staff)
    second = staff.get(address(show)).json()["holder"]
    assert first["person"] == second["person"]
    assert first["session"] != second["session"]
    staff.force_login(manager)
    assert staff.get(address(show)).json()["holder"]["person"] != first["person"]
    assert str(manager.pk) != staff.get(address(show)).json()["holder"]["person"]


@pytest.mark.parametrize("person", ["customer", "programmer", "accountant"])
def test_it_is_for_door_staff(person, client, show, ticket, request):
    assert client.get(address(show)).status_code == 401
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(show)).status_code == 403


def test_who_works_here_no_more_is_refused(staff, show, ticket, door_staff):
    StaffMembership.objects.filter(user=door_staff).delete()
    assert staff.get(address(show)).status_code == 403


def test_only_shows_of_ones_own_theaters(client, other_manager, other_theater, show, ticket):
    client.force_login(other_manager)
    assert client.get(address(show)).status_code == 404
    here = make_show(hall=make_hall(theater=other_theater), in_hours=1)
    response = client.get(address(here, show))
    assert [one["code"] for one in response.json()["shows"]] == [here.code]
    assert ticket.code not in json.dumps(response.json())


def test_statements(staff, show, ticket, door_staff, django_assert_max_num_queries):
    check_in(qr=sign(ticket), gate="", by=door_staff)
    with django_assert_max_num_queries(12):
        staff.get(address(show))
    make_paid(show, 4, 5, 6, email="ravi@example.com")
    with django_assert_max_num_queries(12):
        staff.get(address(show))
