"""A seat map from nothing: chosen from the gallery, described, drawn, saved; or copied from another hall."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from testing.builders import make_hall
from testing.seat_maps import make_listed_hall
from theaters.models import Hall, SeatMap, StaffMembership, Theater
from theaters.seat_maps.gallery import SHAPES, draw_gallery, filled_forms
from theaters.seat_maps.publish import publish_seat_map
from theaters.seat_maps.room_forms import draw_forms, form_data

pytestmark = pytest.mark.django_db
PAGE = "/admin/theaters/seatmap/new/"
CAPACITIES = {"studio": 60, "cinema": 209, "proscenium": 541, "opera": 1476, "arena": 2256, "round": 360, "club": 238}


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


@pytest.fixture
def send(client: Client, manager: User, hall: Hall) -> Any:
    client.force_login(manager)

    def post(*parts: dict[str, Any], do: str = "save", query: str = "", **changes: Any) -> Any:
        data = form_data(hall=hall.pk, front="stage", parts=parts)
        return client.post(PAGE + query, data | {"do": do} | changes)

    return post


def text_of(response: Any) -> str:
    return response.content.decode()


def assert_said(response: Any, said: str) -> None:
    assert response.status_code == 200
    assert said in text_of(response)
    assert not SeatMap.objects.exists()


def test_the_gallery_leads_to_a_filled_form(client: Client, manager: User, hall: Hall):
    client.force_login(manager)
    page = text_of(client.get(PAGE, {"hall": hall.pk}))
    assert all(f'value="{shape.slug}"' in page for shape in SHAPES)
    assert page.count("map-thumbnail") == len(SHAPES) == len(draw_gallery())
    page = text_of(client.get(PAGE, {"hall": hall.pk, "shape": "proscenium"}))
    assert "541 seats, room for 541 people" in page
    assert 'value="5+10+5"' in page
    assert f'<option value="{hall.pk}" selected>' in page
    assert "map-thumbnail" in text_of(client.get(PAGE, {"hall": "x", "shape": "nonsense"}))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.slug)
def test_every_shape_of_the_gallery_can_be_published_as_it_is(send: Any, shape: Any, manager: User):
    response = send(*shape.initial, front=shape.front)
    draft = SeatMap.objects.get()
    assert response["Location"] == reverse("admin:theaters_seatmap_change", args=[draft.pk])
    published = publish_seat_map(seat_map=draft, by=manager)
    assert published.capacity == CAPACITIES[shape.slug]
    assert published.layout["name"] == "Main"


@pytest.mark.parametrize("language", ["en", "de", "hi"])
def test_the_gallery_can_be_drawn_in_every_language(language: str):
    with override(language):
        layouts = [draw_forms(*filled_forms(shape)) for shape in SHAPES]
    assert [layout.capacity for layout in layouts if layout] == list(CAPACITIES.values())


def test_a_typed_room_is_drawn_and_saved(send: Any):
    listed = {
        "kind": "listed",
        "name": "Parkett",
        "listing": "A–C: 12, Gang nach 6\nD: 14",
        "category": "D: Rear; A–C: Front",
    }
    drawn = send(listed, do="draw")
    assert_said(drawn, "50 seats, room for 50 people")
    send(listed)
    layout = SeatMap.objects.get().layout
    assert [category["name"] for category in layout["categories"]] == ["Rear", "Front"]
    assert [len(row["seats"]) for row in layout["zones"][0]["rows"]] == [12, 12, 12, 14]


def test_parts_beside_one_another_and_around_the_stage_are_drawn_and_saved(send: Any):
    parts = [
        {"name": "Center", "seats": "10"},
        {"name": "Left", "seats": "5", "place": "left"},
        {"name": "West", "seats": "8", "place": "stage left"},
        {"name": "Far side", "kind": "tables", "count": 3, "place": "beyond"},
        {"name": "Boxes", "kind": "boxes", "count": 5, "arc": "180"},
    ]
    send(*parts)
    seat_map = SeatMap.objects.get()
    zones = {zone["name"]: zone for zone in seat_map.layout["zones"]}
    assert list(zones) == ["Center", "Left", "West", "Far side", "Boxes", ""]
    lefts = [zones[name]["position"]["x"] for name in ("West", "Left", "Center")]
    assert lefts == sorted(lefts)
    assert zones["Far side"]["position"]["y"] < zones[""]["position"]["y"] + zones[""]["areas"][0]["position"]["y"]
    assert seat_map.layout["marquee"]["room"]["parts"][2]["place"] == "stage left"
    assert seat_map.layout["marquee"]["room"]["parts"][4]["arc"] == "180"


def test_the_drawing_alone_is_refreshed(send: Any, hall: Hall):
    part = text_of(send({"row_count": 4}, do="draw", query="?part=drawing"))
    assert "<html" not in part
    assert '<p id="room-size" hx-swap-oob="innerHTML">48 seats' in part
    part = text_of(send({"row_count": 4}, do="draw", query="?part=drawing", hall=""))
    assert "48 seats" in part
    part = text_of(send({"row_count": 0, "seats": ""}, do="draw", query="?part=drawing"))
    assert "Part 1, Rows: Ensure this value is greater than or equal to 1." in part
    assert "Part 1, Seats in a row: This field is required." in part


def test_parts_are_added_and_removed_and_nothing_typed_is_lost(send: Any):
    page = text_of(send({"name": "Stalls", "row_count": "many"}, do="add"))
    assert 'value="many"' in page
    assert re.search(r'name="parts-TOTAL_FORMS" value="2"', page)
    page = text_of(send({"name": "Stalls"}, {"name": "Circle"}, do="remove-0"))
    assert 'value="Stalls"' not in page
    assert 'value="Circle"' in page
    page = text_of(send({"name": "Stalls"}, {"name": "Circle"}, do="forward-1"))
    assert page.index('value="Circle"') < page.index('value="Stalls"')
    assert not SeatMap.objects.exists()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"row_count": "x"}, "Enter a whole number."),
        ({"row_count": 201}, "less than or equal to 200"),
        ({"seats": "6 and 6"}, "“6 and 6” is not a number of seats"),
        ({"seats": "501"}, "The row has 501 seats; at most 500 are possible."),
        ({"row_count": 100, "seats": "400"}, "40000 seats; a map drawn here has at most 20000"),
        ({"growth": -3, "row_count": 9}, "No seats would be left"),
        ({"first_row": "Ä"}, "Write a letter or a number"),
        ({"wheelchair_places": "Z9"}, "There is no seat 9 in a row Z"),
        ({"category": "A–B: Front"}, "Row C has no category"),
        ({"category": ""}, "This field is required."),
        ({"category": "<b>"}, "Use plain text only"),
        ({"category": "x" * 81}, "longer than 80 characters"),
        ({"name": "x\0"}, "Null characters are not allowed."),
        ({"kind": "listed", "listing": "A–F: 12, near the bar"}, "“near the bar” can’t be read"),
        ({"kind": "standing", "capacity": 9}, "Standing room needs a name"),
        ({"kind": "boxes", "count": 201}, "At most 200 boxes are possible."),
        ({"kind": "arena"}, "Select a valid choice"),
        ({"bend": "7"}, "Select a valid choice"),
        ({"place": "above"}, "Select a valid choice"),
        ({"kind": "boxes", "arc": ""}, "This field is required."),
    ],
)
def test_errors_are_shown_at_their_field(send: Any, part: dict[str, Any], said: str):
    assert_said(send(part), said)


def test_parts_of_one_name_are_refused(send: Any):
    assert_said(send({"name": "Stalls"}, {"name": "stalls"}), "Give each part a name of its own.")


def test_what_other_kinds_of_parts_need_does_not_matter(send: Any):
    send({"kind": "standing", "name": "Floor", "capacity": 300, "row_count": "x", "first_row": "Ä", "bend": "9"})
    assert SeatMap.objects.get().layout["zones"][0]["areas"][0]["marquee"]["capacity"] == 300


@pytest.mark.parametrize("forged", [{}, {"parts-TOTAL_FORMS": "9999"}, {"parts-TOTAL_FORMS": "-1"}, {"front": "x"}])
def test_a_forged_form_changes_nothing(client: Client, manager: User, hall: Hall, forged: dict[str, str]):
    client.force_login(manager)
    for do in ("save", "draw", "add", "remove-0", "remove-x", "forward-0", "forward-99", "copy", ""):
        assert client.post(PAGE, {"hall": hall.pk, "do": do, **forged}).status_code == 200
    assert not SeatMap.objects.exists()


def test_saving_replaces_the_draft_and_says_so_first(send: Any):
    send({})
    page = text_of(send({"row_count": 4}, do="draw"))
    assert "is replaced when you save" in page
    send({"row_count": 4})
    assert len(SeatMap.objects.get().layout["zones"][0]["rows"]) == 4


def describe(client: Client, seat_map: SeatMap, language: str = "en") -> Any:
    change = client.get(reverse("admin:theaters_seatmap_change", args=[seat_map.pk]))
    address = reverse("admin:theaters_seatmap_describe", args=[seat_map.pk])
    assert (address in text_of(change)) == ("room" in seat_map.layout["marquee"])
    return client.get(address, follow=True, headers={"Accept-Language": language})


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.slug)
def test_a_drawn_map_can_be_changed_in_any_language(send: Any, client: Client, shape: Any):
    send(*shape.initial, front=shape.front)
    page = text_of(describe(client, SeatMap.objects.get(), "de"))
    assert "Neuer Saalplan" in page
    assert f'name="parts-TOTAL_FORMS" value="{len(shape.parts)}"' in page
    assert "map-picture" in page


def test_a_change_of_a_published_map_becomes_the_next_version(send: Any, client: Client, manager: User):
    send({"row_count": 4})
    first = publish_seat_map(seat_map=SeatMap.objects.get(), by=manager)
    assert 'value="4"' in text_of(describe(client, first))
    send({"row_count": 6})
    assert [(one.version, one.state) for one in SeatMap.objects.order_by("version")] == [(1, "published"), (2, "draft")]


@pytest.mark.parametrize("room", [None, [], {}, {"front": 1}, {"front": "stage", "parts": [1, {"kind": []}]}, "other"])
def test_a_map_that_was_changed_elsewhere_is_not_overwritten(send: Any, client: Client, room: Any):
    send({})
    draft = SeatMap.objects.get()
    if room == "other":
        draft.layout["zones"][0]["rows"][0]["seats"][0]["position"]["x"] += 1
    else:
        draft.layout["marquee"]["room"] = room
    draft.save()
    response = describe(client, draft)
    assert "was changed since" in text_of(response)
    assert response.redirect_chain[-1][0] == reverse("admin:theaters_seatmap_change", args=[draft.pk])


def test_only_those_who_may_change_a_map_read_its_description(
    send: Any, client: Client, other_manager: User, door_staff: User, theater: Theater
):
    send({})
    address = f"{PAGE}?map={SeatMap.objects.get().pk}"
    client.force_login(other_manager)
    assert client.get(address).status_code == 404
    client.force_login(door_staff)
    assert client.get(address).status_code == 403
    # Sees the map as door staff, and manages another theater.
    StaffMembership.objects.create(user=other_manager, theater=theater, role=Role.DOOR)
    client.force_login(other_manager)
    assert client.get(address).status_code == 403
    for wrong in ("x", "", "9" * 40, "1"):
        assert client.get(PAGE, {"map": wrong}).status_code == 404


def test_the_map_of_another_hall_is_copied(client: Client, manager: User, hall: Hall, theater: Theater):
    source = make_listed_hall("section,row,number,category\nStalls,A,1-3,Front\n", theater=theater).seat_maps.get()
    client.force_login(manager)
    client.post(PAGE, {"do": "copy", "hall": hall.pk, "source": source.pk})
    draft = hall.seat_maps.get()
    assert draft.state == SeatMap.State.DRAFT
    assert draft.layout == source.layout


def test_a_map_with_errors_is_not_copied(client: Client, manager: User, hall: Hall, theater: Theater):
    source = SeatMap.objects.create(hall=Hall.objects.create(theater=theater, name="Old"), version=1, layout={})
    client.force_login(manager)
    page = text_of(client.post(PAGE, {"do": "copy", "hall": hall.pk, "source": source.pk}))
    assert "neither a seat nor an area" in page
    assert not hall.seat_maps.exists()


@pytest.fixture
def studio(hall: Hall) -> dict[str, Any]:
    return form_data(hall=hall.pk, front="stage", parts=[{}]) | {"do": "save"}


def test_only_own_halls_can_be_drawn_and_only_own_maps_copied(
    client: Client, other_manager: User, hall: Hall, theater: Theater, studio: dict[str, Any]
):
    source = make_hall(theater=theater, name="Studio").seat_maps.get()
    client.force_login(other_manager)
    assert "Main" not in text_of(client.get(PAGE))
    assert "Select a valid choice" in text_of(client.post(PAGE, studio))
    copied = client.post(PAGE, {"do": "copy", "hall": hall.pk, "source": source.pk})
    assert text_of(copied).count("Select a valid choice") == 2
    assert not hall.seat_maps.exists()


def test_only_those_who_may_change_a_hall_draw_it(
    client: Client, door_staff: User, manager: User, hall: Hall, studio: dict[str, Any]
):
    client.force_login(door_staff)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, studio).status_code == 403
    assert not hall.seat_maps.exists()
    client.force_login(manager)
    assert client.post(PAGE, studio).status_code == 302
    assert hall.seat_maps.exists()


def test_the_page_needs_the_same_queries_for_many_maps(
    client: Client, manager: User, theater: Theater, django_assert_num_queries: Any
):
    client.force_login(manager)
    make_hall(theater=theater)
    # The first page of a session writes that the person is at work.
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_one:
        assert text_of(client.get(PAGE)).count("Riverside v1</option>") == 1
    for _other in range(3):
        make_hall(theater=theater)
    with django_assert_num_queries(len(for_one)):
        assert text_of(client.get(PAGE)).count("Riverside v1</option>") == 4


def test_long_texts_are_refused_and_not_cut_off(send: Any):
    response = send({"kind": "listed", "listing": "A: 1\n" * 1000})
    assert_said(response, "at most 4000 characters")
    page = text_of(response)
    assert page.count("A: 1\n") > 900
    assert 'maxlength="4000"' not in page


def test_limits_of_work_hold_for_the_longest_lists(send: Any):
    response = send({"kind": "listed", "listing": "A–ZZ: 500"}, do="draw")
    assert_said(response, "300000 seats; a map drawn here has at most 20000")


def test_an_empty_map_is_drawn_by_hand(client: Client, manager: User, hall: Hall):
    client.force_login(manager)
    answer = client.post(PAGE, {"do": "empty", "hall": hall.pk})
    draft = SeatMap.objects.get(hall=hall)
    assert answer["Location"] == reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk])
    assert (draft.state, draft.layout["categories"][0]["name"]) == (SeatMap.State.DRAFT, "Standard")
    assert client.get(answer["Location"]).status_code == 200
    # A draft that is there already is opened, and not overwritten.
    SeatMap.objects.filter(pk=draft.pk).update(layout={"zones": []})
    assert client.post(PAGE, {"do": "empty", "hall": hall.pk})["Location"] == answer["Location"]
    assert SeatMap.objects.get(hall=hall).layout == {"zones": []}


def test_an_empty_map_needs_a_hall_of_ones_own(client: Client, other_manager: User, hall: Hall):
    client.force_login(other_manager)
    for chosen in ("", str(hall.pk), "x"):
        assert client.post(PAGE, {"do": "empty", "hall": chosen}).status_code == 200
    assert not SeatMap.objects.exists()
