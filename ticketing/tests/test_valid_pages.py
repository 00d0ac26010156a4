"""Every public page is valid HTML without scripts: a strict parser finds no error, and no id is there twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from html5lib import HTMLParser
from html5lib.constants import E as SENTENCES

from accounts.models import User
from events.models import Event, Label, Review, Show
from legal.models import LegalVersion
from testing.bookings import make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.legal import make_page
from theaters.models import OpeningHours, Theater

pytestmark = pytest.mark.django_db

INTERACTIVE = ("a", "button", "input", "select", "textarea", "label", "summary")


def find_errors(html: str) -> list[str]:
    parser = HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html, scripting=False)
    found = [f"line {place[0]}: {SENTENCES[code] % words}" for place, code, words in parser.errors]
    ids = Counter(node.get("id") for node in page.iter() if node.get("id"))
    found += [f"id {name} is there {count} times" for name, count in ids.items() if count > 1]
    outer = [node for name in ("a", "button") for node in page.iter(name)]
    inner = [node.tag for one in outer for node in one.iter() if node is not one and node.tag in INTERACTIVE]
    return [*found, *(f"<{name}> in a link or button" for name in inner)]


@pytest.fixture
def season(theater: Theater, customer: User) -> list[str]:
    """Make something of everything that customers' pages show; return the addresses of those pages."""
    theater.description, theater.website = "By the <river> & the bridge.", "https://example.org/"
    theater.latitude, theater.longitude = Decimal("48.2"), Decimal("16.4")
    theater.save()
    label = Label.objects.create(name="Q&A", slug="q-a")
    hall = make_hall(theater=theater, rows=3, seats=6, standing=20)
    series = make_event(
        "Hamlet <&> “ألف ليلة”",
        synopsis="To be\n\nor not.",
        cast=[{"name": "Asta Nielsen", "role": "Hamlet"}],
        credits=[{"name": "Shakespeare", "role": "Author"}],
        trailer_url="https://www.youtube.com/watch?v=abcDEF12345",
        age_rating="12",
        languages=["de"],
    )
    series.labels.add(label)
    Review.objects.create(event=series, user=customer, stars=4, text="Good <&> loud.")
    Event.objects.filter(pk=series.pk).update(rating_average=4, rating_count=1)
    shows = [make_show(hall=hall, event=series, in_hours=24 * day, is_captioned=day % 2 == 0) for day in range(1, 15)]
    make_show(hall=hall, event=series, in_hours=24 * 15, state=Show.State.CANCELED)
    make_show(hall=hall, event=series, in_hours=24 * 16, sales_open_at=timezone.now() + timedelta(days=2))
    film = make_event("Film", kind=Event.Kind.FILM)
    cinema = make_hall(theater=make_theater("Lichtspiele", city=make_city("Graz")), rows=1, seats=3)
    for number in range(9):
        make_show(hall=cinema, event=film, in_hours=6 + 2.5 * number)
    for weekday in range(5):
        OpeningHours.objects.create(theater=theater, weekday=weekday, opens="10:00", closes="18:00")
    make_page(theater, LegalVersion.Kind.TERMS, en="# What holds\n\nA [link](https://example.org).\n\n- One")
    paid, held = make_paid(shows[0], 0, 1, customer=customer), make_hold(shows[1], 2, customer=customer)
    return [
        *("/", "/?city=vienna", "/?city=all", "/events/", "/events/?q=hamlet", "/events/?q=nothing+at+all"),
        *("/events/?label=q-a&kind=play", "/theaters/", "/cookies/", "/no-such-page/"),
        *(series.get_absolute_url(), film.get_absolute_url(), f"{series.get_absolute_url()}?lang=hi"),
        *(theater.get_absolute_url(), cinema.theater.get_absolute_url()),
        *(show.get_absolute_url() for show in (shows[0], shows[2], Show.objects.get(state=Show.State.CANCELED))),
        reverse("legal:page", args=[theater.slug, "terms"]),
        *(reverse(name) for name in ("account_login", "account_signup", "account_reset_password", "bookings:list")),
        *(paid.get_absolute_url(), reverse("bookings:checkout", args=[held.code])),
    ]


@pytest.mark.slow
def test_a_strict_parser_finds_nothing(season: list[str], customer: User, client: Client):
    client.force_login(customer)
    found = []
    for address in season:
        # A booking's pages are its customer's own; the home page is another one for people who are signed in.
        visitors = (
            [client] if address.startswith("/bookings/") else [Client(), client] if address == "/" else [Client()]
        )
        for visitor in visitors:
            html = visitor.get(address, follow=True).content.decode()
            assert "</main>" in html, address
            found += [f"{address}: {error}" for error in find_errors(html)]
    assert not found, "\n".join(found)


def test_it_would_find_what_is_wrong():
    start, end = "<!doctype html><html lang=en><head><title>T</title></head><body>", "</body></html>"
    assert not find_errors(f"{start}<p>fine</p>{end}")
    for wrong in (
        "<p><div>a</div></p>",
        "<ul><li id=a></li><li id=a></li></ul>",
        "<a href=x><button>b</button></a>",
        "<div",
        "<div><span></div>",
        "<table><p>a</p></table>",
        '<p class="a" class="b">',
    ):
        assert find_errors(f"{start}{wrong}{end}"), wrong
