"""What search engines read, in all states of a show."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pydantic import TypeAdapter

from events.models import Event, Price, Show, TicketType
from events.prices.ranges import refresh_price_ranges
from show_changes.move import apply_move, plan_move
from testing.bookings import make_paid
from testing.builders import make_event, make_fee, make_hall, make_show, make_theater, make_user
from testing.caches import forget_pages
from testing.structured_data import Film, Graph, Performance, Site, Way
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db


def read(path: str) -> Any:
    """Return what a page says of itself, checked."""
    html = Client().get(path).content.decode()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return TypeAdapter(Site | Graph).validate_json(text)


def performances(path: str) -> list[Performance]:
    return [one for one in read(path).graph if isinstance(one, Performance)]


def test_each_state_of_a_show_is_said(theater: Theater):
    event = make_event(
        cast=[
            {"name": "Sarah Bernhardt", "role": "Hamlet"},
            {"name": "Sarah Bernhardt", "role": "Ghost"},
            {"name": ""},
        ],
        rating_average=Decimal("4.5"),
        rating_count=2,
        synopsis="To be </script> or not.",
    )
    now = timezone.now()

    def add(days: float, seats: int = 40, sold: int = 0, **fields: Any) -> Show:
        show = make_show(
            hall=make_hall(rows=1, seats=seats, theater=theater), event=event, in_hours=24 * days, **fields
        )
        if sold:
            make_paid(show, *range(sold), email="buyer@example.com")
        return show

    on_sale = add(1, is_signed=True, is_relaxed=True, language="de", doors_at=now + timedelta(hours=23))
    add(2, seats=12, sold=3)
    add(3, seats=2, sold=2)
    add(4, sales_open_at=now + timedelta(days=1))
    add(5, sales_close_at=now - timedelta(hours=1))
    add(6, state=Show.State.CANCELED)
    moved = add(7)
    manager = make_user("moves@example.com", is_superuser=True)
    move = plan_move(show=moved, hall=moved.hall, starts_at=moved.starts_at + timedelta(days=1), by=manager)
    apply_move(move=move, version=move.version, by=manager)
    add(9, from_price=None, lowest_price=None, highest_price=None)

    series, *shows, way = read(event.get_absolute_url()).graph

    said = [(one.event_status[24:], one.offers and one.offers.availability[19:]) for one in shows]
    assert said == [
        ("Scheduled", "InStock"),
        ("Scheduled", "LimitedAvailability"),
        ("Scheduled", "SoldOut"),
        ("Scheduled", "PreOrder"),
        ("Scheduled", None),
        ("Cancelled", None),
        ("Rescheduled", "InStock"),
        ("Scheduled", None),
    ]
    assert (shows[6].previous_start_date, shows[6].start_date) == (moved.starts_at, moved.starts_at + timedelta(days=1))
    assert [one.previous_start_date is None for one in shows].count(False) == 1
    assert {str(one.super_event.id) for one in shows} == {str(series.id)}
    assert (series.start_date, series.end_date) == (shows[0].start_date, shows[-1].end_date)
    first = shows[0]
    assert first.start_date.utcoffset() == on_sale.starts_at.astimezone(theater.tz).utcoffset()
    assert (first.in_language, first.door_time) == ("de", on_sale.doors_at)
    assert [one.name for one in first.performer] == ["Sarah Bernhardt"]
    assert first.work_performed.accessibility_feature == ["signLanguage"]
    assert (first.aggregate_rating.rating_value, first.location.name, first.organizer.name) == (
        "4.50",
        theater.name,
        theater.name,
    )
    assert shows[3].offers.valid_from == now + timedelta(days=1)
    assert [str(one.item) for one in way.item_list_element] == [
        "http://localhost:8000/events/",
        f"http://localhost:8000{event.get_absolute_url()}",
    ]
    [on_show] = read(on_sale.get_absolute_url()).graph
    assert [str(one.item) for one in on_show.item_list_element][1:] == [
        f"http://localhost:8000{event.get_absolute_url()}",
        f"http://localhost:8000{on_sale.get_absolute_url()}",
    ]
    # A single date is no series.
    single = make_show(hall=make_hall(theater=theater), in_hours=24 * 20)
    assert [type(one) for one in read(single.event.get_absolute_url()).graph] == [Performance, Way]


def test_a_films_showings_present_it(theater: Theater):
    film = make_event(
        kind=Event.Kind.FILM, age_rating="12", cast=[{"name": "Asta Nielsen"}], rating_average=5, rating_count=1
    )
    hall = make_hall(theater=theater)
    make_show(hall=hall, event=film)
    make_show(hall=hall, event=film, in_hours=90, is_captioned=True)

    said, first, second, _way = read(film.get_absolute_url()).graph

    assert isinstance(said, Film)
    assert (said.actor[0].name, said.content_rating, said.aggregate_rating.review_count) == ("Asta Nielsen", "12", 1)
    assert first.work_presented.id == second.work_presented.example_of_work.id == said.id
    assert (first.performer, first.aggregate_rating, first.super_event) == (None, None, None)


def test_offers_go_from_the_price_to_the_highest_with_fees(theater: Theater):
    show = make_show(hall=make_hall(theater=theater), price="20")
    [one] = performances(show.event.get_absolute_url())
    assert (one.offers.type, one.offers.price) == ("Offer", "20")
    category = show.prices.get().category
    for name, amount, order in (("Patron", "80", 5), ("Child", "8", 6)):
        kind = TicketType.objects.create(theater=theater, name=name, order=order)
        Price.objects.create(show=show, category=category, ticket_type=kind, amount=Decimal(amount))
    make_fee(theater, "1.50")
    refresh_price_ranges([show.pk])
    forget_pages()
    [one] = performances(show.event.get_absolute_url())
    # Reductions are not for everyone.
    assert (one.offers.type, one.offers.low_price, one.offers.high_price) == ("AggregateOffer", "21.5", "81.5")
    assert one.offers.price_currency == theater.currency


def test_a_theater_and_the_site_describe_themselves(theater: Theater):
    theater.website, theater.latitude, theater.longitude = (
        "https://theater.example.org/",
        Decimal("48.2"),
        Decimal("16.4"),
    )
    theater.save()
    [said, way] = read(theater.get_absolute_url()).graph
    assert (said.name, said.same_as[0].host, said.geo.latitude) == (theater.name, "theater.example.org", "48.200000")
    assert way.item_list_element[-1].name == theater.name
    make_theater("Elsewhere")
    theater.brand = Brand.objects.create(
        name="Alpha", slug="alpha", logo="brands/abc-640.webp", domain="alpha.example", is_domain_confirmed=True
    )
    theater.save()
    forget_directory()
    forget_pages()
    [said, way] = read(theater.get_absolute_url()).graph
    assert {str(url)[:21] for url in (said.url, said.logo, *(one.item for one in way.item_list_element))} == {
        "http://alpha.example/"
    }
    site = read("/")
    assert (str(site.url), site.potential_action.target.url_template[:29]) == (
        "http://localhost:8000/",
        "http://localhost:8000/events/",
    )
