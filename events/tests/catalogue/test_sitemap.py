"""Pages for machines: sitemaps, robots.txt and the manifest."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.builders import make_event, make_theater

pytestmark = pytest.mark.django_db


def test_search_engines_find_every_public_page(client: Client) -> None:
    event, theater = make_event(), make_theater()
    make_event("Hidden", slug="hidden", is_published=False)

    index = client.get("/sitemap.xml").content.decode()
    sections = re.findall(r"<loc>http://testserver(/sitemap-\w+\.xml)</loc>", index)
    pages = "".join(client.get(section).content.decode() for section in sections)

    assert len(sections) == 3
    for path in ("/", "/events/", "/theaters/", f"/events/{event.slug}/", f"/theaters/{theater.slug}/"):
        assert f"<loc>http://localhost:8000{path}</loc>" in pages
    assert "hidden" not in pages


def test_the_index_reads_no_events(client: Client, django_assert_max_num_queries) -> None:
    for number in range(5):
        make_event(f"Event {number}")

    with django_assert_max_num_queries(4):
        client.get("/sitemap.xml")
    with django_assert_max_num_queries(0):
        client.get("/sitemap.xml")


def test_robots_stay_out_of_private_pages(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /bookings/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text


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
