"""Pages for machines: sitemaps, robots.txt and the manifest."""

import json
import re
from urllib.robotparser import RobotFileParser
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import Event, Label, Show
from events.sales.opening import open_sales
from lib.bearer_links import SECRET_PARAMETERS
from testing.addresses import patterns
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def test_search_engines_find_every_public_page(client: Client) -> None:
    event, theater = make_event(), make_theater()
    make_event("Hidden", slug="hidden", is_published=False)

    index = client.get("/sitemap.xml").content.decode()
    sections = re.findall(r"<loc>http://testserver(/sitemap-\w+\.xml)</loc>", index)
    pages = "".join(client.get(section).content.decode() for section in sections)

    assert len(sections) == 3
    for path in ("/", "/events/", "/theaters/", "/cookies/", f"/events/{event.slug}/", f"/theaters/{theater.slug}/"):
        assert f"<loc>http://localhost:8000{path}</loc>" in pages
    assert "hidden" not in pages
    # There is no city to choose, and no label with anything to see.
    assert "?city=" not in pages
    assert "?label=" not in pages


def test_they_name_pictures_languages_cities_and_labels(
    client: Client, manager: User, django_capture_on_commit_callbacks
) -> None:
    hall, label = make_hall(), Label.objects.create(name="Jazz", slug="jazz")
    Label.objects.create(name="Opera", slug="opera")
    make_theater("Elsewhere", city=make_city("Graz"))
    event = make_event()
    event.labels.add(label)
    Event.objects.filter(pk=event.pk).update(poster="posters/abc-800.webp", changed_at="2026-01-05T10:00Z")
    show = make_show(hall=hall, event=event, state=Show.State.DRAFT)

    def read(section: str) -> list[Element]:
        forget_pages()
        return list(fromstring(client.get(f"/sitemap-{section}.xml").content))

    [url] = read("events")
    assert [node.text for node in url if node.text] == [
        f"http://localhost:8000{event.get_absolute_url()}",
        "2026-01-05T10:00:00+00:00",
    ]
    assert "http://localhost:8000/media/posters/abc-800.webp" in [node.text for node in url.iter()]
    languages = {node.get("hreflang"): node.get("href") for node in url if node.get("hreflang")}
    assert languages["de"] == f"http://localhost:8000{event.get_absolute_url()}?lang=de"
    assert languages["x-default"] == f"http://localhost:8000{event.get_absolute_url()}"
    places = {node[0].text for node in read("pages")}
    assert "http://localhost:8000/?city=vienna" in places
    assert not any("label" in str(place) for place in places)
    # A new date changes the page.
    with django_capture_on_commit_callbacks(execute=True):
        open_sales(show=show, by=manager)
    [url] = read("events")
    assert str(url[1].text) > "2026-06"
    assert [str(node[0].text) for node in read("pages") if "label" in str(node[0].text)] == [
        "http://localhost:8000/events/?label=jazz"
    ]


def test_the_index_reads_no_events(client: Client, django_assert_max_num_queries) -> None:
    for number in range(5):
        make_event(f"Event {number}")

    with django_assert_max_num_queries(5):
        client.get("/sitemap.xml")
    with django_assert_max_num_queries(0):
        client.get("/sitemap.xml")


def test_robots_stay_out_of_private_pages(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    rules = RobotFileParser()
    rules.parse(text.splitlines())
    assert rules.site_maps() == ["http://localhost:8000/sitemap.xml"]
    secret = [route for route, _name, parameters in patterns() if parameters & SECRET_PARAMETERS]
    assert len(secret) > 5
    for path in (*(f"/{route}" for route in secret), "/bookings/", "/admin/", "/accounts/login/"):
        assert not rules.can_fetch("crawler", path), path
    for path in (
        "/",
        "/?city=vienna",
        "/events/hamlet/",
        "/shows/ABC/",
        "/theaters/x/terms/",
        "/pictures/site/en/1.jpg",
    ):
        assert rules.can_fetch("crawler", path), path


def test_the_manifest_names_icons_that_exist(client: Client) -> None:
    response = client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    for icon in json.loads(response.content)["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_customers_pages_are_an_app_by_themselves(client: Client, manager: User) -> None:
    link = '<link rel="manifest" href="/manifest.webmanifest">'
    home = client.get("/").content.decode()
    assert link in home
    # The one of the manifest is for the light scheme.
    assert len(set(re.findall(r'<meta name="theme-color" media="[^"]+" content="(#\w+)">', home))) == 2
    app = json.loads(client.get("/manifest.webmanifest", headers={"Accept-Language": "de"}).content)
    assert (app["id"], app["scope"], app["lang"], app["shortcuts"][0]["name"]) == ("/", "/", "de", "Tickets zeigen")
    client.force_login(manager)
    for page in (reverse("admin:index"), "/door/"):
        assert link not in client.get(page, follow=True).content.decode()
    door = json.loads(client.get("/door/manifest.webmanifest").content)
    assert (door["id"], door["scope"]) == ("/door/", "/door/")


def test_the_shortcuts_of_the_app_lead_somewhere(client: Client) -> None:
    for shortcut in json.loads(client.get("/manifest.webmanifest").content)["shortcuts"]:
        assert client.get(shortcut["url"], follow=True).status_code == 200
