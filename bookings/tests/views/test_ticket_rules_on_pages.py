"""Pages offer the ticket types that can be had, and say on which terms."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.models import Booking
from bookings.seating.chosen import SeatChoice
from bookings.seating.page import read_seat_page
from bookings.seating.plan import read_seat_plan, read_seat_plan_json
from bookings.services.change_hold import change_hold
from events.catalogue import make_from_price
from events.models import Price, Show, TicketType, summarize_rules
from events.prices.ranges import refresh_price_ranges
from lib.process_memory import forget_everything
from testing.api_client import ApiClient
from testing.bookings import seats_of
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=1, seats=6), in_hours=24 * 40)


def add_type(show: Show, name: str, **rules: Any) -> TicketType:
    kind = TicketType.objects.create(theater=show.hall.theater, name=name, order=0, **rules)
    for category in show.seat_map.categories.all():
        Price.objects.create(show=show, category=category, ticket_type=kind, amount=Decimal(5))
    return kind


def names(show: Show, channel: str = Booking.Channel.WEB) -> list[str]:
    forget_everything()
    return [kind.name for kind in read_seat_plan(show, channel).ticket_types]


def test_each_channel_offers_what_it_sells(show: Show) -> None:
    add_type(show, "Door price", sold_on_web=False, sold_by_api=False)
    add_type(show, "Partner", sold_on_web=False, sold_at_counter=False)
    add_type(show, "School", group_from=show.ticket_limit + 1)
    assert names(show) == ["Adult"]
    assert names(show, Booking.Channel.API) == ["Adult", "Partner"]
    assert names(show, Booking.Channel.BOX_OFFICE) == ["Adult", "Door price", "School"]
    assert "Partner" not in read_seat_plan_json(show)


def test_an_early_bird_is_offered_until_the_last_day_ends_at_the_theater(show: Show) -> None:
    add_type(show, "Early bird", until_days=30)
    tz = show.hall.theater.city.tz
    over = show.starts_at.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=29)
    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        assert names(show) == ["Adult", "Early bird"]
        assert "until" in read_seat_plan(show).ticket_types[1].terms
        before = read_seat_plan(show).digest
    with time_machine.travel(over, tick=False):
        assert names(show) == ["Adult"]
        # The address of the plan names another content, so no cache shows the old one.
        assert read_seat_plan(show).digest != before


def test_terms_are_said_at_the_choice_in_the_language_of_the_page(client: Client, show: Show) -> None:
    add_type(show, "Child", who="under 14", per_accompanying=2, maximum=4)
    add_type(show, "Group", group_from=10)
    page = client.get(reverse("bookings:show", args=[show.code])).content.decode()
    assert "under 14, up to 2 for each ticket of someone who comes along, at most 4" in page
    assert "from 10 tickets on" in page
    with translation.override("de"):
        assert "ab 10 Tickets" in read_seat_plan_json(show)
    assert "from 10 tickets on" in read_seat_plan_json(show)


def test_what_is_left_of_a_quota_is_said(client: Client, show: Show, django_assert_num_queries: Any) -> None:
    few = add_type(show, "Patron", quota=2)
    assert names(show) == ["Adult", "Patron"]
    assert read_seat_plan(show).ticket_types[1].terms == "2 left"
    with django_assert_num_queries(0):
        read_seat_plan(show)
    seats = [SeatChoice(seat.pk, few.pk) for seat in seats_of(show)[:2]]
    change_hold(show=show, seats=seats, into=None)
    forget_everything()
    kind = read_seat_plan(show).ticket_types[1]
    assert (kind.sold_out, kind.terms) == (True, "sold out")
    (listed,) = [one for one in ApiClient().get(f"/shows/{show.code}/seats").json()["ticket_types"] if one["sold_out"]]
    assert (listed["name"], "terms" in listed) == ("Patron", False)


def test_a_restricted_type_is_never_the_price_of_a_page(show: Show) -> None:
    for rules in ({"quota": 5}, {"group_from": 10}, {"until_days": 3}, {"sold_on_web": False}, {"per_accompanying": 1}):
        add_type(show, f"Cheap {rules}", **rules)
    refresh_price_ranges([show.pk])
    show.refresh_from_db()
    assert (show.from_price, show.lowest_price) == (20, 20)
    # The show's own page says the same.
    assert [category.price for category in read_seat_page(show).categories] == [
        make_from_price("EUR", Decimal(20), Decimal(20))
    ]
    assert json.loads(read_seat_plan_json(show))["ticket_types"][0]["name"] == "Adult"


def test_staff_set_rules_and_read_them_in_a_sentence(client: Client, show: Show, manager: Any) -> None:
    kind = TicketType.objects.get(name="Adult")
    client.force_login(manager)
    address = reverse("admin:events_tickettype_change", args=[kind.pk])
    form = {"theater": kind.theater_id, "name": "Grown-up", "order": 0, "sold_on_web": "on", "may_accompany": "on"}
    refused = client.post(address, {**form, "minimum": 5, "maximum": 2})
    assert "The least number is above the highest one." in refused.content.decode()
    assert client.post(address, {**form, "maximum": 2, "quota": 50}).status_code == 302
    kind.refresh_from_db()
    assert summarize_rules(kind) == "Sold on the website, at most 2, 50 for each show."
    assert "50 for each show" in client.get(reverse("admin:events_tickettype_changelist")).content.decode()
    # Sold tickets keep their name; rules may change for later ones.
    change_hold(show=show, seats=[SeatChoice(seats_of(show)[0].pk)], into=None)
    assert "add another ticket type" in client.get(address).content.decode()
    client.post(address, {**form, "name": "Other", "maximum": 3, "quota": 50})
    kind.refresh_from_db()
    assert (kind.name, kind.maximum) == ("Grown-up", 3)
