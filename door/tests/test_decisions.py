"""What a device decided without a network is sent once it has one, and counts once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Ticket
from door.check_in import check_in
from door.models import CheckIn
from door.schemas import MAX_DECISIONS
from events.models import Show
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db
Result = CheckIn.Result


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), in_hours=1)


@pytest.fixture
def ticket(show: Show) -> Ticket:
    return make_paid(show, 0, 1, email="asha@example.com").tickets.select_related("show").first()


@pytest.fixture
def staff(client: Client, door_staff) -> Client:
    client.force_login(door_staff)
    return client


def decided(ticket: Ticket, minutes_ago: int = 10, **fields: Any) -> dict[str, Any]:
    return {
        "id": "one",
        "ticket": ticket.code,
        "gate": "North",
        "direction": "in",
        "scanned_at": (timezone.now() - timedelta(minutes=minutes_ago)).isoformat(),
        "result": "admitted",
        **fields,
    }


def send(client: Client, *decisions: Any, **fields: Any):
    body = {"sent_at": timezone.now().isoformat(), "decisions": decisions, **fields}
    return client.post(reverse("door:decisions"), json.dumps(body), content_type="application/json")


def test_an_admission_is_recorded_as_of_its_scan_and_once(staff, ticket, door_staff):
    for _time in range(2):
        assert send(staff, decided(ticket)).json() == {"recorded": 1}
    found = CheckIn.objects.get()
    assert (found.result, found.gate, found.by, found.is_conflict) == (Result.ADMITTED, "North", door_staff, False)
    assert timedelta(minutes=9) < found.received_at - found.at < timedelta(minutes=11)
    assert abs(found.clock_error) <= 1


def test_a_person_who_was_sent_away_is_counted_and_not_in(staff, ticket):
    send(staff, decided(ticket, result="not_valid", reason="too_early"))
    found = CheckIn.objects.get()
    assert (found.result, found.reason, found.is_conflict) == (Result.NOT_VALID, "too_early", False)
    assert list(CheckIn.objects.turned_away()) == [found]


def test_the_first_of_two_gates_by_time_has_the_entry(staff, client, ticket, box_office):
    send(staff, decided(ticket, 5))
    client.force_login(box_office)
    send(client, decided(ticket, 9, gate="South"))
    rows = CheckIn.objects.order_by("at").values_list("gate", "result", "is_conflict")
    assert list(rows) == [("South", "admitted", False), ("North", "already_in", True)]


def test_a_wrong_clock_is_recorded(staff, ticket):
    send(staff, decided(ticket), sent_at=(timezone.now() - timedelta(minutes=7)).isoformat())
    assert -425 < CheckIn.objects.get().clock_error < -415


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_no_clock_is_too_wrong(sent_at, staff, ticket):
    assert send(staff, decided(ticket, scanned_at=sent_at), sent_at=sent_at).json() == {"recorded": 1}


def test_one_that_cannot_be_recorded_does_not_hold_up_the_others(staff, ticket, other_theater):
    elsewhere = make_paid(make_show(hall=make_hall(theater=other_theater)), 0, email="a@example.com").tickets.get()
    other = ticket.booking.tickets.exclude(pk=ticket.pk).get()
    response = send(
        staff,
        decided(ticket, id="1", reason="nonsense"),
        {"id": "2"},
        decided(elsewhere, id="3"),
        decided(Ticket(code="NOSUCHTICKET"), id="4"),
        decided(ticket, id="5"),
        decided(other, id="5"),
        decided(other, id="6"),
    )
    assert response.json() == {"recorded": 2}
    assert set(CheckIn.objects.values_list("key", "ticket")) == {("5", ticket.pk), ("6", other.pk)}


def test_all_the_same_only_by_who_may(staff, client, ticket, manager):
    other = ticket.booking.tickets.exclude(pk=ticket.pk).get()
    for one in (ticket, other):
        check_in(ticket_code=one.code, gate="South", by=manager)
    CheckIn.objects.update(at=timezone.now() - timedelta(minutes=30))
    send(staff, decided(ticket, note="Press"))
    assert CheckIn.objects.conflicts().get().ticket == ticket
    client.force_login(manager)
    send(client, decided(other, note="Press"))
    assert CheckIn.objects.get(note="Press").ticket == other


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}", '{"sent_at": "now", "decisions": []}', '{"sent_at": "2026-12-02T18:31:07", "decisions": []}',
        '{"sent_at": "2026-12-02T18:31:07Z", "decisions": 1}', "\udcff",
    ],
)  # fmt: skip
def test_bad_input(body, staff):
    body = body.encode("utf-8", "surrogateescape")
    response = staff.post(reverse("door:decisions"), body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["errors"]


def test_no_more_than_a_page_sends(staff, ticket):
    assert send(staff, *[decided(ticket, id=str(number)) for number in range(MAX_DECISIONS + 1)]).status_code == 422
    assert not CheckIn.objects.exists()


def test_it_is_for_door_staff(client, ticket, customer, door_staff):
    assert send(client, decided(ticket)).status_code == 401
    client.force_login(customer)
    assert send(client, decided(ticket)).status_code == 403
    client.force_login(door_staff)
    StaffMembership.objects.filter(user=door_staff).delete()
    assert send(client, decided(ticket)).status_code == 403
    assert not CheckIn.objects.exists()


def test_scripts_of_other_sites_cannot_send(ticket, door_staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(door_staff)
    assert send(client, decided(ticket)).status_code == 403
