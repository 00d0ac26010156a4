"""Access performances, named in words wherever a show is listed."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from events.catalogue.theater_page import MANY_SHOWS_A_DAY
from events.models import Access, Event, Show
from testing.builders import make_event, make_hall, make_show
from theaters.models import Hall

pytestmark = pytest.mark.django_db

NAMES = ("captioned", "sign language interpreted", "audio described", "relaxed performance")


@pytest.fixture
def hall() -> Hall:
    return make_hall(rows=4, seats=10)


def read(client: Client, address: str) -> str:
    return " ".join(strip_tags(client.get(address).content.decode()).split())


def make_run(hall: Hall, *shows: dict[str, bool]) -> Event:
    """Make an event with a show a day, at noon."""
    event, noon = make_event(), timezone.localtime(timezone.now(), hall.theater.tz).replace(hour=12, minute=0)
    for day, access in enumerate(shows, 1):
        make_show(event=event, hall=hall, starts_at=noon + timedelta(days=day), **access)
    return event


def test_each_page_with_the_show_names_its_access(client: Client, hall: Hall) -> None:
    show = make_show(hall=hall, is_signed=True, is_relaxed=True)

    for address in (
        "/",
        "/events/",
        show.event.get_absolute_url(),
        f"/theaters/{hall.theater.slug}/",
        f"/shows/{show.code}/",
    ):
        text = read(client, address)
        named = {name for name in NAMES if name in text}
        assert {"sign language interpreted", "relaxed performance"} <= named, address
    assert "· sign language interpreted · relaxed performance" in text
    assert "audio described" not in text


def test_a_dense_programme_keeps_shows_of_different_access_apart(client: Client, hall: Hall) -> None:
    event, noon = make_event(), timezone.localtime(timezone.now(), hall.theater.tz).replace(hour=8, minute=0)
    day = noon + timedelta(days=1)
    for number in range(MANY_SHOWS_A_DAY):
        own = make_hall(theater=hall.theater, name=f"Hall {number}")
        make_show(event=event, hall=own, starts_at=day + timedelta(hours=number), is_captioned=number == 1)

    html = client.get(f"/theaters/{hall.theater.slug}/?day={day.date().isoformat()}").content.decode()

    versions = re.findall(r'<div class="billing__version">.*?</div>', html, re.DOTALL)
    assert [">09:00<" in version for version in versions if "captioned" in version] == [True]
    # The line above the times says it; the times do not repeat it.
    assert html.count("captioned") == 1


def test_dates_are_narrowed_by_access(client: Client, hall: Hall) -> None:
    shows = [{}] * 11 + [{"is_captioned": True, "is_signed": True}, {"is_signed": True}]
    event = make_run(hall, *shows)
    address = f"/events/{event.slug}/"

    html = client.get(address).content.decode()
    narrowed = client.get(f"{address}?access=captioned").content.decode()

    def days(page: str) -> int:
        return len(re.findall(r'<a class="day ', page))

    assert days(html) > days(narrowed) == 1
    assert 'aria-label="Access performance"' in html
    assert "Sign language interpreted" in html
    assert "Relaxed performance" not in html
    assert days(client.get(f"{address}?access=nonsense").content.decode()) == days(html)


def test_the_columns_are_those_of_the_kinds() -> None:
    for access in Access:
        assert Show(**{access.field: True}).access == (access,)
    assert Show().access == ()


@pytest.mark.parametrize(("kind", "role"), [("film", "workPresented"), ("play", "workPerformed")])
def test_search_engines_read_what_a_performance_offers(client: Client, hall: Hall, kind: str, role: str) -> None:
    event = make_event(kind=kind)
    make_show(event=event, hall=hall, is_captioned=True, is_relaxed=True)
    make_show(event=event, hall=hall, in_hours=96)

    html = client.get(event.get_absolute_url()).content.decode()

    graph = json.loads(html.partition('application/ld+json">')[2].partition("</script>")[0])["@graph"]
    captioned, plain = (item for item in graph if item["@type"].endswith("Event"))
    assert captioned[role]["accessibilityFeature"] == ["captions"]
    assert "accessibilityFeature" not in plain.get(role, {})
