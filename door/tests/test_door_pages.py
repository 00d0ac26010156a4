"""The door's pages: for door staff alone, from the choice of a gate to each answer."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.tickets.codes import sign
from door.models import CheckIn
from events.models import Show
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
Result = CheckIn.Result


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), in_hours=1)


@pytest.fixture
def ticket(show: Show) -> Ticket:
    booking = make_paid(show, 0, 1, email="asha@example.com")
    Booking.objects.filter(pk=booking.pk).update(name="Asha Rao")
    return booking.tickets.select_related("show", "seat").first()


@pytest.fixture
def staff(client: Client, door_staff) -> Client:
    client.force_login(door_staff)
    return client


def gate(*shows: Show, **fields: str) -> str:
    return f"{reverse('door:gate')}?{urlencode([*(('show', show.code) for show in shows), *fields.items()])}"


def present(client: Client, address: str, text: str, *, key: str = "one", **fields: str):
    return client.post(address, {"text": text, "key": key, **fields})


def test_staff_choose_among_tonights_shows_of_their_theaters(staff, show, other_theater):
    elsewhere = make_show(hall=make_hall(theater=other_theater), in_hours=1)
    next_week = make_show(hall=show.hall, in_hours=150)
    html = staff.get("/door/").content.decode()
    assert f'value="{show.code}"' in html
    assert elsewhere.code not in html
    assert next_week.code not in html
    assert staff.get(gate(elsewhere)).status_code == 302


def test_no_show_tonight(staff, theater, other_theater):
    make_show(hall=make_hall(theater=other_theater), event=make_event("Elsewhere"), in_hours=20)
    page = staff.get("/door/").content.decode()
    assert "No show starts here within the next twelve hours." in page
    assert "The next one" not in page
    make_show(hall=make_hall(theater=theater), event=make_event("Faust"), in_hours=30)
    assert 'The next one: <strong dir="auto">Faust</strong>' in staff.get("/door/").content.decode()


@pytest.mark.parametrize("person", ["customer", "programmer", "accountant"])
def test_it_is_for_door_staff(client, person, ticket, show, request):
    for address in ("/door/", gate(show)):
        assert client.get(address).url.startswith("/accounts/login/")
    client.force_login(request.getfixturevalue(person))
    for address in ("/door/", gate(show)):
        assert client.get(address).status_code == 403
    assert present(client, gate(show), sign(ticket)).status_code == 403
    assert not CheckIn.objects.exists()


def test_staff_without_their_second_factor_set_it_up_first(staff, theater, show):
    Theater.objects.filter(pk=theater.pk).update(requires_mfa=True)
    for address in ("/door/", gate(show)):
        assert staff.get(address).url == reverse("mfa_index")


def test_a_ticket_is_admitted_at_the_gate(staff, show, ticket, door_staff):
    ticket.ticket_type.who = "students"
    ticket.ticket_type.save()
    html = present(staff, gate(show, gate="North"), sign(ticket)).content.decode()
    found = CheckIn.objects.get()
    assert (found.result, found.gate, found.by, found.ticket) == (Result.ADMITTED, "North", door_staff, ticket)
    for words in (
        "Admitted",
        "Stalls, row A, seat 1",
        "Asha Rao",
        "ask for proof",
        "students",
        "1 of 2 of this booking",
    ):
        assert words in html
    # The same form again, as after a reload.
    assert "Admitted" in present(staff, gate(show), sign(ticket)).content.decode()
    html = present(staff, gate(show), sign(ticket), key="two").content.decode()
    assert "Already in" in html
    assert "North" in html
    assert str(door_staff) in html


def test_scripts_are_sent_the_answer_alone(staff, show, ticket):
    response = staff.post(gate(show), {"text": sign(ticket), "key": "one"}, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert 'data-tone="good"' in html
    assert "<html" not in html
    assert "no-store" in response["Cache-Control"]


def test_each_gate_admits_to_its_shows(staff, show, ticket, theater):
    other = make_show(hall=make_hall(theater=theater, name="Studio"), in_hours=2)
    html = present(staff, gate(other), sign(ticket)).content.decode()
    assert "The ticket is for another show." in html
    assert show.event.title in html
    assert "Admitted" in present(staff, gate(other, theater=theater.slug), sign(ticket), key="two").content.decode()


def test_a_ticket_of_another_theater_says_which(client, other_manager, other_theater, ticket, theater):
    here = make_show(hall=make_hall(theater=other_theater), in_hours=1)
    client.force_login(other_manager)
    html = present(client, gate(here), sign(ticket)).content.decode()
    assert "The ticket is for another theater." in html
    assert theater.name in html
    assert ticket.label.capitalize() not in html
    assert "Asha" not in html


@pytest.mark.parametrize("text", ["https://example.com/", "M1.AAAAAA.B", "x" * 100])
def test_what_is_no_ticket(text, staff, show):
    html = present(staff, gate(show), text).content.decode()
    assert 'data-tone="bad"' in html
    assert not CheckIn.objects.exists()


def test_what_the_camera_sees_is_never_a_search(staff, show, ticket):
    html = present(staff, gate(show), "Asha", is_scanned="on").content.decode()
    assert "This is not a ticket's code." in html.replace("&#x27;", "'")


def test_people_are_found_and_admitted(staff, show, ticket):
    for wanted in ("asha", ticket.booking.code, ticket.code, "A 1"):
        html = present(staff, gate(show), wanted).content.decode()
        assert "2 tickets found" in html, wanted
        assert ticket.code in html
    response = staff.post(gate(show), {"ticket": ticket.code, "key": "found"})
    assert "Admitted" in response.content.decode()
    assert CheckIn.objects.get().ticket == ticket
    assert "Is in" in present(staff, gate(show), "asha").content.decode()


def test_only_people_of_the_gates_shows_are_found(staff, show, other_theater):
    elsewhere = make_show(hall=make_hall(theater=other_theater), in_hours=1)
    later = make_show(hall=show.hall, in_hours=50)
    for other in (elsewhere, later):
        make_paid(other, 0, email="ravi@example.com")
    Booking.objects.update(name="Ravi")
    assert "Not found" in present(staff, gate(show), "Ravi").content.decode()


def test_an_admission_is_undone(staff, show, ticket):
    html = present(staff, gate(show), sign(ticket)).content.decode()
    assert 'name="undo" value="one"' in html
    address = f"{reverse('door:undo')}?show={show.code}"
    assert "Undone" in staff.post(address, {"undo": "one"}).content.decode()
    assert CheckIn.objects.get().result == Result.UNDONE
    CheckIn.objects.update(result=Result.ADMITTED, passage=1, at=timezone.now() - timedelta(minutes=2))
    assert "Too late to undo" in staff.post(address, {"undo": "one"}).content.decode()


def test_a_manager_admits_all_the_same(client, staff, show, ticket, manager):
    Show.objects.filter(pk=show.pk).update(doors_at=show.starts_at)
    # The page itself has words for when there is no network.
    response = staff.post(gate(show), {"text": sign(ticket), "key": "one"}, headers={"HX-Request": "true"})
    assert "Admit all the same" not in response.content.decode()
    fields = {"ticket": ticket.code, "note": "Press", "key": "three"}
    assert staff.post(gate(show), fields).status_code == 403
    client.force_login(manager)
    html = present(client, gate(show), sign(ticket), key="two").content.decode()
    assert "Doors open:" in html
    assert "Admit all the same" in html
    assert "Admitted" in client.post(gate(show), fields).content.decode()
    assert CheckIn.objects.get(result=Result.ADMITTED).note == "Press"


def test_out_and_in_again_where_the_theater_allows_it(staff, show, ticket, theater):
    present(staff, gate(show), sign(ticket))
    assert 'data-tone="out"' in present(staff, gate(show, direction="out"), sign(ticket), key="2").content.decode()
    assert 'data-tone="good"' in present(staff, gate(show), sign(ticket), key="3").content.decode()
    assert "direction=out" in staff.get(gate(show)).content.decode()
    Theater.objects.filter(pk=theater.pk).update(allows_reentry=False)
    assert "direction=out" not in staff.get(gate(show)).content.decode()
    assert 'name="direction"' not in staff.get("/door/").content.decode()


def test_bad_input(staff, show):
    assert staff.get(gate(show, direction="up", gate="g" * 100)).status_code == 200
    for fields in ({}, {"text": "x"}, {"text": "x" * 400, "key": "one"}, {"key": "one"}, {"text": "\0", "key": "one"}):
        assert staff.post(gate(show), fields).status_code == 200
    assert staff.post(reverse("door:undo") + f"?show={show.code}", {"undo": "nothing"}).status_code == 403
    assert not CheckIn.objects.exists()


def test_statements(staff, show, ticket, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        present(staff, gate(show), sign(ticket))


def test_statements_of_a_search(staff, show, ticket, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        present(staff, gate(show), "asha")
