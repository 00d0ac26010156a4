"""The pages of theaters and the feed of their shows."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from events.models import Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(theater: Theater) -> Theater:
    theater.description = "A house by the river."
    theater.access_information = "A lift serves every level."
    theater.phone = "+43 1 234"
    theater.latitude, theater.longitude = "48.210000", "16.370000"
    theater.save()
    return theater


def test_it_shows_where_the_theater_is_and_how_to_get_in(client: Client, house: Theater) -> None:
    make_hall(theater=house, name="Great Hall", rows=3, seats=5)

    html = client.get(f"/theaters/{house.slug}/").content.decode()

    for text in (
        "A house by the river.",
        "A lift serves every level.",
        "1 River Street",
        'href="tel:+431234"',
        "https://www.openstreetmap.org/?mlat=48.210000&amp;mlon=16.370000",
        "Great Hall",
        "15 places",
    ):
        assert text in html, text


def test_its_map_searches_for_the_address_without_coordinates(client: Client, theater: Theater) -> None:
    html = client.get(f"/theaters/{theater.slug}/").content.decode()

    assert "https://www.openstreetmap.org/search?query=1%20River%20Street%2C%20Vienna" in html


def test_it_shows_what_is_on_by_day(client: Client, house: Theater, other_theater: Theater) -> None:
    hall = make_hall(theater=house)
    first = make_show(hall=hall, event=make_event("Antigone"), in_hours=48)
    make_show(hall=hall, event=make_event("Tartuffe"), in_hours=24 * 30)
    make_show(hall=make_hall(theater=other_theater), event=make_event("Faust"))
    make_show(hall=hall, event=make_event("Draft"), in_hours=96, state=Show.State.DRAFT)

    html = client.get(f"/theaters/{house.slug}/").content.decode()

    assert f'href="/shows/{first.code}/"' in html
    for title in ("Tartuffe", "Faust", "Draft"):
        assert title not in html


def test_it_suggests_what_to_try_when_nothing_is_on(client: Client, house: Theater) -> None:
    html = client.get(f"/theaters/{house.slug}/").content.decode()

    assert "The stage is dark" in html
    assert 'href="/?city=vienna"' in html


def test_it_is_not_found_when_unpublished_or_unknown(client: Client, theater: Theater) -> None:
    theater.is_published = False
    theater.save()

    for path in (
        f"/theaters/{theater.slug}/",
        f"/calendar/{theater.slug}.ics",
        "/theaters/nowhere/",
        "/calendar/nowhere.ics",
    ):
        assert client.get(path).status_code == 404, path


def test_the_list_groups_theaters_by_city(client: Client, theater: Theater) -> None:
    kyoto = make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo"))
    hidden = make_theater("Hidden")
    hidden.is_published = False
    hidden.save()
    make_show(hall=make_hall(theater=kyoto))

    html = client.get("/theaters/").content.decode()

    assert html.index('id="city-kyoto"') < html.index("Kamogawa") < html.index('id="city-vienna"')
    assert "1 upcoming show" in html
    assert "No shows planned" in html
    assert "Hidden" not in html


def test_the_feed_has_every_upcoming_show(client: Client, theater: Theater) -> None:
    hall = make_hall(theater=theater)
    first = make_show(hall=hall, event=make_event("Antigone; a, tragedy"), in_hours=48)
    canceled = make_show(hall=hall, event=make_event("Faust"), in_hours=24 * 40, state=Show.State.CANCELED)

    response = client.get(f"/calendar/{theater.slug}.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    entries = {str(entry["summary"]): entry for entry in Calendar.from_ical(response.content).walk("VEVENT")}
    assert set(entries) == {"Antigone; a, tragedy", "Canceled: Faust"}
    entry = entries["Antigone; a, tragedy"]
    assert entry.decoded("dtstart") == first.starts_at.replace(microsecond=0)
    assert str(entry["uid"]) == f"{first.code}@localhost"
    assert "1 River Street" in str(entry["location"])
    assert entries["Canceled: Faust"]["status"] == "CANCELLED"
    assert str(entries["Canceled: Faust"]["uid"]).startswith(canceled.code)


@pytest.mark.slow
@pytest.mark.parametrize("shows", [1, 25])
def test_the_number_of_queries_does_not_grow(
    client: Client, django_assert_max_num_queries, theater: Theater, shows: int
) -> None:
    hall = make_hall(theater=theater)
    for number in range(shows):
        make_show(
            hall=hall, event=make_event(f"Event {number}"), starts_at=timezone.now() + timedelta(hours=3 + number * 4)
        )
    forget_pages()

    with django_assert_max_num_queries(8):
        client.get(f"/theaters/{theater.slug}/")
    with django_assert_max_num_queries(8):
        client.get("/theaters/")
    with django_assert_max_num_queries(0):
        client.get(f"/theaters/{theater.slug}/")
