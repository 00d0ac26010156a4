"""The calendar on the page of an event with many dates."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from events.models import Event
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import Hall

pytestmark = pytest.mark.django_db


def noon(day: int) -> datetime:
    """Return noon in Vienna, so many days from now."""
    now = timezone.localtime(timezone.now(), make_city().tz)
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=day)


def iso(day: int) -> str:
    return noon(day).date().isoformat()


def make_run(hall: Hall, days: int = 13, **fields: object) -> Event:
    event = make_event("Hamlet")
    for day in range(1, days + 1):
        make_show(event=event, hall=hall, starts_at=noon(day), **fields)
    return event


def read(client: Client, event: Event, query: str = "") -> str:
    return client.get(f"/events/{event.slug}/{query}").content.decode()


def chosen(html: str) -> list[str]:
    return re.findall(r'<a class="day [^>]*id="day-([\d-]+)"[^>]*aria-current="date"', html)


def offered(html: str) -> list[str]:
    """Return the address of each day that can be chosen."""
    return [unescape(href) for href in re.findall(r'<a class="day [^>]*? href="([^"]*)"', html)]


def houses(html: str) -> list[str]:
    return re.findall(r'<section class="house" aria-label="([^"]*)"', html)


@pytest.mark.parametrize(("dates", "has_calendar"), [(12, False), (13, True)])
def test_from_thirteen_dates_on_they_are_a_calendar(client: Client, dates: int, has_calendar: bool) -> None:
    html = read(client, make_run(make_hall(), dates))

    assert ('class="month"' in html) == has_calendar
    assert html.count('<li class="show-row') == (1 if has_calendar else 12)


def test_it_shows_the_first_day_and_leads_to_the_others(client: Client) -> None:
    event = make_run(make_hall(), 40)

    html = read(client, event)

    assert chosen(html) == [iso(1)]
    month = [noon(day).date() for day in range(1, 41) if noon(day).month == noon(1).month]
    assert offered(html) == [f"/events/{event.slug}/?day={day}#dates" for day in month]
    later = month[-1] + timedelta(days=1)
    assert f'id="month-later" href="/events/{event.slug}/?day={later}#dates"' in html
    assert "No earlier months" in html
    after = read(client, event, f"?day={later}")
    assert chosen(after) == [str(later)]
    assert f'id="month-earlier" href="/events/{event.slug}/?day={iso(1)}#dates"' in after
    assert after.count('<li class="show-row') == 1


@pytest.mark.parametrize("query", ["?day=", "?day=2001-01-01", "?day=0000-99-99", "?language=xx&format=%F0"])
def test_what_makes_no_sense_is_ignored(client: Client, query: str) -> None:
    assert chosen(read(client, make_run(make_hall()), query)) == [iso(1)]


def test_a_day_says_its_price_and_how_full_it_is(client: Client) -> None:
    hall = make_hall(rows=4, seats=10)
    event = make_run(hall, days=40, price="24")
    make_show(event=event, hall=make_hall(rows=4, seats=10, theater=hall.theater), starts_at=noon(1), price="18.50")

    html = read(client, event, f"?day={iso(1)}")

    days = re.findall(r'<a class="day .*?</a>', html, re.DOTALL)
    first, *others = [" ".join(strip_tags(day).split()) for day in days]
    assert first.endswith("€18.50, lowest price , less than a quarter taken")
    assert [text for text in others if not text.endswith("€24 , less than a quarter taken")] == []
    assert html.count('<li class="show-row') == 2


def test_times_of_a_day_are_by_theater(client: Client) -> None:
    event = make_run(make_hall(theater=make_theater("Riverside")))
    make_show(event=event, hall=make_hall(theater=make_theater("Astoria")), starts_at=noon(1) + timedelta(hours=1))

    assert houses(read(client, event)) == ["Riverside", "Astoria"]


def test_filters_narrow_the_dates_and_keep_one_another(client: Client) -> None:
    hall = make_hall()
    event = make_run(hall, language="de")
    for day in (2, 3):
        make_show(event=event, hall=hall, starts_at=noon(day) + timedelta(hours=4), language="en", format="3D")

    html = read(client, event, f"?language=en&day={iso(3)}")

    assert chosen(html) == [iso(3)]
    assert html.count('<li class="show-row') == 1
    filters = dict(re.findall(r'<nav class="narrow" aria-label="(\w+)">(.*?)</nav>', html, re.DOTALL))
    # All English ones are in 3D.
    assert list(filters) == ["Language"]
    choices = re.findall(r' href="([^"#]*)#dates"[^>]*?( aria-current="true")?><bdi>([^<]*)</bdi>', filters["Language"])
    path = f"/events/{event.slug}/"
    assert [(unescape(href), bool(is_chosen), name) for href, is_chosen, name in choices] == [
        (f"{path}?day={iso(3)}", False, "All languages"),
        (f"{path}?language=de&day={iso(3)}", False, "German"),
        (f"{path}?language=en&day={iso(3)}", True, "English"),
    ]
    assert offered(html)
    assert all("?language=en&day=" in href for href in offered(html))


def test_it_keeps_to_the_city_of_the_visitor_and_offers_the_others(client: Client) -> None:
    event = make_run(make_hall())
    kyoto = make_hall(theater=make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo")))
    make_show(event=event, hall=kyoto, starts_at=noon(20))
    make_theater("Elsewhere", city=make_city("Graz"))

    assert houses(read(client, event, f"?day={iso(20)}")) == ["Kamogawa"]
    client.cookies["city"] = "kyoto"
    assert houses(read(client, event)) == ["Kamogawa"]
    assert houses(read(client, event, "?city=vienna")) == ["Riverside"]
    everywhere = read(client, event, "?city=all")
    assert houses(everywhere) == ["Riverside"]
    assert all("?city=all&day=" in href for href in offered(everywhere))
    client.cookies["city"] = "graz"
    assert houses(read(client, event)) == ["Riverside"]


def test_htmx_gets_the_dates_alone(client: Client) -> None:
    event = make_run(make_hall())
    address = f"/events/{event.slug}/?day={iso(2)}"

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<section class="section" id="dates"')
    assert ": one date" in part
    restored = client.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert restored.content.decode().count('id="dates-status"') == 1


def test_each_day_of_a_warm_event_costs_no_query(client: Client, django_assert_num_queries) -> None:
    event, address = make_run(make_hall()), f"?day={iso(2)}"
    forget_pages()
    read(client, event)

    with django_assert_num_queries(0):
        html = read(client, event, address)
    assert chosen(html) == [iso(2)]
