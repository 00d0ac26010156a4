"""A draft looks as its published version will."""

import json
from typing import Any

import pytest

from bookings.seating.layout_plan import draw_layout
from bookings.seating.plan import read_seat_plan, write_json
from testing.builders import make_show
from testing.seat_maps import import_seat_map
from theaters.models import Hall, Seat, Theater
from theaters.seat_maps import read_layout
from theaters.seat_maps.publish import publish_seat_map

pytestmark = pytest.mark.django_db
CSV = """section,row,number,category,flags,capacity
Stalls,A,1,Front,accessible,
Stalls,A,2,Front,companion,
Stalls,A,3,Front,aisle,
Stalls,A,4,Front,aisle,
Balcony,A,1-5,Rear,restricted,
Standing,,,Rear,,300
"""


def plain(plan: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_json(plan))
    return found


def test_a_draft_is_drawn_as_it_will_be_published(theater: Theater):
    hall = Hall.objects.create(theater=theater, name="Main")
    draft = import_seat_map(hall=hall, file_name="main.csv", content=CSV.encode(), by=None)
    layout = read_layout(draft.layout)

    before = plain(draw_layout(layout))
    publish_seat_map(seat_map=draft, by=None)
    after = plain(read_seat_plan(make_show(hall=hall)))

    guids = dict(Seat.objects.values_list("pk", "guid"))
    assert before["view_box"] == after["view_box"]
    assert (before["pitch"], before["stage"]) == (after["pitch"], after["stage"])
    assert [{**one, "id": 0} for one in before["categories"]] == [{**one, "id": 0} for one in after["categories"]]
    for ours, theirs in zip(before["sections"], after["sections"], strict=True):
        assert ours["name"] == theirs["name"]
        for row, other in zip(ours["rows"], theirs["rows"], strict=True):
            assert (row["label"], row["marks"]) == (other["label"], other["marks"])
            for (index, *seat), (pk, *sold) in zip(row["seats"], other["seats"], strict=True):
                assert layout.seats[index].guid == guids[pk]
                number, _category, x, y, flags, _run, _position = seat
                assert [number, x, y, flags] == [sold[0], *sold[2:5]]
    assert [(one["name"], one["capacity"], one["shape"]) for one in before["areas"]] == [
        (one["name"], one["capacity"], one["shape"]) for one in after["areas"]
    ]


def test_an_unfinished_draft_is_drawn_as_far_as_it_goes():
    layout = read_layout(
        {"zones": [{"rows": [{"seats": [{"seat_number": "1", "category": "Nowhere"}, {"seat_number": "2"}]}]}]}
    )

    plan = draw_layout(layout)

    assert list(plan.seats()) == []
