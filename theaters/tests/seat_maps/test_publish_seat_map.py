"""Publishing turns a draft into seats and areas, once and permanently."""

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from testing.builders import make_hall, make_show
from testing.seat_maps import import_seat_map
from theaters.models import Area, Hall, Seat, SeatMap, Theater
from theaters.seat_maps import InvalidSeatMap
from theaters.seat_maps.publish import SeatMapRetired, publish_seat_map, save_draft

CSV = (
    "section,row,number,category,flags,capacity\n"
    "Stalls,A,1,Front,accessible,\n"
    "Stalls,A,2,Front,companion aisle,\n"
    "Stalls,A,3,Front,aisle,\n"
    "Stalls,A,4,Front,restricted,\n"
    "Floor,,,Standing,,300\n"
)


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


@pytest.fixture
def draft(hall: Hall) -> SeatMap:
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV.encode(), by=None)


def test_it_makes_seats_areas_and_categories(draft, manager):
    seat_map = publish_seat_map(seat_map=draft, by=manager)
    assert seat_map.state == SeatMap.State.PUBLISHED
    assert seat_map.published_at is not None
    assert seat_map.capacity == 304
    assert [(c.name, c.rank) for c in seat_map.categories.all()] == [("Front", 1), ("Standing", 2)]
    seats = list(seat_map.seats.order_by("run", "position"))
    assert [(s.label, s.run, s.position) for s in seats] == [
        ("Stalls, row A, seat 1", 1, 1),
        ("Stalls, row A, seat 2", 1, 2),
        ("Stalls, row A, seat 3", 2, 1),
        ("Stalls, row A, seat 4", 2, 2),
    ]
    assert [s.is_accessible for s in seats] == [True, False, False, False]
    assert [s.is_companion for s in seats] == [False, True, False, False]
    assert [s.is_aisle for s in seats] == [False, True, True, False]
    assert [s.has_restricted_view for s in seats] == [False, False, False, True]
    area = seat_map.areas.get()
    assert (area.name, area.capacity, area.category.name) == ("Floor", 300, "Standing")
    entry = AuditEntry.objects.get(action="publish seat map")
    assert (entry.by, entry.theater_id) == (manager, draft.hall.theater_id)
    assert entry.after == {"version": 1, "seats": 4, "capacity": 304}


def test_seats_have_the_ids_of_the_layout(draft):
    seat_map = publish_seat_map(seat_map=draft, by=None)
    ids = {seat["seat_guid"] for row in seat_map.layout["zones"][0]["rows"] for seat in row["seats"]}
    assert set(seat_map.seats.values_list("guid", flat=True)) == ids
    assert seat_map.areas.get().guid == seat_map.layout["zones"][1]["areas"][0]["uuid"]


def test_it_retires_the_version_before_and_shows_keep_theirs(theater):
    hall = make_hall(theater=theater)
    show = make_show(hall=hall)
    first = hall.seat_maps.get()
    draft = import_seat_map(hall=hall, file_name="main.csv", content=CSV.encode(), by=None)
    assert draft.version == 2
    publish_seat_map(seat_map=draft, by=None)
    first.refresh_from_db()
    show.refresh_from_db()
    assert first.state == SeatMap.State.RETIRED
    assert show.seat_map == first
    assert first.seats.count() == 8
    assert hall.seat_maps.get(state=SeatMap.State.PUBLISHED) == draft


def test_a_second_call_changes_nothing(draft):
    publish_seat_map(seat_map=draft, by=None)
    published_at = SeatMap.objects.get().published_at
    again = publish_seat_map(seat_map=draft, by=None)
    assert again.published_at == published_at
    assert Seat.objects.count() == 4
    assert AuditEntry.objects.filter(action="publish seat map").count() == 1


def test_a_retired_version_is_refused(theater, draft):
    publish_seat_map(seat_map=draft, by=None)
    other = import_seat_map(hall=draft.hall, file_name="a.csv", content=CSV.replace("300", "200").encode(), by=None)
    publish_seat_map(seat_map=other, by=None)
    with pytest.raises(SeatMapRetired, match="retired"):
        publish_seat_map(seat_map=draft, by=None)
    assert draft.hall.seat_maps.get(state=SeatMap.State.PUBLISHED) == other


def test_an_invalid_draft_is_refused_and_nothing_changes(theater):
    hall = make_hall(theater=theater)
    document = {"name": "x", "categories": [], "zones": [{"name": "S", "rows": [{"seats": [{"seat_number": "1"}]}]}]}
    draft = save_draft(hall=hall, document=document, source="editor", by=None)
    with pytest.raises(InvalidSeatMap) as refusal:
        publish_seat_map(seat_map=draft, by=None)
    assert [str(problem) for problem in refusal.value.errors] == [
        "zones[0].rows[0].seats[0].category: This must not be empty."
    ]
    draft.refresh_from_db()
    assert draft.state == SeatMap.State.DRAFT
    assert draft.published_at is None
    assert not draft.seats.exists()
    assert hall.seat_maps.filter(state=SeatMap.State.PUBLISHED).count() == 1


def test_the_published_document_is_kept_with_every_key(hall):
    document = {
        "name": "Kleines Haus",
        "made_with": {"tool": "another", "versions": [1, 2.5, None, True]},
        "categories": [{"name": "I", "color": "#112233", "price_hint": 12}],
        "zones": [
            {
                "name": "Parkett",
                "zone_id": "z1",
                "position": {"x": 10, "y": 20},
                "rows": [
                    {
                        "row_number": "1",
                        "start_direction": "left",
                        "position": {"x": 0, "y": 0, "z": 3},
                        "seats": [
                            {
                                "seat_guid": "a",
                                "seat_number": "1",
                                "uuid": "u",
                                "position": {"x": 0, "y": 0},
                                "category": "I",
                            }
                        ],
                    }
                ],
                "areas": [],
            }
        ],
        "size": {"width": 100, "height": 100},
    }
    content = json.dumps(document).encode()
    draft = import_seat_map(hall=hall, file_name="haus.json", content=content, by=None)
    publish_seat_map(seat_map=draft, by=None)
    assert SeatMap.objects.get().layout == document


@pytest.mark.django_db
def test_of_two_drafts_and_two_published_maps_the_database_refuses_the_second():
    hall = make_hall()
    SeatMap.objects.create(hall=hall, version=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatMap.objects.create(hall=hall, version=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatMap.objects.filter(version=2).update(state=SeatMap.State.PUBLISHED)
    assert Area.objects.count() == 0
