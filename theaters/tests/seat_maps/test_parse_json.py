"""The open seating-plan format: read defensively, written completely."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theaters.seat_maps import InvalidSeatMap, check, parse_json, read_layout, to_json

pytestmark = pytest.mark.once

UNUSED = "categories[0]: unused-category"


def seat(number: str, x: float = 0, **more: Any) -> dict[str, Any]:
    return {"seat_number": number, "seat_guid": f"s{number}", "position": {"x": x, "y": 0}, "category": "I", **more}


def plan(**changes: Any) -> dict[str, Any]:
    """Return a valid plan of one row of three seats, with the given top-level keys replaced."""
    return {
        "name": "Main",
        "categories": [{"name": "I", "color": "#aa3344"}],
        "zones": [
            {
                "name": "Stalls",
                "position": {"x": 100, "y": 50},
                "rows": [
                    {
                        "row_number": "A",
                        "position": {"x": 10, "y": 5},
                        "seats": [seat("1", 0), seat("2", 20), seat("3", 40)],
                    }
                ],
            }
        ],
        "size": {"width": 400, "height": 300},
        **changes,
    }


def with_seats(*seats: Any) -> dict[str, Any]:
    document = plan()
    document["zones"][0]["rows"][0]["seats"] = list(seats)
    return document


def with_area(**area: Any) -> dict[str, Any]:
    document = plan()
    document["zones"][0]["areas"] = [{"uuid": "floor", "position": {"x": 0, "y": 80}, **area}]
    return document


def found(document: Any) -> list[str]:
    """Return the place and code of each problem, with the path of the only row and zone shortened."""
    lines = [f"{problem.where}: {problem.code}" for problem in check(parse_json(json.dumps(document)))]
    return [line.replace("zones[0].rows[0].", "").replace("zones[0].areas", "areas") for line in lines]


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidSeatMap) as refusal:
        parse_json(text)
    return [str(problem) for problem in refusal.value.problems]


def test_positions_add_up_from_zone_to_row_to_seat():
    layout = parse_json(json.dumps(plan()))
    assert [(s.x, s.y) for s in layout.seats] == [(110, 55), (130, 55), (150, 55)]
    first = layout.seats[0]
    assert (first.guid, first.section, first.row, first.number, first.category) == ("s1", "Stalls", "A", "1", "I")
    assert check(layout) == []


def test_flags_and_areas_are_under_our_own_key():
    document = with_seats(seat("1", 0, marquee={"accessible": True}), seat("2", 20, marquee={"companion": True}))
    document["zones"][0]["areas"] = [
        {"uuid": "f", "shape": "rectangle", "rectangle": {"width": 9, "height": 9}, "text": {"text": "Floor"}},
        {"uuid": "g", "marquee": {"name": "Pit", "category": "I", "capacity": 40}},
        {"uuid": "h", "text": {"text": "Gallery"}, "marquee": {"category": "I", "capacity": 2}},
    ]
    layout = parse_json(json.dumps(document))
    assert [s.flags for s in layout.seats] == [{"accessible"}, {"companion"}]
    assert [(a.guid, a.name, a.capacity) for a in layout.areas] == [("g", "Pit", 40), ("h", "Gallery", 2)]
    assert layout.capacity == 44
    assert check(layout) == []


def test_a_number_of_a_row_or_seat_may_be_written_as_one():
    document = with_seats(seat("1") | {"seat_number": 12})
    document["zones"][0]["rows"][0]["row_number"] = 7
    layout = parse_json(json.dumps(document))
    assert (layout.seats[0].row, layout.seats[0].number) == ("7", "12")
    assert layout.document == document


def test_a_byte_order_mark_is_ignored():
    assert parse_json("\ufeff" + json.dumps(plan())).name == "Main"


def test_missing_ids_are_made_from_labels_and_never_repeat():
    bare = {"seat_number": "1", "category": "I"}
    document = with_seats(bare, bare, seat("1") | {"seat_guid": "stalls-a-1"}, bare | {"seat_guid": ""})
    first = [s.guid for s in parse_json(json.dumps(document)).seats]
    assert first == ["stalls-a-1-2", "stalls-a-1-3", "stalls-a-1", "stalls-a-1-4"]
    assert [s.guid for s in parse_json(json.dumps(document)).seats] == first


def test_what_was_filled_in_is_written_and_read_again_unchanged():
    document = {
        "name": "Studio",
        "categories": [{"name": "I"}],
        "zones": [
            {"rows": [{"row_number": r, "seats": [{"seat_number": n, "category": "I"} for n in "123"]}]} for r in "AB"
        ],
    }
    layout = parse_json(json.dumps(document))
    again = parse_json(to_json(layout))
    assert again.document == layout.document
    assert again.seats == layout.seats
    assert check(again) == []


def test_a_row_with_places_but_no_position_of_its_own_starts_at_its_zone():
    document = plan()
    del document["zones"][0]["rows"][0]["position"]
    assert parse_json(json.dumps(document)).seats[0].x == 100


def test_a_missing_size_is_computed():
    document = plan()
    del document["size"]
    assert parse_json(json.dumps(document)).document["size"] == {"width": 190, "height": 95}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (plan(zones=[]), [": empty"]),
        (plan(zones={}), ["zones: wrong-type", ": empty"]),
        (plan(zones=[3]), ["zones[0]: wrong-type", ": empty"]),
        (plan(size=[]), ["size: wrong-type"]),
        (plan(size={"width": -1, "height": 10**9}), ["size.width: bad-size", "size.height: bad-size"]),
        (plan(name="<b>Main</b>"), ["name: not-plain-text"]),
        (plan(name=5), ["name: wrong-type"]),
        (plan(name="x" * 81), ["name: too-long"]),
        (plan(categories=[{"name": "I", "color": "red"}]), ["categories[0].color: unknown-color"]),
        (plan(categories=[{"name": "I"}, {"name": "I"}]), ["categories[1].name: duplicate-category"]),
        (plan(categories=[{"name": "I"}, {"name": "II"}]), ["categories[1]: unused-category"]),
        (plan(categories=[{"name": ""}, {"name": "I"}]), ["categories[0].name: missing"]),
        (
            with_seats(seat("1", 0), seat("1", 20)),
            ["seats[1].seat_guid: duplicate-id", "seats[1].seat_number: same-label"],
        ),
        (with_seats(seat("1", category="V")), ["seats[0].category: unknown-category", UNUSED]),
        (with_seats(seat("1", category=None)), ["seats[0].category: missing", UNUSED]),
        (with_seats(seat("1", seat_number=None)), ["seats[0].seat_number: missing"]),
        (with_seats(seat("1", seat_guid=["x"])), ["seats[0].seat_guid: wrong-type"]),
        (with_seats(seat("1", seat_guid="x" * 65)), ["seats[0].seat_guid: too-long"]),
        (with_seats("A1"), ["seats[0]: wrong-type", ": empty"]),
        (with_seats(seat("1", position=[0, 0])), ["seats[0].position: wrong-type"]),
        (with_seats(seat("1", position={"x": "0", "y": 0})), ["seats[0].position.x: wrong-type"]),
        (with_seats(seat("1", position={"x": True, "y": 0})), ["seats[0].position.x: wrong-type"]),
        (with_seats(seat("1", position={"x": 0})), ["seats[0].position.y: wrong-type"]),
        (with_seats(seat("1", position={"x": 1e7, "y": 0})), ["seats[0].position.x: too-far"]),
        (with_seats(seat("1", marquee=[])), ["seats[0].marquee: wrong-type"]),
        (with_seats(seat("1", marquee={"accessible": "yes"})), ["seats[0].marquee.accessible: wrong-type"]),
        (with_seats(seat("1", marquee={"companion": True})), ["seats[0].marquee: lone-companion"]),
        (with_seats(*(seat(str(n), 20 * n) for n in range(5)), seat("9", 84)), ["seats[5].position: overlap"]),
        (with_area(marquee={"category": "I"}), ["areas[0].marquee.capacity: no-capacity"]),
        (with_area(marquee={"category": "I", "capacity": 0}), ["areas[0].marquee.capacity: bad-capacity"]),
        (with_area(marquee={"category": "I", "capacity": "9"}), ["areas[0].marquee.capacity: bad-capacity"]),
        (with_area(marquee={"capacity": 9}), ["areas[0].marquee.category: missing"]),
        (with_area(marquee={"category": "V", "capacity": 9}), ["areas[0].marquee.category: unknown-category"]),
        (with_area(shape="blob"), ["areas[0].shape: bad-shape"]),
        (with_area(shape="circle"), ["areas[0].circle: bad-shape"]),
        (with_area(shape="circle", circle={"radius": -1}), ["areas[0].circle.radius: bad-shape"]),
        (with_area(shape="ellipse", ellipse={"radius": 3}), ["areas[0].ellipse.radius: bad-shape"]),
        (with_area(shape="polygon", polygon={"points": [{"x": 0, "y": 0}]}), ["areas[0].polygon.points: bad-shape"]),
        (with_area(shape="text", text={"text": 5, "position": {}}), ["areas[0].text.text: bad-shape"]),
        (with_area(shape="text", text={"text": "", "position": 3}), ["areas[0].text.position: bad-shape"]),
        (with_area(rotation="left"), ["areas[0].rotation: bad-shape"]),
    ],
)  # fmt: skip
def test_each_error_is_reported_with_its_path(document, expected):
    assert found(document) == expected


def test_every_problem_is_reported_not_only_the_first():
    document = with_seats(seat("1", category="V"), seat("1", seat_number=""), seat("3", 80, position={"x": 0}))
    document["zones"][0]["name"] = "\u0007"
    problems = check(parse_json(json.dumps(document)))
    assert {p.code for p in problems if p.is_error} == {
        "unknown-category", "missing", "duplicate-id", "wrong-type", "not-plain-text", "overlap",
    }  # fmt: skip


def test_areas_may_not_share_an_id():
    document = with_area(marquee={"category": "I", "capacity": 5, "name": "Pit"})
    document["zones"][0]["areas"] *= 2
    assert found(document) == ["areas[1].uuid: duplicate-id"]


def test_shapes_and_labels_only_warn():
    warned = [
        with_seats(seat("1", marquee={"companion": True})),
        with_area(shape="blob"),
        plan(categories=[{"name": "I", "color": "nice"}, {"name": "II"}]),
        with_seats(seat("1", 0), seat("1", 20, seat_guid="other")),
    ]
    for document in warned:
        problems = check(parse_json(json.dumps(document)))
        assert problems
        assert not any(problem.is_error for problem in problems)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "valid JSON"),
        ("{", "line 1, column 2"),
        ('{\n "name": }', "line 2, column 10"),
        ("[]", "JSON object"),
        ('"plan"', "JSON object"),
        ('{"size": {"width": NaN}}', "NaN"),
        ('{"size": {"width": -Infinity}}', "Infinity"),
        ('{"size": {"width": 1e999}}', "too large"),
        (f'{{"size": {{"width": 1{"0" * 5000}}}}}', "too large"),
        ('{"name": "a", "name": "b"}', "“name” appears twice"),
        ('{"zones": [{"name": "a\\u0000b"}]}', "zones[0].name: This text has characters"),
        ('{"name": "\\ud800"}', "name: This text has characters"),
        ('{"x\\u0000": 1}', "A key has characters"),
        ('{"more": ' + "[" * 60 + "]" * 60 + "}", "nested more than 40 levels"),
        ('{"more": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested more than 40 levels"),
    ],
)
def test_a_file_that_is_not_a_plan_is_refused(text, says):
    assert any(says in line for line in refused(text)), refused(text)


# Any JSON, without what a database cannot store.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_KNOWN = {
    "name", "categories", "zones", "size", "position", "rows", "areas", "row_number", "seats", "seat_guid",
    "seat_number", "category", "uuid", "marquee", "color", "shape", "text", "rotation", "x", "y", "width", "height",
}  # fmt: skip
_EXTRA = st.dictionaries(_TEXT.filter(lambda key: key not in _KNOWN), _ANYTHING, max_size=3)


@pytest.mark.slow
@given(_EXTRA, _EXTRA, _EXTRA, _EXTRA, _EXTRA)
@settings(max_examples=60, deadline=None)
def test_unknown_keys_survive_anywhere(top, zone, row, one, place):
    document = {**top, **plan()}
    document["zones"][0].update(zone | document["zones"][0])
    rows = document["zones"][0]["rows"]
    rows[0].update(row | rows[0])
    rows[0]["seats"][1].update(one | rows[0]["seats"][1])
    rows[0]["seats"][1]["position"].update(place)
    document["zones"][0]["areas"] = [{"uuid": "stage", **one}]
    before = copy.deepcopy(document)
    assert json.loads(to_json(parse_json(json.dumps(document)))) == before


@pytest.mark.slow
@given(_ANYTHING, st.sampled_from(["zones", "categories", "size", "name"]))
@settings(max_examples=100, deadline=None)
def test_any_value_at_a_key_ends_in_problems_not_in_an_exception(value, key):
    check(parse_json(json.dumps(plan(**{key: value}))))
    deep = plan()
    deep["zones"][0]["rows"] = [{"seats": [value, {"position": value, "seat_number": value, "marquee": value}]}]
    deep["zones"][0]["areas"] = [{"shape": value, "text": value, "marquee": {"capacity": value}, "position": value}]
    deep["zones"].append(value)
    check(read_layout(json.loads(json.dumps(deep))))
