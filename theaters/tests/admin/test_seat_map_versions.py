"""The versions of a hall's seat map: their history, two of them compared, and editing from an earlier one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.builders import make_show
from testing.seat_maps import import_seat_map, publish_version
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import layout as layout_module

pytestmark = pytest.mark.django_db
FIRST = "section,row,number,category\nStalls,A,1-4,Front\nStalls,B,1-2,Rear\n"
SECOND = "section,row,number,category,flags\nStalls,A,1,Front,accessible\nStalls,A,2-3,Front,\nStalls,B,1-4,Rear,\n"


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


@pytest.fixture
def maps(hall: Hall, manager: User) -> tuple[SeatMap, SeatMap]:
    first = publish_version(hall, FIRST, manager)
    make_show(hall=hall)
    return first, publish_version(hall, SECOND, manager)


def test_the_history_shows_pictures_people_shows_and_changes(
    maps: tuple[SeatMap, SeatMap], client: Client, manager: User, monkeypatch: Any
):
    client.force_login(manager)
    address = reverse("admin:theaters_seatmap_versions", args=[maps[0].pk])
    page = client.get(address).content.decode()
    assert page.count('class="map-thumbnail"') == 2
    for words in (
        "1 show uses it, 1 still to come.",
        "No show uses it.",
        "Room for 7 people instead of 6.",
        "2 seats added: Stalls, row B.",
        "1 seat removed: Stalls, row A, seat 4.",
        "Stalls, row A, seat 1 became a wheelchair place.",
        "The first version.",
        str(manager),
    ):
        assert words in page
    # Published versions never change: the second time, none is read.
    calls: list[Any] = []
    monkeypatch.setattr(layout_module._Reader, "read", lambda *args: calls.append(args))
    assert client.get(address).content.decode().count('class="map-thumbnail"') == 2
    assert calls == []


def test_the_statements_of_the_history_do_not_grow(
    maps: tuple[SeatMap, SeatMap], client: Client, manager: User, hall: Hall, django_assert_max_num_queries: Any
):
    for number in range(2, 7):
        publish_version(hall, f"section,row,number,category\nStalls,A,1-{number},Front\n", manager)
    client.force_login(manager)
    address = reverse("admin:theaters_seatmap_versions", args=[maps[0].pk])
    client.get(address)
    with django_assert_max_num_queries(16):
        assert client.get(address).content.decode().count("map-thumbnail") == 7


def test_two_versions_are_compared_in_words_and_in_a_picture(
    maps: tuple[SeatMap, SeatMap], client: Client, manager: User
):
    client.force_login(manager)
    page = client.get(reverse("admin:theaters_seatmap_compare"), {"before": maps[0].pk, "after": maps[1].pk})
    text = page.content.decode()
    assert "What changed from version 1 to 2" in text
    assert "2 seats added: Stalls, row B." in text
    for kind in ("added", "removed", "changed"):
        # Once in the legend and once in the picture.
        assert text.count(f'class="map-mark is-{kind}"') == 2
    back = client.get(reverse("admin:theaters_seatmap_compare"), {"before": maps[1].pk, "after": maps[0].pk})
    assert "2 seats removed: Stalls, row B." in back.content.decode()


@pytest.mark.parametrize("query", [{}, {"before": "x", "after": "1"}, {"before": "9" * 30, "after": "0"}])
def test_versions_that_do_not_exist_are_not_found(
    maps: tuple[SeatMap, SeatMap], client: Client, manager: User, query: dict[str, str]
):
    client.force_login(manager)
    assert client.get(reverse("admin:theaters_seatmap_compare"), query).status_code == 404


def test_versions_of_two_halls_are_not_compared(maps: tuple[SeatMap, SeatMap], client: Client, manager: User):
    other = publish_version(Hall.objects.create(theater=maps[0].hall.theater, name="Studio"), FIRST, manager)
    client.force_login(manager)
    query = {"before": maps[0].pk, "after": other.pk}
    assert client.get(reverse("admin:theaters_seatmap_compare"), query).status_code == 404


def test_an_earlier_version_becomes_the_draft(maps: tuple[SeatMap, SeatMap], client: Client, manager: User):
    client.force_login(manager)
    address = reverse("admin:theaters_seatmap_edit_from", args=[maps[0].pk])
    assert "Make it the draft" in client.get(address).content.decode()
    assert not SeatMap.objects.filter(state="draft").exists()
    for _again in range(2):
        answer = client.post(address, {"seen": ""})
        draft = SeatMap.objects.get(state="draft")
        assert answer["Location"] == reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk])
        assert (draft.version, draft.layout) == (3, maps[0].layout)
    # The next version has the same seats. From its publication, staff go on to bring shows to it.
    page = reverse("admin:theaters_seatmap_publish", args=[draft.pk])
    form = {"stage": "top", "name_0": "Front", "sale_0": "on", "name_1": "Rear", "sale_1": "on"}
    answer = client.post(page, {**form, "revision": draft.revision})
    assert answer["Location"] == reverse("admin:theaters_seatmap_versions", args=[draft.pk])
    assert reverse("admin:bring_shows", args=[draft.pk]) in client.get(answer["Location"]).content.decode()
    published = SeatMap.objects.get(pk=draft.pk)
    assert set(published.seats.values_list("guid", flat=True)) == set(maps[0].seats.values_list("guid", flat=True))


def test_another_draft_is_replaced_only_after_staff_have_seen_it(
    maps: tuple[SeatMap, SeatMap], client: Client, manager: User, hall: Hall
):
    draft = import_seat_map(hall=hall, file_name="x.csv", content=f"{SECOND}Box,,1,Front,\n".encode(), by=manager)
    client.force_login(manager)
    address = reverse("admin:theaters_seatmap_edit_from", args=[maps[0].pk])
    asked = client.get(address)
    page = asked.content.decode()
    assert "It replaces the draft, version 3." in page
    assert "1 seat added: Box, seat 1." in page
    for seen in ("", "wrong"):
        assert "Please look again." in client.post(address, {"seen": seen}).content.decode()
        assert SeatMap.objects.get(pk=draft.pk).layout == draft.layout
    client.post(address, {"seen": asked.context["seen"]})
    assert SeatMap.objects.get(pk=draft.pk).layout == maps[0].layout


def test_who_may_see_and_edit(maps: tuple[SeatMap, SeatMap], client: Client, programmer: User, other_manager: User):
    versions, edit = (
        reverse(f"admin:theaters_seatmap_{name}", args=[maps[0].pk]) for name in ("versions", "edit_from")
    )
    client.force_login(programmer)
    assert "Edit from version" not in client.get(versions).content.decode()
    assert client.post(edit, {"seen": ""}).status_code == 403
    client.force_login(other_manager)
    compare = f"{reverse('admin:theaters_seatmap_compare')}?before={maps[0].pk}&after={maps[1].pk}"
    for address in (versions, edit, compare):
        assert client.get(address).status_code in (302, 403, 404)
    assert not SeatMap.objects.filter(state="draft").exists()


@pytest.fixture(autouse=True)
def _fresh_pages() -> None:
    caches["pages"].clear()
