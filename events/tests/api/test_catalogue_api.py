"""The catalogue as API clients see it."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from events.catalogue.search import index_events
from events.models import Event, Label, Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import City, OpeningHours, Theater

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, status: int = 200, **query) -> dict:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/json" if status == 200 else "application/problem+json")
    return response.json()


def test_cities(client: Client):
    make_theater(city=make_city("Pune", "Asia/Kolkata"))
    make_theater()
    City.objects.create(name="Empty", slug="empty", country="AT", time_zone="Europe/Vienna")
    assert get(client, "cities") == {
        "items": [
            {"slug": "pune", "name": "Pune", "country": "AT", "time_zone": "Asia/Kolkata", "theater_count": 1},
            {"slug": "vienna", "name": "Vienna", "country": "AT", "time_zone": "Europe/Vienna", "theater_count": 1},
        ],
        "count": 2,
    }
    assert get(client, "cities", limit=1, offset=1)["items"][0]["slug"] == "vienna"


def test_theaters(client: Client):
    riverside = make_theater("Théâtre Riverside")
    make_theater("Kabuki-za", city=make_city("Tokyo", "Asia/Tokyo"), currency="JPY")
    make_show(hall=make_hall(theater=riverside, rows=3, seats=4))
    assert [one["name"] for one in get(client, "theaters")["items"]] == ["Kabuki-za", "Théâtre Riverside"]
    for query in ({"q": "theatre river"}, {"q": "vienna"}, {"city": "vienna"}, {"q": "riv", "city": "vienna"}):
        assert [one["slug"] for one in get(client, "theaters", **query)["items"]] == [riverside.slug]
    assert get(client, "theaters", q="riverside", city="tokyo") == {"items": [], "count": 0}
    assert get(client, "theaters", q="riverside")["items"][0]["show_count"] == 1
    detail = get(client, f"theaters/{riverside.slug}")
    assert (detail["currency"], detail["time_zone"], detail["city"]["slug"]) == ("EUR", "Europe/Vienna", "vienna")
    assert [hall["capacity"] for hall in detail["halls"]] == [12]
    assert detail["opening_hours"] is None


def test_opening_hours(client: Client):
    theater = make_theater()
    OpeningHours.objects.create(theater=theater, weekday=1, opens=time(10), closes=time(0))
    today = timezone.now().date()
    # What is over is not told, and no more than a month.
    for days in (-2, 10, 60):
        OpeningHours.objects.create(theater=theater, date=today + timedelta(days=days), note="Closed")
    hours = get(client, f"theaters/{theater.slug}")["opening_hours"]
    assert hours["week"] == [[], [{"opens": "10:00:00", "closes": "00:00:00"}], [], [], [], [], []]
    assert hours["dates"] == [{"date": f"{today + timedelta(days=10)}", "spans": [], "note": "Closed"}]


@pytest.mark.slow
def test_events(client: Client):
    hamlet, metropolis = make_event("Hamlet", rating_average=Decimal("4.5")), make_event("Metropolis", kind="film")
    metropolis.labels.add(Label.objects.create(name="Silent", slug="silent"))
    show = make_show(event=hamlet, price="18.5")
    make_event("Hidden", is_published=False)
    index_events(Event.objects.all())
    listed = get(client, "events")
    assert [one["title"] for one in listed["items"]] == ["Hamlet", "Metropolis"]
    first = listed["items"][0]
    assert (first["lowest_price"], first["currency"], first["show_count"]) == ("18.50", "EUR", 1)
    assert abs(datetime.fromisoformat(first["next_show_at"]) - show.starts_at) < timedelta(milliseconds=1)
    for query in (
        {"q": "hamlt"},
        {"city": "vienna"},
        {"kind": "play"},
        {"min_rating": 4},
        {"sort": "soonest"},
        {"date_from": "2020-01-01"},
        {"price_max": "18.50"},
    ):
        found = get(client, "events", **query)
        assert ([one["slug"] for one in found["items"]], found["count"]) == ([hamlet.slug], 1), query
    for query in ({"label": "silent"}, {"kind": "film"}, {"label": ["silent", "other"]}, {"offset": 1}):
        assert [one["slug"] for one in get(client, "events", **query)["items"]] == [metropolis.slug], query
    assert get(client, "events", city="nowhere") == {"items": [], "count": 0}


def test_one_event(client: Client):
    event = make_event("शकुन्तला", synopsis="A ring.", cast=[{"name": "A", "role": "B"}])
    show = make_show(event=event)
    detail = get(client, f"events/{event.slug}")
    assert (detail["title"], detail["synopsis"], detail["cast"]) == ("शकुन्तला", "A ring.", [{"name": "A", "role": "B"}])
    assert [one["code"] for one in detail["shows"]] == [show.code]


def test_shows(client: Client):
    show = make_show(hall=make_hall(rows=5, seats=10, standing=25), price="20", is_captioned=True, is_relaxed=True)
    canceled = make_show(in_hours=240, state=Show.State.CANCELED)
    make_show(state=Show.State.DRAFT)
    listed = get(client, "shows")
    assert ([one["code"] for one in listed["items"]], listed["count"]) == ([show.code, canceled.code], 2)
    one = get(client, f"shows/{show.code}")
    assert one == listed["items"][0]
    assert (one["state"], one["capacity"], one["available"], one["lowest_price"]) == ("on_sale", 75, 75, "20.00")
    assert one["access"] == ["captioned", "relaxed"]
    category = show.seat_map.categories.get()
    assert one["prices"] == [
        {
            "category": "Parkett",
            "category_id": category.pk,
            "ticket_type": "Adult",
            "ticket_type_id": show.prices.get().ticket_type_id,
            "amount": "20.00",
            "fees": "0.00",
            "total": "20.00",
        }
    ]
    assert get(client, f"shows/{canceled.code}")["available"] == 0
    for query in (
        {"event": show.event.slug},
        {"theater": show.hall.theater.slug},
        {"access": "relaxed"},
        {"access": ["signed", "captioned"]},
        {"date_to": str((show.starts_at + timedelta(hours=6)).date())},
    ):
        assert [item["code"] for item in get(client, "shows", **query)["items"]] == [show.code]


@pytest.mark.parametrize("path", ["events/nothing", "shows/NOTHING", "theaters/nothing", "nothing", "events/%00"])
def test_missing_rows_are_not_found(client: Client, path: str):
    assert get(client, path, 404)["type"] == "http://localhost:8000/api/v1/problems/not-found"


def test_unpublished_rows_are_not_found(client: Client):
    show = make_show(state=Show.State.DRAFT)
    get(client, f"shows/{show.code}", 404)
    Event.objects.update(is_published=False)
    get(client, f"events/{show.event.slug}", 404)
    Theater.objects.update(is_published=False)
    get(client, f"theaters/{show.hall.theater.slug}", 404)


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("events", {"limit": 101}, "limit"),
        ("events", {"limit": 0}, "limit"),
        ("shows", {"offset": -1}, "offset"),
        ("events", {"kind": "musical"}, "kind"),
        ("events", {"access": "silent"}, "access"),
        ("shows", {"access": "silent"}, "access"),
        ("events", {"label": ["ok", "not ok"]}, "label"),
        ("events", {"date_from": "tomorrow"}, "date_from"),
        ("events", {"price_max": "NaN"}, "price_max"),
        ("events", {"min_rating": "6"}, "min_rating"),
        ("events", {"q": "x" * 101}, "q"),
        ("shows", {"city": "\x01"}, "city"),
    ],
)
def test_invalid_parameters_are_named(client: Client, path: str, query: dict, parameter: str):
    problem = get(client, path, 422, **query)
    assert problem["type"].endswith("/invalid-input")
    assert [(error["in"], error["parameter"]) for error in problem["errors"]] == [("query", parameter)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "queries"),
    [("cities", 1), ("theaters", 4), ("events", 7), ("events?q=event", 8), ("events?sort=soonest", 7), ("shows", 4)],
)
def test_the_number_of_queries_does_not_grow(client: Client, path: str, queries: int, django_assert_max_num_queries):
    for size in (1, 15):
        for number in range(size):
            event = make_event(f"Event {number}")
            event.labels.add(Label.objects.get_or_create(name="New", slug="new")[0])
            make_show(hall=make_hall(theater=make_theater(f"T {number}")), event=event)
        index_events(Event.objects.all())
        client.get(f"/api/v1/{path}")
        forget_pages()
        with django_assert_max_num_queries(queries):
            client.get(f"/api/v1/{path}")


def test_a_warm_answer_costs_no_query_but_for_prices(client: Client, django_assert_num_queries):
    show = make_show(starts_at=timezone.now() + timedelta(days=3))
    for path, queries in (("cities", 0), ("events", 0), ("theaters", 0), (f"shows/{show.code}", 1)):
        client.get(f"/api/v1/{path}")
        with django_assert_num_queries(queries):
            client.get(f"/api/v1/{path}")
