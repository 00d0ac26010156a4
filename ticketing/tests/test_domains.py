"""A brand's own domain shows only its theaters, once it is confirmed, and nothing of others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from bookings.access import guest_token, ticket_url
from events.catalogue.search import index_event
from testing.bookings import make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from theaters.directory import forget_directory
from theaters.models import Brand, Theater
from ticketing.domains import FINDERS
from ticketing.tests.test_brand_pages import things_of

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "tickets.alpha.example"}


@pytest.fixture
def own() -> Theater:
    brand = Brand.objects.create(
        name="Alpha Players", slug="alpha", domain="tickets.alpha.example", is_domain_confirmed=True
    )
    return make_theater("Alphahaus", brand=brand)


@pytest.fixture
def other() -> Theater:
    return make_theater("Betahaus", city=make_city("Graz"))


@pytest.fixture
def shows(own: Theater, other: Theater) -> list[Any]:
    found = [make_show(hall=make_hall(theater=one), event=make_event(f"Play of {one.name}")) for one in (own, other)]
    idle = make_event("Play of Betahaus by itself", cast=[{"name": "Ophelia Other", "role": ""}])
    index_event(idle)
    for show in found:
        index_event(show.event)
    return found


def test_it_shows_only_its_theaters(client: Client, shows: list[Any]):
    for address in ("/", "/events/", "/events/?sort=title", "/theaters/", "/sitemap-theaters.xml"):
        text = client.get(address, **HOST).content.decode()
        assert "Alpha" in text or "theater-" in text, address
        assert "Beta" not in text, address
        assert shows[1].hall.theater.slug not in text, address
    assert client.get("/events/?q=Betahaus", **HOST).content.decode().count("Play of Betahaus") == 0
    for query in ("Play", "Betahaus", "Ophelia"):
        suggested = client.get(f"/suggestions/?q={query}", **HOST).content.decode()
        assert "Beta" not in suggested, query
        assert "Ophelia Other" not in suggested
    assert "Ophelia Other" in client.get("/suggestions/?q=Ophelia").content.decode()
    found = client.get("/events/?q=Play", **HOST).content.decode()
    assert "Play of Alphahaus" in found
    assert "Play of Betahaus" not in found
    sitemap = client.get("/sitemap-events.xml", **HOST).content.decode()
    assert f"http://tickets.alpha.example{shows[0].event.get_absolute_url()}" in sitemap
    assert shows[1].event.get_absolute_url() not in sitemap
    # One city is no choice.
    assert 'id="city-menu"' not in client.get("/", **HOST).content.decode()
    # The shared site shows all, also right after.
    everything = client.get("/events/").content.decode()
    assert "Play of Alphahaus" in everything
    assert "Play of Betahaus" in everything


def test_pages_name_the_domain_and_bear_its_brand(client: Client, shows: list[Any]):
    text = client.get(shows[0].event.get_absolute_url(), **HOST).content.decode()
    assert "– Alpha Players</title>" in text
    assert f'rel="canonical" href="http://tickets.alpha.example{shows[0].event.get_absolute_url()}"' in text
    # The same page at the shared site leads there, too.
    text = client.get(shows[0].event.get_absolute_url()).content.decode()
    assert f'rel="canonical" href="http://tickets.alpha.example{shows[0].event.get_absolute_url()}"' in text
    # So do data for search engines and calendars.
    assert f'"url": "http://tickets.alpha.example{shows[0].event.get_absolute_url()}"' in text
    assert f'"url": "http://tickets.alpha.example/shows/{shows[0].code}/"' in text
    calendar = client.get(reverse("events:theater-calendar", args=[shows[0].hall.theater.slug])).content.decode()
    assert "URL:http://tickets.alpha.example/events/" in calendar
    assert "http://tickets.alpha.example/sitemap.xml" in client.get("/robots.txt", **HOST).content.decode()
    manifest = json.loads(client.get("/manifest.webmanifest", **HOST).content)
    assert manifest["name"] == "Alpha Players"
    assert "/brands/alpha-" in manifest["icons"][0]["src"]
    assert "– Alpha Players</title>" in client.get(reverse("account_login"), **HOST).content.decode()


def test_nothing_of_other_theaters_is_there(client: Client, own: Theater, other: Theater, customer: User):
    client.force_login(customer)
    mine, others = things_of(own, customer), things_of(other, customer)
    for page, address in others.items():
        assert client.get(address, **HOST).status_code == 404, page
        assert client.get(address).status_code == 200, page
    for page, address in mine.items():
        assert client.get(address, **HOST).status_code == 200, page
    paid = make_paid(make_show(hall=make_hall(theater=other)), 0, customer=customer)
    for address in (
        reverse("bookings:tickets", args=[paid.code]),
        reverse("bookings:guest", args=[guest_token(paid)]),
        reverse("events:theater-calendar", args=[other.slug]),
        f"/api/v1/shows/{paid.shows[0].code}/availability",
        f"/api/v1/theaters/{other.slug}",
    ):
        assert client.get(address, **HOST).status_code == 404, address
    assert ticket_url(paid.tickets.get())
    held = make_show(hall=make_hall(theater=other))
    response = client.post(reverse("bookings:hold", args=[held.code]), {"seat": "1"}, **HOST)
    assert response.status_code == 404
    Theater.objects.update(offers_newsletter=True)
    offered = client.get(reverse("legal:newsletters"), **HOST).content.decode()
    assert "Alphahaus" in offered
    assert "Betahaus" not in offered
    # A basket at another theater waits at the shared site.
    made = client.post(reverse("bookings:hold", args=[held.code]), {"seat": held.seat_map.seats.first().pk})
    assert made["Location"] in client.get("/").content.decode()
    assert made["Location"] not in client.get("/", **HOST).content.decode()
    # Own bookings elsewhere are not listed here.
    listed = client.get(reverse("bookings:list"), **HOST).content.decode()
    assert "Alphahaus" in listed
    assert "Betahaus" not in listed


def test_every_address_of_something_is_checked():
    """An address with a parameter is about a theater's things, or is known to be about none."""
    neutral = {
        *("sitemap-section", "brand-style", "brand-icon", "invitation", "webhook", "account-webhook"),
        "provider-events",
        # Of the site, or of the theater to which the whole domain belongs.
        *("site-page", "site-version", "site-picture"),
        # Of labels and cities, as far as the domain shows them.
        *("city-calendar", "label-calendar", "city-feed", "label-feed"),
        # Labels and people are of all theaters; what a link opens is a person's own.
        *("label", "person", "stop", "confirm", "guest"),
        # Of devices, which know no brand.
        *("registration", "changed", "latest"),
    }
    unchecked = set()
    for one in get_resolver().url_patterns:
        for pattern in getattr(one, "url_patterns", []):
            path = f"{one.pattern}{pattern.pattern}"
            if "<" in path and not path.startswith((*FINDERS, "accounts/", "admin/", "api/", "door/", "dev/")):
                unchecked.add(str(pattern.name))
    assert unchecked == neutral


def test_forms_are_sent_there(own: Theater, shows: list[Any]):
    client = Client(enforce_csrf_checks=True)
    seat = shows[0].seat_map.seats.first().pk
    page = reverse("bookings:show", args=[shows[0].code])
    token = client.get(page, **HOST).content.decode().partition('name="csrfmiddlewaretoken" value="')[2][:64]
    hold = reverse("bookings:hold", args=[shows[0].code])
    sent = {"csrfmiddlewaretoken": token, "seat": seat}
    response = client.post(hold, sent, HTTP_ORIGIN="http://tickets.alpha.example", **HOST)
    assert response.status_code == 302
    assert "/checkout/" in response["Location"] or "/bookings/" in response["Location"]
    evil = client.post(hold, sent, HTTP_ORIGIN="http://evil.example", **HOST)
    assert evil.status_code == 403


def test_staff_are_led_to_the_site(client: Client, own: Theater):
    response = client.get("/admin/?a=1", **HOST)
    assert (response.status_code, response["Location"]) == (302, "http://localhost:8000/admin/?a=1")


def test_a_domain_that_is_not_confirmed_is_not_served(client: Client, own: Theater, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert client.get("/", **HOST).status_code == 200
    Brand.objects.update(is_domain_confirmed=False)
    forget_directory()
    assert client.get("/theaters/", **HOST).status_code == 400


def test_a_warm_page_costs_no_statement(client: Client, shows: list[Any], django_assert_num_queries):
    for _again in range(2):
        client.get("/events/", **HOST)
    with django_assert_num_queries(0):
        assert "Play of Alphahaus" in client.get("/events/", **HOST).content.decode()
    assert "Play of Betahaus" in client.get("/events/").content.decode()


def test_a_hold_is_made_there(client: Client, own: Theater, customer: User, shows: list[Any]):
    client.force_login(customer)
    held = make_hold(shows[0], 0, customer=customer)
    assert client.get(reverse("bookings:checkout", args=[held.code]), **HOST).status_code == 200
