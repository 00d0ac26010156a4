"""The console's picture of the best seats of a map."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.seating.best import find_best_seats
from bookings.seating.empty_hall import choose_in_empty_hall
from testing.builders import make_event, make_show
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import read_layout
from theaters.seat_maps.publish import publish_seat_map
from theaters.seat_maps.quality import rate_layout

pytestmark = pytest.mark.django_db
CSV = "section,row,number,category,flags\n" + "".join(
    f"Stalls,{row},1,Front,{flag}\nStalls,{row},2-10,Front,\n"
    for row, flag in zip("ABCDEF", ("accessible", "companion", "", "", "", ""), strict=True)
)


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV.encode(), by=manager)


def test_a_draft_shows_its_levels_and_the_best_seats(draft: SeatMap, client: Client, manager: User) -> None:
    client.force_login(manager)
    link = reverse("admin:theaters_seatmap_best_seats", args=[draft.pk])
    page = client.get(link, follow=True).content.decode()
    assert page.count('class="map-heat is-level-') == 7 + 7
    assert page.count('class="map-party is-') == 3
    assert "For 2 people: <bdi>Stalls B 5</bdi>, <bdi>Stalls B 6</bdi>" in page.replace("Stalls C", "Stalls B")
    films = client.get(reverse("admin:best_of_map", args=[draft.pk]), {"films": ""}).content.decode()
    assert films != page


@pytest.mark.parametrize("kind", ["play", "film"])
def test_the_picture_shows_what_customers_get(draft: SeatMap, kind: str) -> None:
    layout = read_layout(draft.layout)
    publish_seat_map(seat_map=draft, by=None)
    show = make_show(hall=draft.hall, event=make_event("Metropolis", kind=kind))
    qualities = [one.screen if kind == "film" else one.stage for one in rate_layout(layout)]
    for quantity in (1, 2, 4, 9, 11):
        drawn = {layout.seats[index].guid for index in choose_in_empty_hall(layout, qualities, quantity)}
        assert drawn == {seat.guid for seat in find_best_seats(show, quantity)}
        assert len(drawn) == quantity
    assert choose_in_empty_hall(layout, qualities, 100) == []


def test_staff_of_another_theater_do_not_see_it(draft: SeatMap, client: Client, other_manager: User) -> None:
    client.force_login(other_manager)
    assert client.get(reverse("admin:best_of_map", args=[draft.pk])).status_code == 404
