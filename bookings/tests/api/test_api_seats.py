"""Calls about the places of a show."""

import pytest

from bookings.tests.seating.test_read_seat_plan import make_drawn_hall
from events.models import Show
from testing.api_client import ApiClient, problem
from testing.bookings import choose_standing, make_hold, seats_of
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


def test_seats_with_prices_and_state():
    show = make_show(hall=make_hall(rows=2, seats=3, standing=30), price="12.5")
    make_hold(show, 4, areas=choose_standing(show, 7), email="asha@example.com")

    body = ApiClient().get(f"/shows/{show.code}/seats").json()

    assert body["seat_map"]["id"] == show.seat_map_id
    (category,), (adult,) = body["categories"], body["ticket_types"]
    assert category["prices"] == {str(adult["id"]): "12.50"}
    assert body["currency"] == "EUR"
    assert [seat["state"] for seat in body["seats"]] == ["free"] * 4 + ["taken"] + ["free"]
    assert body["seats"][4] | {"x": 0, "y": 0} == {
        "id": seats_of(show)[4].pk, "section": "Stalls", "row": "B", "number": "2", "category": category["id"],
        "x": 0, "y": 0, "accessible": False, "companion": False, "companion_of": None,
        "restricted_view": False, "step_free": False, "hearing_loop": False, "state": "taken",
    }  # fmt: skip
    assert [(area["name"], area["capacity"], area["available"]) for area in body["areas"]] == [("Floor", 30, 23)]


def test_flags_and_categories_without_price():
    show = make_show(hall=make_drawn_hall(), price="1500")
    show.prices.filter(category__name="B").delete()
    body = ApiClient().get(f"/shows/{show.code}/seats").json()
    assert [seat["companion"] for seat in body["seats"]] == [False, True, False, False]
    assert [bool(category["prices"]) for category in body["categories"]] == [True, False]


def test_availability_is_sent_once_and_then_only_when_it_changed():
    show = make_show(hall=make_hall(standing=30))
    client = ApiClient()
    first = client.get(f"/shows/{show.code}/availability")
    assert first.json() == {
        "version": first.json()["version"],
        "taken": [],
        "areas": {str(show.areas.get().area_id): 30},
    }
    assert "no-cache" in first["Cache-Control"]

    same = client.get(f"/shows/{show.code}/availability", If_None_Match=first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    assert same["ETag"] == first["ETag"]


@pytest.mark.django_db(transaction=True)
def test_a_hold_shows_at_once():
    show = make_show()
    client = ApiClient()
    before = client.get(f"/shows/{show.code}/availability")
    seats = client.get(f"/shows/{show.code}/seats")
    make_hold(show, 1, email="asha@example.com")
    after = client.get(f"/shows/{show.code}/availability", If_None_Match=before["ETag"])
    assert (after.status_code, after.json()["taken"]) == (200, [seats_of(show)[1].pk])
    again = client.get(f"/shows/{show.code}/seats", If_None_Match=seats["ETag"])
    assert (again.status_code, again.json()["seats"][1]["state"]) == (200, "taken")


@pytest.mark.parametrize("call", ["seats", "availability"])
def test_a_show_that_is_not_public_is_not_found(call):
    draft = make_show(state=Show.State.DRAFT)
    hidden = make_show()
    hidden.event.is_published = False
    hidden.event.save()
    for code in (draft.code, hidden.code, "NOSUCH", "..", "%00", "a%2Fb"):
        assert problem(ApiClient().get(f"/shows/{code}/{call}")) == (404, "not-found")


@pytest.mark.parametrize("call", ["seats", "availability"])
def test_no_statement_when_warm(call, django_assert_num_queries):
    show = make_show(hall=make_hall(rows=5, seats=10, standing=10))
    client = ApiClient()
    etag = client.get(f"/shows/{show.code}/{call}")["ETag"]
    with django_assert_num_queries(0):
        assert client.get(f"/shows/{show.code}/{call}").status_code == 200
        assert client.get(f"/shows/{show.code}/{call}", If_None_Match=etag).status_code == 304


def test_statements_cold(django_assert_max_num_queries):
    show = make_show(hall=make_hall(rows=5, seats=10, standing=10))
    with django_assert_max_num_queries(6):
        ApiClient().get(f"/shows/{show.code}/seats")
    other = make_show(hall=show.hall, in_hours=99)
    with django_assert_max_num_queries(2):
        ApiClient().get(f"/shows/{other.code}/availability")
