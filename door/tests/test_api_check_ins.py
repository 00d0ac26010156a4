"""The door's API."""

from base64 import b32decode, urlsafe_b64decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from bookings.models import Ticket
from bookings.tickets.codes import sign
from door.models import CheckIn
from events.models import Show
from testing.api_client import ApiClient, problem
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(theater: Theater) -> Ticket:
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    booking = make_paid(show, 0, email="asha@example.com")
    booking.tickets.update(attendee_name="Asha")
    return booking.tickets.select_related("show", "seat").get()


@pytest.fixture
def door(door_staff) -> ApiClient:
    return ApiClient(door_staff)


def test_a_ticket_is_admitted_once(ticket, door):
    first = door.post("/check-ins", {"qr": sign(ticket), "gate": "North", "device": "phone"}).json()
    assert (first["result"], first["ticket"], first["seat"]) == ("admitted", ticket.code, "Stalls, row A, seat 1")
    assert (first["name"], first["ticket_type"], first["show"]["code"]) == ("Asha", "Adult", ticket.show.code)
    assert not first["is_early"]
    assert first["entered"] is None

    second = door.post("/check-ins", {"qr": sign(ticket), "gate": "South"}).json()
    entry = CheckIn.objects.get(result="admitted")
    assert second["result"] == "already_in"
    assert (second["entered"]["gate"], second["entered"]["by"]) == ("North", str(entry.by))
    assert second["entered"]["at"][:19] == entry.at.isoformat()[:19]

    assert door.post("/check-ins", {"qr": sign(ticket), "direction": "out"}).json()["result"] == "admitted"
    assert door.post("/check-ins", {"qr": sign(ticket)}).json()["result"] == "admitted"


def test_the_same_call_again_gets_the_same_answer(ticket, door):
    answers = [door.post("/check-ins", {"qr": sign(ticket)}, Idempotency_Key="scan-1").json() for _time in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["result"] == "admitted"
    assert door.post("/check-ins", {"qr": sign(ticket)}).json()["result"] == "already_in"


def test_a_device_reports_what_it_scanned_without_a_network(ticket, door, door_staff):
    scanned_at = timezone.now().replace(microsecond=0) - timedelta(minutes=10)
    body = {"qr": sign(ticket), "gate": "North", "scanned_at": scanned_at.isoformat()}
    first = door.post("/check-ins", body, Idempotency_Key="scan-1").json()
    assert (first["result"], first["is_conflict"]) == ("admitted", False)
    assert door.post("/check-ins", body, Idempotency_Key="scan-1").json() == first
    second = door.post("/check-ins", {**body, "gate": "South"}).json()
    assert (second["result"], second["is_conflict"]) == ("already_in", True)
    assert second["entered"] == {
        "at": scanned_at.isoformat().replace("+00:00", "Z"),
        "gate": "North",
        "by": str(door_staff),
    }


@pytest.mark.parametrize("since", [timedelta(minutes=3), timedelta(days=-2, minutes=-1), timedelta(days=-20_000)])
def test_no_device_has_such_a_clock(since, ticket, door):
    body = {"qr": sign(ticket), "scanned_at": (timezone.now() + since).isoformat()}
    response = door.post("/check-ins", body)
    assert problem(response) == (422, "invalid-input")
    assert "scanned_at" in response.content.decode()
    assert not CheckIn.objects.exists()


def test_too_early(ticket, door):
    later = make_show(hall=make_hall(theater=ticket.show.hall.theater), in_hours=100)
    early = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    body = door.post("/check-ins", {"qr": sign(early)}).json()
    assert (body["result"], body["reason"], body["is_early"]) == ("not_valid", "too_early", True)
    assert body["detail"].startswith("Too early")
    assert body["opens_at"][:19] == (later.starts_at - timedelta(hours=2)).isoformat()[:19]


def test_a_code_that_is_not_ours(ticket, door):
    body = door.post("/check-ins", {"qr": "https://example.com/\x01", "gate": "North"}).json()
    assert (body["result"], body["reason"], body["ticket"], body["seat"]) == ("not_valid", "unreadable", None, None)


def test_a_ticket_for_another_show(ticket, door, theater):
    other = make_show(hall=make_hall(theater=theater))
    body = door.post("/check-ins", {"qr": sign(ticket), "show": other.code}).json()
    assert (body["result"], body["reason"], body["detail"]) == (
        "not_valid",
        "other_show",
        "The ticket is for another show.",
    )
    assert problem(door.post("/check-ins", {"qr": sign(ticket), "show": "NOSUCH"})) == (404, "not-found")


def test_a_canceled_show(ticket, door):
    Show.objects.update(state=Show.State.CANCELED)
    assert door.post("/check-ins", {"qr": sign(ticket)}).json()["reason"] == "show_canceled"


@pytest.mark.parametrize("person", ["customer", "accountant", "programmer"])
def test_only_people_who_work_at_a_door(person, ticket, request):
    client = ApiClient(request.getfixturevalue(person))
    for qr in (sign(ticket), "forged"):
        assert problem(client.post("/check-ins", {"qr": qr})) == (403, "forbidden")
    assert not CheckIn.objects.exists()


def test_staff_of_another_theater_learn_only_what_the_ticket_is_for(ticket, other_manager):
    body = ApiClient(other_manager).post("/check-ins", {"qr": sign(ticket)}).json()
    assert (body["result"], body["reason"]) == ("not_valid", "other_theater")
    assert (body["show"]["code"], body["show"]["theater"]) == (ticket.show.code, ticket.show.hall.theater.name)
    assert {body[key] for key in ("ticket", "seat", "category", "ticket_type", "proof", "name", "entered")} == {None}
    assert not CheckIn.objects.exists()


def test_the_door_asks_for_proof_of_a_reduction(ticket, door):
    ticket.ticket_type.who = "students"
    ticket.ticket_type.save()
    assert door.post("/check-ins", {"qr": sign(ticket)}).json()["proof"] == "students"
    ticket.ticket_type.proof = "a student card"
    ticket.ticket_type.save()
    assert door.post("/check-ins", {"qr": sign(ticket)}).json()["proof"] == "a student card"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"qr": "x" * 301},
        {"qr": "x", "gate": "g" * 61},
        {"qr": "x", "direction": "up"},
        {"qr": "x", "scanned_at": "2026-12-02T18:31:07"},
    ],
)
def test_bad_input(body, door):
    assert problem(door.post("/check-ins", body)) == (422, "invalid-input")


def test_the_published_key_verifies_a_ticket(ticket, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = ApiClient().get("/ticket-key")
    (key,) = response.json()["keys"]
    assert "max-age" in response["Cache-Control"]
    claim, _, signature = sign(ticket).rpartition(".")
    assert claim.split(".")[1:3] == [key["kid"], ticket.code]
    Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"] + "=")).verify(
        b32decode(signature + "="), claim.encode()
    )
