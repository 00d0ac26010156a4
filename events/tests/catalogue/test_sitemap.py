"""Pages for machines: sitemaps, robots.txt and the manifest."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

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
