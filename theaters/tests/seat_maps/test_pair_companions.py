"""Each companion seat belongs to a wheelchair place: as the plan says, or by distance."""

from __future__ import annotations

import json
from typing import Any

import pytest

from theaters.models import Hall, Seat, Theater
from theaters.seat_maps import check
from theaters.seat_maps.companions import pair_companions
from theaters.seat_maps.json_format import parse_json
from theaters.seat_maps.publish import publish_seat_map, save_draft

KINDS = {"W": {"accessible": True}, "C": {"companion": True}, ".": {}}


def draw(signs: str, **said: dict[str, Any]) -> dict[str, Any]:
    """Draw a row of seats s0, s1 …: "W" a wheelchair place, "C" a companion seat. `said` adds to their keys."""
    seats = [
        {
            "seat_guid": f"s{at}", "seat_number": str(at), "category": "A", "position": {"x": 20 * at, "y": 0},
            "marquee": KINDS[sign] | said.get(f"s{at}", {}),
        }
        for at, sign in enumerate(signs)
    ]  # fmt: skip
    rows = [{"row_number": "A", "position": {"x": 0, "y": 0}, "seats": seats}]
    return {
        "categories": [{"name": "A"}],
        "zones": [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": rows}],
    }


@pytest.mark.parametrize(
    ("signs", "pairs"),
    [
        ("WC..", {1: 0}),
        ("CW.CW", {0: 1, 3: 4}),
        # One each before anybody gets two.
        ("CWCW", {0: 1, 2: 3}),
        ("WCC.", {1: 0, 2: 0}),
        ("W...C", {}),
    ],
)
def test_the_nearest_belong_together(signs: str, pairs: dict[int, int]) -> None:
    assert pair_companions(parse_json(json.dumps(draw(signs)))) == pairs


def test_what_the_plan_says_comes_first() -> None:
    document = draw("WCW....C", s1={"companion_of": "s2"}, s7={"companion_of": "s0"})
    layout = parse_json(json.dumps(document))
    assert pair_companions(layout) == {1: 2, 7: 0}
    assert check(layout) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (draw("W..C"), ("lone-companion", False)),
        (draw("WC", s1={"companion_of": "s9"}), ("unknown-wheelchair-place", True)),
        (draw("WC", s1={"companion_of": "s1"}), ("unknown-wheelchair-place", True)),
        (draw("W.", s1={"companion_of": "s0"}), ("not-a-companion", True)),
        (draw("WC", s1={"companion_of": 7}), ("wrong-type", True)),
        (draw("W.."), ("no-companion", False)),
    ],
)
def test_what_is_missing_is_told(document: dict[str, Any], problem: tuple[str, bool]) -> None:
    problems = check(parse_json(json.dumps(document)))
    assert problem in [(one.code, one.is_error) for one in problems]


@pytest.mark.django_db
def test_publishing_writes_it_down(theater: Theater) -> None:
    document = draw("CW.C", s3={"companion_of": "s1", "step_free": True}, s2={"hearing_loop": True})
    hall = Hall.objects.create(theater=theater, name="Main")
    seat_map = publish_seat_map(seat_map=save_draft(hall=hall, document=document, source="", by=None), by=None)
    seats = list(Seat.objects.filter(seat_map=seat_map).order_by("position"))
    assert [seat.companion_of for seat in seats] == [seats[1], None, None, seats[1]]
    assert [(seat.is_step_free, seat.has_hearing_loop) for seat in seats] == [
        (False, False), (False, False), (False, True), (True, False),
    ]  # fmt: skip
    assert [seat.quality for seat in seats] == [-15, -5, -5, -15]


@pytest.mark.django_db
def test_a_place_that_is_never_sold_has_no_companion(theater: Theater) -> None:
    document = draw("WC..")
    document["categories"].append({"name": "House", "marquee": {"for_sale": False}})
    document["zones"][0]["rows"][0]["seats"][0]["category"] = "House"
    hall = Hall.objects.create(theater=theater, name="Main")
    seat_map = publish_seat_map(seat_map=save_draft(hall=hall, document=document, source="", by=None), by=None)
    assert seat_map.seats.get(guid="s1").companion_of is None
