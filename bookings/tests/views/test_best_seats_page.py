"""Ticket types asked before seats, wheelchair places by number, and aisles, on the page of a show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from events.models import Price, Show, TicketType
from testing.builders import make_hall, make_show
from testing.seat_maps import make_listed_hall

pytestmark = pytest.mark.django_db
HEAD = "section,row,number,category,flags\n"


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=4, seats=8))


@pytest.fixture
def child(show: Show) -> TicketType:
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", who="Up to 14 years", order=3)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=Decimal("7.5"))
    return child


@pytest.fixture
def adult(show: Show) -> TicketType:
    return TicketType.objects.get(theater=show.hall.theater, name="Adult")


def ask(client: Client, show: Show, wish: dict[str, object]) -> Any:
    return client.get(reverse("bookings:best", args=[show.code]), wish, headers={"accept": "application/json"})


def test_the_form_asks_for_types_only_where_there_are_several(client: Client, show: Show, adult: TicketType) -> None:
    plain = client.get(show.get_absolute_url()).content.decode()
    assert 'name="quantity"' in plain
    assert f'name="tickets-{adult.pk}"' not in plain


def test_the_form_asks_how_many_tickets_of_each_type(
    client: Client, show: Show, adult: TicketType, child: TicketType
) -> None:
    page = client.get(show.get_absolute_url()).content.decode()
    assert 'name="quantity"' not in page
    assert f'name="tickets-{adult.pk}" value="2"' in page
    assert f'name="tickets-{child.pk}"' in page
    assert "Up to 14 years" in page


def test_the_proposal_has_types_and_says_what_all_cost(
    client: Client, show: Show, adult: TicketType, child: TicketType
) -> None:
    found = ask(client, show, {f"tickets-{adult.pk}": 2, f"tickets-{child.pk}": 1}).json()
    assert len(found["seats"]) == 3
    assert found["types"] == [adult.pk, adult.pk, child.pk]
    assert found["message"].endswith("Together: €47.50.")


def test_without_scripts_the_types_are_chosen_and_held(
    client: Client, show: Show, adult: TicketType, child: TicketType
) -> None:
    wish = {f"tickets-{adult.pk}": 1, f"tickets-{child.pk}": 2}
    response = client.get(reverse("bookings:best", args=[show.code]), wish, headers={"accept": "text/html"})
    page = client.get(response["Location"]).context["page"]
    assert sorted(line.amount for line in page.lines) == [Decimal("7.5"), Decimal("7.5"), Decimal(20)]
    sent = parse_qs(urlsplit(response["Location"]).query)
    held = client.post(reverse("bookings:best", args=[show.code]), sent)
    assert held.status_code == 302
    booking = Booking.objects.get()
    assert booking.total == Decimal(35)
    assert sorted(ticket.ticket_type.name for ticket in booking.tickets.all()) == ["Adult", "Child", "Child"]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({}, "Enter how many tickets."),
        ({"tickets-{child}": "0"}, "Enter how many tickets."),
        ({"tickets-{child}": "9", "tickets-{adult}": "2"}, "10"),
        ({"tickets-{child}": "-1"}, "greater than or equal to 0"),
        ({"tickets-{child}": "many"}, "whole number"),
        ({"tickets-{child}": "1", "accessible": "2"}, "There are more wheelchair places than people."),
        ({"quantity": "2", "accessible": "9"}, "valid choice"),
    ],
)
def test_what_makes_no_sense_is_said(  # noqa: PLR0917
    client: Client, show: Show, adult: TicketType, child: TicketType, wish: dict[str, str], message: str
) -> None:
    named = {name.format(adult=adult.pk, child=child.pk): value for name, value in wish.items()}
    answer = ask(client, show, named)
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert answer.json()["seats"] == []


def test_a_party_sits_where_all_its_types_are_sold(client: Client) -> None:
    hall = make_listed_hall(HEAD + "Stalls,A,1-4,Front,\nStalls,B,1-4,Rear,\n")
    show = make_show(hall=hall)
    child = TicketType.objects.create(theater=hall.theater, name="Child", order=3)
    rear = show.seat_map.categories.get(name="Rear")
    Price.objects.create(show=show, category=rear, ticket_type=child, amount=Decimal(5))
    found = ask(client, show, {f"tickets-{child.pk}": 2}).json()
    assert set(rear.seats.values_list("pk", flat=True)) > set(found["seats"])


def test_only_those_who_ask_sit_across_an_aisle(client: Client) -> None:
    row = "Stalls,{0},1-3,A,\nStalls,{0},4-5,A,aisle\nStalls,{0},6-8,A,\n"
    hall = make_listed_hall(HEAD + row.format("A") + row.format("B"))
    show = make_show(hall=hall)
    apart = ask(client, show, {"quantity": 6}).json()
    assert "As close as possible" in apart["message"]
    across = ask(client, show, {"quantity": 6, "across_aisle": "on"}).json()
    assert "across an aisle" in across["message"]
    rows = set(show.seat_map.seats.filter(pk__in=across["seats"]).values_list("row", flat=True))
    assert len(rows) == 1
    assert set(show.seat_map.seats.filter(pk__in=apart["seats"]).values_list("row", flat=True)) == {"A", "B"}


def test_two_wheelchair_places_come_with_their_companion_seats(client: Client) -> None:
    flags = ("accessible", "companion", "", "companion", "accessible")
    lines = ["Stalls,A,1-6,A,", *(f"Stalls,B,{number},A,{flag}" for number, flag in enumerate(flags, 1))]
    show = make_show(hall=make_listed_hall(HEAD + "\n".join(lines)))
    found = ask(client, show, {"quantity": 4, "accessible": 2}).json()
    numbers = show.seat_map.seats.filter(pk__in=found["seats"]).order_by("number").values_list("row", "number")
    assert list(numbers) == [("B", "1"), ("B", "2"), ("B", "4"), ("B", "5")]
