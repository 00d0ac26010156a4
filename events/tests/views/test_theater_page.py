"""The pages of theaters and the feed of their shows."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from events.levels.change import change_settings
from events.models import Show
from events.models.settings import Scope
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import OpeningHours, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(theater: Theater) -> Theater:
    theater.description = "A house by the river."
    theater.access_information = "A lift serves every level."
    theater.travel_information = "Trams stop at the bridge."
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
        "Trams stop at the bridge.",
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


@pytest.fixture
def cinema(theater: Theater) -> Theater:
    """A cinema with two films on Wednesday, the day of the tests, and one of them on Friday: too many for a list."""
    halls = [make_hall(theater=theater) for _each in range(3)]
    nosferatu, metropolis = make_event("Nosferatu"), make_event("Metropolis")
    for hours in range(1, 9):
        make_show(
            hall=halls[hours % 3],
            event=nosferatu if hours % 2 else metropolis,
            in_hours=hours,
            format="35 mm" * (hours > 6),
        )
    make_show(hall=halls[0], event=metropolis, in_hours=49)
    return theater


def test_a_cinema_shows_one_day_and_each_film_once(client: Client, cinema: Theater) -> None:
    html = client.get(f"/theaters/{cinema.slug}/").content.decode()
    wednesday = timezone.localdate(timezone.now(), cinema.tz)

    assert (html.count("billing__event"), html.count('<a class="time')) == (2, 8)
    assert html.index("Nosferatu") < html.index("Metropolis")
    # Each film is shown without and with the format.
    assert (html.count("billing__version"), html.count("35 mm")) == (4, 2)
    assert f"?day={wednesday + timedelta(2)}#" in html

    friday = client.get(f"/theaters/{cinema.slug}/", {"day": f"{wednesday + timedelta(2)}"}).content.decode()
    assert (friday.count("billing__event"), friday.count('<a class="time')) == (1, 1)


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "2999-01-01", "9" * 40])
def test_a_day_without_shows_is_the_first_one_with_some(client: Client, cinema: Theater, day: str) -> None:
    answer = client.get(f"/theaters/{cinema.slug}/", {"day": day})
    assert answer.status_code == 200
    assert answer.context["day"] == timezone.localdate(timezone.now(), cinema.tz)


@pytest.mark.parametrize(("first", "weekday"), [(0, "Mon"), (3, "Thu"), (2, "Wed")])
def test_its_weeks_begin_on_its_own_first_day(client: Client, cinema: Theater, first: int, weekday: str) -> None:
    change_settings(scope=Scope(cinema.pk), values={"week_starts_on": first}, by=None)
    forget_pages()
    weeks = client.get(f"/theaters/{cinema.slug}/").context["weeks"]

    assert {f"{week[0].date:%a}" for week in weeks} == {weekday}
    assert {len(week) for week in weeks} == {7}
    days = [day for week in weeks for day in week]
    assert [day.date for day in days if day.has_shows] == [
        timezone.localdate(timezone.now(), cinema.tz) + timedelta(number) for number in (0, 2)
    ]
    assert sum(not day.is_past for day in days) >= 14


def test_a_theater_with_few_shows_keeps_its_list(client: Client, house: Theater) -> None:
    make_show(hall=make_hall(theater=house), in_hours=2)
    page = client.get(f"/theaters/{house.slug}/")
    assert page.context["weeks"] is None
    assert "show-row" in page.content.decode()


def test_it_says_when_the_box_office_is_open(client: Client, theater: Theater, time_machine: Any) -> None:
    OpeningHours.objects.create(theater=theater, weekday=1, opens=time(10), closes=time(18))
    OpeningHours.objects.create(theater=theater, date=date(2026, 6, 9), note="Inventory")
    # A Tuesday in Vienna.
    time_machine.move_to(datetime(2026, 6, 2, 9, tzinfo=UTC), tick=False)
    forget_pages()
    page = client.get(theater.get_absolute_url())
    text = page.content.decode()
    assert "Open now until 18:00" in text
    assert "Inventory" in text
    [data, _way] = json.loads(text.partition('<script type="application/ld+json">')[2].partition("</script>")[0])[
        "@graph"
    ]
    [week] = data["openingHoursSpecification"]
    assert (week["dayOfWeek"], week["opens"], week["closes"]) == ("https://schema.org/Tuesday", "10:00", "18:00")
    [special] = data["specialOpeningHoursSpecification"]
    assert (special["validFrom"], special["opens"], special["closes"]) == ("2026-06-09", "00:00", "00:00")
