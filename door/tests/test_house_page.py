"""The house manager's page, and the counter of people without tickets at a gate."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.tickets.codes import sign
from door.check_in import check_in
from door.models import UnticketedPerson
from door.unticketed import Kind, count_in
from events.models import Show
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), in_hours=1)


@pytest.fixture
def booking(show: Show, door_staff) -> Booking:
    """Three tickets, for one of which someone is inside; and two people without."""
    booking = make_paid(show, 0, 1, 2, email="asha@example.com")
    check_in(qr=sign(booking.tickets.select_related("show").first()), gate="North", by=door_staff)
    for key in ("1", "2"):
        count_in(show=show, kind=Kind.PRESS, gate="North", by=door_staff, key=key)
    return booking


@pytest.fixture
def staff(client: Client, door_staff) -> Client:
    client.force_login(door_staff)
    return client


def address(name: str, *shows: Show, **fields: str) -> str:
    return f"{reverse(name)}?{urlencode([*(('show', show.code) for show in shows), *fields.items()])}"


def look(client: Client, *shows: Show, **fields: str) -> str:
    forget_pages()
    html = client.get(address("door:house", *shows, **fields)).content.decode()
    return " ".join(html.split())


def wish(show: Show, key: str, direction: str = "in", more: dict[str, str] | None = None) -> dict[str, str]:
    return {"show": show.code, "kind": "press", "direction": direction, "key": key} | (more or {})


def test_one_show_in_all_its_parts(staff, show, booking):
    html = look(staff, show, gate="North")
    for numbers in ("<dt>Inside</dt><dd>1</dd>", "<dt>Still to come</dt><dd>2</dd>"):
        assert numbers in html
    assert "3 people in the house" in html
    for words in ("Stalls", "Adult", "North", "row A", "2 of 3", "seats 2, 3", "<strong>Press</strong>"):
        assert words in html, words
    # From there to the same gate, and back.
    assert address("door:gate", show, gate="North", direction="in").replace("&", "&amp;") in html
    gate = staff.get(address("door:gate", show, gate="North")).content.decode()
    assert address("door:house", show, gate="North", direction="in").replace("&", "&amp;") in gate
    assert reverse("door:house") in staff.get("/door/").content.decode()


def test_several_shows_side_by_side(staff, show, booking, theater):
    other = make_show(hall=make_hall(theater=theater, name="Studio"), event=make_event("Macbeth"), in_hours=2)
    make_paid(other, 0, email="ravi@example.com")
    html = look(staff, theater=theater.slug)
    assert "<dt>Still to come</dt><dd>3</dd>" in html
    assert "+ 2 without a ticket" in html
    assert "By ticket type" not in html
    assert f'href="{address("door:house", other, gate="", direction="in")}"'.replace("&", "&amp;") in html


def test_it_is_for_those_who_may_check_in(client, show, booking, other_theater, request):
    page = address("door:house", show)
    assert client.get(page).url.startswith("/accounts/login/")
    for person in ("customer", "programmer", "accountant"):
        client.force_login(request.getfixturevalue(person))
        assert client.get(page).status_code == 403
        assert client.post(address("door:count", show), wish(show, "3")).status_code == 403
    # A manager of another theater chooses among their own shows.
    here = make_show(hall=make_hall(theater=other_theater), in_hours=1)
    client.force_login(request.getfixturevalue("other_manager"))
    assert client.get(page).url == reverse("door:choose")
    html = look(client, show, here)
    assert "<dt>Inside</dt><dd>0</dd>" in html
    assert show.code not in html
    client.post(address("door:count", here), wish(show, "3"))
    assert UnticketedPerson.objects.count() == 2


def test_scripts_are_told_that_nothing_has_changed(staff, show, booking, django_assert_num_queries):
    part = {"HX-Request": "true"}
    first = staff.get(address("door:house", show), headers=part)
    assert "<html" not in first.content.decode()
    with django_assert_num_queries(5):
        # Who asks, what they may, and the shows; the numbers are a moment old.
        again = staff.get(address("door:house", show), headers={**part, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    count_in(show=show, kind=Kind.STAFF, gate="", by=booking.tickets.first().check_ins.get().by, key="3")
    forget_pages()
    changed = staff.get(address("door:house", show), headers={**part, "If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "4 people in the house" in changed.content.decode()


def test_people_without_tickets_are_counted_at_the_gate(staff, show, door_staff):
    page = address("door:count", show, gate="North")
    assert "People without tickets" in staff.post(page).content.decode()
    for key in ("1", "1", "2"):
        html = staff.post(page, wish(show, key)).content.decode()
    assert "Press: 2 inside" in html
    person = UnticketedPerson.objects.first()
    assert (person.gate, person.by, person.show, person.kind) == ("North", door_staff, show, "press")
    undone = staff.post(address("door:undo_count", show), {"undo": "2"}).content.decode()
    assert "Press: 1 inside" in undone
    assert "Undone" in undone
    assert "Press: 0 inside" in staff.post(page, wish(show, "3", "out")).content.decode()
    assert "Nobody of this kind is inside" in staff.post(page, wish(show, "4", "out")).content.decode()


def test_scripts_are_sent_the_counter_alone(staff, show):
    html = staff.post(address("door:count", show), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert 'data-tone="plain"' in html


def test_bad_input(staff, show):
    page = address("door:count", show)
    assert staff.get(page).status_code == 200
    for fields in (
        {},
        wish(show, ""),
        wish(show, "k" * 81),
        wish(show, "1", "up"),
        wish(show, "1", more={"kind": "friend"}),
        wish(show, "1", more={"show": "NOSUCH"}),
        wish(show, "\0"),
    ):
        assert staff.post(page, fields).status_code == 200
    assert staff.post(address("door:undo_count", show)).status_code == 200
    assert staff.post(address("door:undo_count", show), {"undo": "nothing"}).status_code == 403
    assert staff.post(reverse("door:count"), wish(show, "1")).status_code == 302
    assert not UnticketedPerson.objects.exists()


def test_statements(staff, show, booking, theater, django_assert_num_queries):
    forget_pages()
    with django_assert_num_queries(10):
        staff.get(address("door:house", show))
    make_show(hall=make_hall(theater=theater, name="Studio"), in_hours=2)
    with django_assert_num_queries(8):
        staff.get(address("door:house", theater=theater.slug))
    with django_assert_num_queries(10):
        staff.post(address("door:count", show), wish(show, "3"))
