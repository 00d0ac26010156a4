"""What calendars and news readers subscribe to: of a theater, a city, a label."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from icalendar import Calendar

from events.models import Event, Label, Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = ("theater", "city", "label")


@pytest.fixture
def jazz(db: None) -> Label:
    return Label.objects.create(name="Jazz & <Blues>", slug="jazz")


def add(title: str, theater: Theater, *labels: Label, **fields: Any) -> Show:
    event = make_event(title, synopsis="Loud <b>brass</b> & strings.")
    event.labels.set(labels)
    return make_show(hall=make_hall(theater=theater), event=event, **fields)


def addresses(slugs: dict[str, str], kind: str) -> dict[str, str]:
    folder = {"theater": "theaters", "city": "cities", "label": "labels"}[kind]
    calendar = f"/calendar/{slugs[kind]}.ics" if kind == "theater" else f"/calendar/{folder}/{slugs[kind]}.ics"
    return {"calendar": calendar, "feed": f"/feeds/{folder}/{slugs[kind]}.xml"}


def read_calendar(path: str, **headers: str) -> set[str]:
    response = Client(headers=headers).get(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(entry["summary"]) for entry in Calendar.from_ical(response.content).walk("VEVENT")}


def read_feed(path: str, **headers: str) -> Element:
    response = Client(headers=headers).get(path)
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    return fromstring(response.content)


def titles(feed: Element) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def test_each_has_its_own_shows_and_newest_events(theater: Theater, jazz: Label):
    other = make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo"))
    older = add("Older", theater, jazz, in_hours=200)
    add("Newer", theater)
    add("Far", other, jazz)
    add("Off", theater, jazz, state=Show.State.CANCELED)
    add("Over", theater, jazz, in_hours=-50)
    Event.objects.filter(pk=older.event_id).update(created_at="2026-01-05T10:00Z")
    slugs = {"theater": theater.slug, "city": theater.city.slug, "label": jazz.slug}
    expected = {
        "theater": (["Newer", "Older"], {"Newer", "Older", "Canceled: Off"}),
        "city": (["Newer", "Older"], {"Newer", "Older", "Canceled: Off"}),
        "label": (["Far", "Older"], {"Far", "Older", "Canceled: Off"}),
    }
    for kind in KINDS:
        paths = addresses(slugs, kind)
        feed = read_feed(paths["feed"])
        assert (titles(feed), read_calendar(paths["calendar"])) == expected[kind], kind
        [oldest] = [entry for entry in feed.iter(f"{ATOM}entry") if entry.findtext(f"{ATOM}title") == "Older"]
        assert oldest.findtext(f"{ATOM}id") == f"http://localhost:8000{older.event.get_absolute_url()}"
        assert oldest.findtext(f"{ATOM}updated") == "2026-01-05T10:00:00+00:00"
        summary = str(oldest.findtext(f"{ATOM}summary"))
        assert theater.name in summary
        assert "from €20.00" in summary
        assert "&lt;b&gt;brass&lt;/b&gt;" in summary
        for path in paths.values():
            assert Client().get(path.replace(slugs[kind], "nowhere")).status_code == 404


def test_pages_lead_there_in_their_language(theater: Theater, jazz: Label):
    add("Hamlet", theater, jazz)
    make_show(hall=make_hall(theater=make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo"))))
    slugs = {"theater": theater.slug, "city": theater.city.slug, "label": jazz.slug}
    pages = {"theater": theater.get_absolute_url(), "city": "/?city=vienna", "label": "/events/?label=jazz"}
    for kind, page in pages.items():
        html = Client().get(page, headers={"accept-language": "de"}).content.decode()
        for path in addresses(slugs, kind).values():
            assert html.count(f'href="{path}?lang=de"') == 2, (page, path)
    assert "/feeds/" not in Client().get("/?city=all").content.decode()
    feed = read_feed(f"{addresses(slugs, 'label')['feed']}?lang=de")
    assert feed.findtext(f"{ATOM}title") == "Neu: Jazz & <Blues>"
    [link] = [link.get("href") for entry in feed.iter(f"{ATOM}entry") for link in entry.iter(f"{ATOM}link")]
    assert str(link).endswith("/?lang=de")


def test_a_list_of_one_label_may_be_found(theater: Theater, jazz: Label):
    add("Hamlet", theater, jazz)
    html = Client().get("/events/?label=jazz").content.decode()
    assert '<link rel="canonical" href="http://localhost:8000/events/?label=jazz">' in html
    assert "<title>Jazz &amp; &lt;Blues&gt; –" in re.sub(r"\s+", " ", html)
    Label.objects.create(name="Opera", slug="opera")
    forget_pages()
    for narrower in ("label=jazz&kind=play", "label=jazz&label=opera", "label=jazz&after=x"):
        assert 'rel="canonical"' not in Client().get(f"/events/?{narrower}").content.decode(), narrower


def test_a_domain_has_only_its_own(theater: Theater, jazz: Label):
    other = make_theater("Elsewhere")
    add("Ours", theater, jazz), add("Theirs", other, jazz)
    theater.brand = Brand.objects.create(name="Alpha", slug="alpha", domain="alpha.example", is_domain_confirmed=True)
    theater.save()
    forget_directory()
    forget_pages()
    slugs = {"theater": theater.slug, "city": theater.city.slug, "label": jazz.slug}
    for kind in KINDS:
        paths = addresses(slugs, kind)
        feed = read_feed(paths["feed"], host="alpha.example")
        assert titles(feed) == ["Ours"]
        assert {str(link.get("href"))[:21] for link in feed.iter(f"{ATOM}link")} == {"http://alpha.example/"}
        assert read_calendar(paths["calendar"], host="alpha.example") == {"Ours"}
    for path in addresses({"theater": other.slug}, "theater").values():
        assert Client(headers={"host": "alpha.example"}).get(path).status_code == 404


def test_a_feed_reads_the_same_however_many_events(theater: Theater, jazz: Label, django_assert_max_num_queries):
    for number in range(12):
        add(f"Event {number}", theater, jazz)
    for path, most in (("/feeds/labels/jazz.xml", 8), ("/calendar/labels/jazz.ics", 5)):
        forget_pages()
        with django_assert_max_num_queries(most):
            assert Client().get(path).status_code == 200
