"""The pages that preview shows on another version of their seat map, bring them, and follow how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from events.models import Show
from show_changes.map_updates import carry_on
from show_changes.models import MapUpdate
from show_changes.tests.test_bring_show import HEAD, OLD
from testing.bookings import make_hold, make_paid
from testing.builders import make_show
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Hall, SeatMap, Theater
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_listed_hall(HEAD + "\n".join(OLD), theater=theater)


@pytest.fixture
def shows(hall: Hall) -> list[Show]:
    return [make_show(hall=hall, in_hours=hours) for hours in (24, 48, 72)]


@pytest.fixture
def seat_map(hall: Hall, shows: list[Show]) -> SeatMap:
    """A version without seat A 4, with a new category, and with other names in row B."""
    lines = [line.replace("Stalls,B", "Rang,B") for line in OLD if not line.endswith("a4")]
    return publish_version(hall, HEAD + "\n".join([*lines, "Box,,1,Box,,box"]))


def page_of(seat_map: SeatMap) -> str:
    return reverse("admin:bring_shows", args=[seat_map.pk])


def test_the_preview_says_what_happens_to_whom(client: Client, manager: User, seat_map: SeatMap, shows: list[Show]):
    make_paid(shows[0], 0, 4, email="renamed@example.com")
    make_hold(shows[0], 1, email="choosing@example.com")
    house = make_hold(shows[0], 2, channel=Booking.Channel.BOX_OFFICE)
    Booking.objects.filter(pk=house.pk).update(kind=Booking.Kind.HOUSE, expires_at=None)
    WaitingListEntry.objects.create(show=shows[0], email="waits@example.com", party_size=2)
    stuck = make_paid(shows[1], 3, email="stuck@example.com")
    client.force_login(manager)
    response = client.get(page_of(seat_map))
    page = response.content.decode()
    for words in (
        "2 sold",
        "1 held by customers who are choosing or paying",
        "1 kept for the house",
        "1 party on the waiting list",
        "1 place with another name",
        "1 booking gets new tickets",
        "Stalls, row B, seat 1</bdi> → <bdi>Rang, row B, seat 1",
        "Left out: 1 taken place is not in this version.",
        "Stalls, row A, seat 4",
        stuck.code,
        "The new category “Box” costs as much as",
    ):
        assert words in page, words
    assert response.context["form"].ticked == {shows[0].pk, shows[2].pk}
    assert not MapUpdate.objects.exists()


def test_the_statements_of_the_preview_do_not_grow(
    client: Client, manager: User, seat_map: SeatMap, shows: list[Show], django_assert_max_num_queries: Any
):
    for show in shows:
        for seat in (0, 1, 4, 5):
            make_paid(show, seat, email=f"guest{seat}@example.com")
    client.force_login(manager)
    with django_assert_max_num_queries(24):
        client.get(page_of(seat_map))


def test_the_chosen_shows_are_brought_in_the_background(
    client: Client, manager: User, seat_map: SeatMap, shows: list[Show]
):
    stuck = make_hold(shows[1], 0, email="stuck@example.com")
    make_paid(shows[2], 4, email="renamed@example.com")
    client.force_login(manager)
    for wrong, said in (
        ({}, "Choose at least one show."),
        ({"shows": [shows[0].pk]}, "This field is required."),
        ({"shows": ["x"], "prices_0": "Front"}, "Select a valid choice."),
        ({"shows": [shows[0].pk], "prices_0": "Balcony"}, "Select a valid choice."),
    ):
        response = client.post(page_of(seat_map), wrong)
        assert response.status_code == 422
        assert said in response.content.decode()
    assert not MapUpdate.objects.exists()

    chosen = {"shows": [shows[1].pk, shows[2].pk], "prices_0": "Front"}
    progress = client.post(page_of(seat_map), chosen)["Location"]
    update = MapUpdate.objects.get()
    assert (update.price_sources, update.made_by, update.shows.count()) == ({"Box": "Front"}, manager, 2)
    assert "0 of 2 shows done" in client.get(progress).content.decode()
    assert 'hx-trigger="every 2s"' in client.get(progress, {"part": "progress"}).content.decode()
    # Taken by somebody in the meantime: the only seat that the new version lacks.
    stuck.tickets.update(seat=shows[1].seat_map.seats.get(guid="a4"))
    carry_on(update.pk)
    page = client.get(progress, {"part": "progress"}).content.decode()
    assert "1 show could not be brought and is as it was." in page
    assert f'Stalls, row A, seat 4</bdi>, <a class="programme-link" href="{booking_page(stuck)}"' in page
    assert "hx-trigger" not in page
    stuck.tickets.update(state="released")
    Booking.objects.filter(pk=stuck.pk).update(state="expired")
    client.post(progress)
    carry_on(update.pk)
    assert "All of these shows are on the new version." in client.get(progress).content.decode()
    assert set(Show.objects.filter(seat_map=seat_map)) == set(shows[1:])
    # The other one can follow; both pages lead back to the versions.
    left = client.get(page_of(seat_map)).context["previews"]
    assert [preview.show for preview in left] == [shows[0]]


def booking_page(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


@pytest.mark.parametrize(("who", "status"), [("door_staff", 403), ("other_manager", 404), ("programmer", 200)])
def test_who_may(  # noqa: PLR0917 (fixtures)
    who: str, status: int, client: Client, seat_map: SeatMap, shows: list[Show], request: pytest.FixtureRequest
):
    person: User = request.getfixturevalue(who)
    update = MapUpdate.objects.create(seat_map=seat_map, made_by=person)
    progress = reverse("admin:brought_shows", args=[update.pk])
    client.force_login(person)
    for answer in (client.get(page_of(seat_map)), client.get(progress)):
        assert answer.status_code == status
    client.post(page_of(seat_map), {"shows": [shows[0].pk], "prices_0": "Front"})
    assert MapUpdate.objects.count() == 1 + (status == 200)
    assert client.get(reverse("admin:bring_shows", args=[10**15])).status_code == 404


def test_no_show_is_brought_to_a_draft(client: Client, manager: User, hall: Hall):
    draft = SeatMap.objects.create(hall=hall, version=9, layout={})
    client.force_login(manager)
    assert client.get(page_of(draft)).status_code == 404
