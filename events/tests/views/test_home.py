"""The home page: what is on, by city and day."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings.seating.chosen import SeatChoice
from bookings.services.hold_seats import hold_seats
from events.models import Event, Show
from legal.texts import read_links
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def sell(show: Show, count: int) -> None:
    seats = list(show.seat_map.seats.all()[:count])
    for start in range(0, count, 10):
        chosen = [SeatChoice(seat.pk) for seat in seats[start : start + 10]]
        hold_seats(show=show, seats=chosen, email=f"{start}@example.com")


def test_it_shows_what_is_on(client: Client) -> None:
    show = make_show(price="24.50")

    page = client.get("/")

    assert page.status_code == 200
    html = page.content.decode()
    assert f'href="/events/{show.event.slug}/"' in html
    assert f'href="/shows/{show.code}/"' in html
    assert "from €24.50" in html
    assert show.hall.theater.name in html


def test_times_are_in_the_zone_of_the_theater(client: Client) -> None:
    hall = make_hall(theater=make_theater(city=make_city("Mumbai", "Asia/Kolkata")))
    starts_at = (timezone.now() + timedelta(days=3)).replace(hour=12, minute=45)
    make_show(hall=hall, starts_at=starts_at)

    assert "18:15" in client.get("/").content.decode()


def test_it_narrows_to_a_city_and_remembers_it(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Tartuffe"), hall=make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo"))))

    first = client.get("/?city=kyoto")
    second = client.get("/")

    for page in (first, second):
        html = page.content.decode()
        assert "Tartuffe" in html
        assert "Antigone" not in html
        assert "What is on in" in html
    assert first.cookies["city"]["httponly"]


def test_it_shows_all_cities_again(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Tartuffe"), hall=make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo"))))
    client.get("/?city=kyoto")

    for address in ("/?city=all", "/"):
        html = client.get(address).content.decode()
        assert "Antigone" in html
        assert "Tartuffe" in html


@pytest.mark.slow
def test_it_starts_with_the_city_of_the_profile(client: Client, customer) -> None:
    make_show(event=make_event("Antigone"))
    kyoto = make_city("Kyoto", "Asia/Tokyo")
    make_show(event=make_event("Tartuffe"), hall=make_hall(theater=make_theater(city=kyoto)))
    customer.preferred_city = kyoto
    customer.save()
    client.force_login(customer)

    html = client.get("/").content.decode()
    assert "Tartuffe" in html
    assert "Antigone" not in html
    assert "Antigone" in client.get("/?city=vienna").content.decode()
    client.get("/?city=all")
    assert "Antigone" in client.get("/").content.decode()


def test_it_ignores_an_unknown_city(client: Client) -> None:
    make_show(event=make_event("Antigone"))

    page = client.get("/?city=atlantis")

    assert "Antigone" in page.content.decode()
    assert "city" not in page.cookies


def test_it_narrows_to_a_day(client: Client) -> None:
    early = make_show(event=make_event("Antigone"), in_hours=30)
    late = make_show(event=make_event("Tartuffe"), in_hours=30 + 5 * 24)
    zone = late.hall.theater.tz

    html = client.get(f"/?day={timezone.localtime(late.starts_at, zone).date()}").content.decode()

    assert f"/shows/{late.code}/" in html
    assert f"/shows/{early.code}/" not in html


@pytest.mark.parametrize("day", ["yesterday", "2026-13-40", "1999-01-01", "9999-12-31", ""])
def test_it_ignores_a_day_that_it_does_not_show(client: Client, day: str) -> None:
    show = make_show()

    page = client.get("/", {"day": day})

    assert page.status_code == 200
    assert f"/shows/{show.code}/" in page.content.decode()


def test_it_answers_htmx_with_only_the_days(client: Client) -> None:
    show = make_show()

    part = client.get("/", headers={"HX-Request": "true"})
    whole = client.get("/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert f"/shows/{show.code}/" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()
    assert "HX-Request" in part["Vary"]


def test_it_counts_the_seats_left(client: Client) -> None:
    hall = make_hall(rows=4, seats=10)
    many = make_show(hall=hall, event=make_event("Antigone"), in_hours=48)
    few = make_show(hall=hall, event=make_event("Tartuffe"), in_hours=72)
    none = make_show(hall=make_hall(rows=1, seats=2), event=make_event("Faust"), in_hours=72)
    sell(many, 20)
    sell(few, 30)
    sell(none, 2)

    html = client.get("/").content.decode()

    assert html.count("time--few") == 1
    assert re.search(rf'time--few" href="/shows/{few.code}/"', html)
    assert f"/shows/{many.code}/" in html
    assert f"/shows/{none.code}/" not in html
    assert "sold out" in html


def test_it_shows_when_sales_open(client: Client) -> None:
    show = make_show(sales_open_at=timezone.now() + timedelta(days=1))

    html = client.get("/").content.decode()

    assert f'"/shows/{show.code}/"' not in html
    assert "On sale soon" in html


def test_it_shows_no_drafts(client: Client) -> None:
    make_show(event=make_event("Hidden Event", is_published=False))
    make_show(event=make_event("Hidden Show"), state=Show.State.DRAFT)
    closed = make_hall()
    closed.theater.is_published = False
    closed.theater.save()
    make_show(event=make_event("Hidden Theater"), hall=closed)

    assert "Hidden" not in client.get("/").content.decode()


def test_it_suggests_what_to_try_when_nothing_is_on(client: Client) -> None:
    make_theater()

    html = client.get("/?city=vienna").content.decode()

    assert 'class="empty"' in html
    assert 'href="/events/?city=vienna"' in html
    assert 'href="/?city=all"' in html


@pytest.mark.parametrize("title", ["मृच्छकटिकम्", "ألف ليلة وليلة", "羽衣", "<script>alert(1)</script>"])
def test_it_writes_titles_of_any_script(client: Client, title: str) -> None:
    make_show(event=make_event(title))

    html = client.get("/").content.decode()

    escaped = title.replace("<", "&lt;").replace(">", "&gt;")
    assert f'dir="auto">{escaped}</a>' in html
    assert "<script>alert" not in html


def test_it_lists_kinds_with_their_number_of_events(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Faust"))
    make_show(event=make_event("Metropolis", kind=Event.Kind.FILM))

    html = client.get("/").content.decode()

    assert re.search(r'kind=play">Play<span class="kinds__count">.*?</span>2<', html)
    assert re.search(r'kind=film">Film<span class="kinds__count">.*?</span>1<', html)


@pytest.mark.slow
def test_it_obeys_the_content_policy(client: Client) -> None:
    show = make_show()

    for address in ("/", "/events/", f"/events/{show.event.slug}/", "/theaters/", show.hall.theater.get_absolute_url()):
        html = client.get(address).content.decode()
        scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
        assert all("application/ld+json" in attributes for attributes in scripts), address
        assert "<style" not in html
        assert " style=" not in html
        assert not re.search(r"\son\w+=", html), address


def make_catalogue(count: int) -> None:
    for number in range(count):
        hall = make_hall(rows=1, seats=2)
        event = make_event(f"Event {number}")
        for day in (1, 3, 5):
            make_show(hall=hall, event=event, in_hours=24 * day + number % 20)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 30])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries, count: int) -> None:
    make_catalogue(count)
    # Which legal pages there are is read each minute for the whole site.
    read_links()

    with django_assert_max_num_queries(8):
        client.get("/?city=vienna")
    forget_pages()
    read_links()
    with django_assert_max_num_queries(8):
        client.get("/")


def test_a_warm_page_costs_no_query(client: Client, django_assert_num_queries) -> None:
    make_catalogue(3)
    client.get("/")

    with django_assert_num_queries(0):
        assert client.get("/").status_code == 200


def test_what_is_on_today_comes_first(client: Client) -> None:
    make_show(event=make_event("Macbeth"), in_hours=26)
    make_show(event=make_event("Medea"), in_hours=2)
    html = client.get("/").content.decode()
    assert html.index(">Today<") < html.index("Medea") < html.index(">Coming up<") < html.index("Macbeth")
