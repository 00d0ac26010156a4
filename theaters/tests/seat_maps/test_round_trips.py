"""Plans go out as a file and come in again with equal meaning."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testing.seat_plans import plans
from theaters.seat_maps import InvalidSeatMap, Layout, check, parse_csv, parse_json, to_csv, to_json
from theaters.seat_maps.drawing import DrawnShape, read_shapes
from theaters.seat_maps.stage import find_stage
from theaters.seat_maps.svg import read_drawing, suggest_choices, to_svg, understand

pytestmark = pytest.mark.once


def meaning(layout: Layout) -> dict[str, Any]:
    """Return what tickets, prices and pictures depend on."""
    return {
        "categories": layout.categories,
        "seats": sorted(
            (s.guid, s.section, s.row, s.number, s.category, round(s.x, 2), round(s.y, 2), sorted(s.flags))
            for s in layout.seats
        ),
        "runs": {tuple(layout.seats[index].guid for index in run) for run in layout.runs},
        "areas": sorted((a.guid, a.name, a.category, a.capacity) for a in layout.areas),
        "shapes": sorted(json.dumps(_rounded(_seen(one))) for one in read_shapes(layout.document) if _is_seen(one)),
        "stage": find_stage(layout.document, layout.seats),
        "tables": Counter(seat.row_key in layout.tables for seat in layout.seats),
    }


def _is_seen(one: DrawnShape) -> bool:
    return not one.is_for_sale or one.shape["kind"] != "text"


def _seen(one: DrawnShape) -> tuple[Any, ...]:
    """Return what is seen of a shape: an area for sale is called by its name, and a text has no outline."""
    unseen = ["text"] if one.is_for_sale else ["fill", "stroke"] if one.shape["kind"] == "text" else []
    return one.guid, one.is_for_sale, {key: value for key, value in one.shape.items() if key not in unseen}


def _rounded(value: Any) -> Any:
    match value:
        case float() | int():
            return round(float(value), 2) + 0.0
        case dict():
            return {key: _rounded(item % 360 if key == "rotation" else item) for key, item in sorted(value.items())}
        case list() | tuple():
            return [_rounded(item) for item in value]
    return value


def unknown_keys(value: Any) -> Counter[str]:
    """Count the keys that no program knows, with their values."""
    found: Counter[str] = Counter()
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as item:
                found.update(f"{key}={json.dumps(item[key])}" for key in item if key.startswith("x-"))
                waiting.extend(item.values())
            case list() as items:
                waiting.extend(items)
    return found


def read(document: dict[str, Any]) -> Layout:
    return parse_json(json.dumps(document))


@given(plans())
@settings(max_examples=40)
def test_json_comes_back_as_it_was(document: dict[str, Any]):
    layout = read(document)
    assert not [problem for problem in check(layout) if problem.is_error]
    assert parse_json(to_json(layout)).document == layout.document


@given(plans())
@settings(max_examples=40)
def test_a_table_holds_all_of_a_plan(document: dict[str, Any]):
    layout = read(document)
    again = parse_csv(to_csv(layout))
    assert meaning(again) == meaning(layout)
    assert unknown_keys(again.document) == unknown_keys(layout.document)
    assert again.name == layout.name
    assert to_csv(again) == to_csv(layout)


def test_a_large_plan_goes_through_a_table():
    document = {
        "categories": [{"name": "A"}],
        "zones": [
            {
                "name": f"Block {block}",
                "rows": [
                    {
                        "row_number": str(row),
                        "seats": [{"seat_number": str(n), "category": "A"} for n in range(50)],
                        "x-row": row,
                    }
                    for row in range(40)
                ],
            }
            for block in range(10)
        ],
    }
    layout = read(document)
    again = parse_csv(to_csv(layout))
    assert len(again.seats) == 20_000
    assert meaning(again) == meaning(layout)


@given(st.sampled_from(["plan", "category", "section", "row", "shape", "seat", "sofa"]), st.text(max_size=30))
def test_lines_of_every_kind_are_read_or_refused(kind: str, more: str):
    quoted = more.replace('"', '""').replace("\0", "")
    with suppress(InvalidSeatMap):
        check(parse_csv(f'section,row,number,category,kind,more\nS,A,1,c,{kind},"{quoted}"\n'))


@given(plans())
@settings(max_examples=40)
def test_a_drawing_holds_what_tickets_and_pictures_need(document: dict[str, Any]):
    layout = read(document)
    drawing = read_drawing(to_svg(layout).encode())
    again = understand(drawing, suggest_choices(drawing)).layout
    assert meaning(again) == meaning(layout)
    # Those of areas are left out.
    for plan in (again.document, layout.document):
        for zone in plan["zones"]:
            zone.pop("areas", None)
    assert unknown_keys(again.document) == unknown_keys(layout.document)


@pytest.mark.parametrize("way", ["csv", "svg"])
def test_what_the_editor_adds_comes_back(way: str):
    document = {
        "marquee": {"floors": ["Parkett", "Rang"], "backdrop": {"id": "a", "scale": 0.5}},
        "categories": [{"name": "A", "color": "#aa0000"}],
        "zones": [
            {
                "name": "Loge <1> & 'links'",
                "marquee": {"floor": "Rang"},
                "position": {"x": 0, "y": 0},
                "rows": [
                    {
                        "row_number": "1",
                        "position": {"x": 0, "y": 0},
                        "seats": [
                            {
                                "seat_number": "1",
                                "category": "A",
                                "position": {"x": 5, "y": 5},
                                "marquee": {"companion": True, "note": 'it\'s "here"\n<b>'},
                            }
                        ],
                    }
                ],
            }
        ],
    }
    layout = read(document)
    if way == "csv":
        again = parse_csv(to_csv(layout))
    else:
        drawing = read_drawing(to_svg(layout).encode())
        again = understand(drawing, suggest_choices(drawing)).layout
    (zone,) = again.document["zones"]
    assert zone["marquee"] == {"floor": "Rang"}
    assert zone["rows"][0]["seats"][0]["marquee"] == document["zones"][0]["rows"][0]["seats"][0]["marquee"]
    kept = again.document["marquee"]
    assert (kept["floors"], kept["backdrop"]) == (["Parkett", "Rang"], {"id": "a", "scale": 0.5})
