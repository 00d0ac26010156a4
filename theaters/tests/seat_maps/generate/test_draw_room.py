"""Rooms are drawn as described, and no check objects to them."""

from __future__ import annotations

from itertools import combinations
from math import hypot, radians
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theaters.seat_maps import Layout, check, read_layout
from theaters.seat_maps.arrange import front_radius, row_labels, row_labels_between, seat_numbers
from theaters.seat_maps.drawing import row_marks
from theaters.seat_maps.generate import Boxes, ImpossibleRoom, Part, Room, Row, Rows, Standing, Tables, draw_room
from theaters.seat_maps.geometry import bounds

NUMBERINGS = [
    "left to right",
    "right to left",
    "odd left, even right",
    "even left, odd right",
    "hundreds by block",
]
PLACES = st.sampled_from(["behind", "left", "right", "stage left", "stage right", "beyond"])


def straight(*blocks: int, count: int = 3, **options: Any) -> Rows:
    rows = [Row(label, blocks, "Standard") for label in row_labels(count)]
    return Rows(rows=rows, **options)


def draw(*parts: Part, **options: Any) -> Layout:
    return read_layout(draw_room(Room(parts=parts, **options)))


@st.composite
def rows_parts(draw: Any, name: str) -> Rows:
    blocks = draw(st.lists(st.integers(2, 9), min_size=1, max_size=4))
    growth = draw(st.integers(0, 3))
    count = draw(st.integers(1, 8))
    return Rows(
        name=name,
        rows=[
            Row(label, [*blocks[:-1], blocks[-1] + growth * index], f"Category {index % 2}")
            for index, label in enumerate(row_labels(count))
        ],
        numbering=draw(st.sampled_from(NUMBERINGS)),
        bend=draw(st.sampled_from([0, 20, 60, 120, 180])),
        place=draw(PLACES),
    )


@st.composite
def rooms(draw: Any) -> Room:
    parts: list[Part] = []
    for index in range(draw(st.integers(1, 4))):
        name = f"Part {index}"
        parts.append(
            draw(
                st.one_of(
                    rows_parts(name),
                    st.builds(
                        Boxes,
                        name=st.just(name),
                        category=st.just("Box"),
                        count=st.integers(1, 9),
                        seats=st.integers(1, 7),
                        bend=st.sampled_from([0, 60, 180]),
                    ),
                    st.builds(
                        Tables,
                        name=st.just(name),
                        category=st.just("Table"),
                        count=st.integers(1, 9),
                        seats=st.integers(1, 12),
                        per_line=st.integers(1, 6),
                        shape=st.sampled_from(["round", "long"]),
                        place=PLACES,
                    ),
                    st.builds(
                        Standing,
                        name=st.just(name),
                        category=st.just("Standing"),
                        capacity=st.integers(1, 5000),
                        place=PLACES,
                    ),
                )
            )
        )
    return Room(name="Room", parts=parts, front=draw(st.sampled_from(["stage", "screen", "none"])))


@settings(max_examples=50, deadline=None)
@given(rooms())
def test_a_room_is_drawn_as_described(room: Room):
    layout = read_layout(draw_room(room))
    assert check(layout) == []
    assert len(layout.seats) == room.seat_count
    assert layout.capacity == room.seat_count + sum(part.capacity for part in room.parts if isinstance(part, Standing))
    labels = {(seat.section, seat.row, seat.number) for seat in layout.seats}
    assert len(labels) == room.seat_count
    assert len({seat.guid for seat in layout.seats}) == room.seat_count
    assert all(seat.x > 0 and seat.y > 0 for seat in layout.seats)
    assert all(hypot(a.x - b.x, a.y - b.y) >= 15 for a, b in combinations(layout.seats[:200], 2))
    assert_apart(layout)


def assert_apart(layout: Layout) -> None:
    """No part, stage or standing room is in the way of seats of another one."""
    zones = layout.document["zones"]
    boxes = []
    for index, zone in enumerate(zones):
        for area in zone.get("areas", []):
            left, top = (zone["position"][axis] + area["position"][axis] for axis in ("x", "y"))
            if area["shape"] == "rectangle":
                width, height = area["rectangle"]["width"], area["rectangle"]["height"]
                boxes.append((index, left, top, left + width, top + height))
    seats = [(int(seat.where[6 : seat.where.index("]")]), seat.x, seat.y) for seat in layout.seats]
    for zone, left, top, right, bottom in boxes:
        inside = [seat for seat in seats if seat[0] != zone and left - 15 < seat[1] < right + 15]
        assert not [seat for seat in inside if top - 15 < seat[2] < bottom + 15]
    for (zone, x, y), (other, x2, y2) in combinations(seats[:: max(1, len(seats) // 400)], 2):
        assert zone == other or hypot(x - x2, y - y2) >= 25
    for (zone, *box), (other, *box2) in combinations(boxes, 2):
        is_apart = box[2] <= box2[0] or box2[2] <= box[0] or box[3] <= box2[1] or box2[3] <= box[1]
        assert zone == other or is_apart


@settings(max_examples=30, deadline=None)
@given(rows_parts("Stalls"))
def test_every_row_is_straight_or_on_one_circle_with_the_others(part: Rows):
    layout = draw(part)
    by_row: dict[str, list[Any]] = {}
    for seat in layout.seats:
        by_row.setdefault(seat.row, []).append(seat)
    if not part.bend:
        assert all(len({seat.y for seat in seats}) == 1 for seats in by_row.values())
        return
    radius = front_radius([row.blocks for row in part.rows], radians(part.bend))
    for index, row in enumerate(layout.document["zones"][0]["rows"]):
        points = [(seat["position"]["x"], seat["position"]["y"] + row["position"]["y"]) for seat in row["seats"]]
        assert [hypot(x, y + radius) for x, y in points] == pytest.approx([radius + index * 26] * len(points), abs=0.02)
        assert points == sorted(points)


def test_aisles_interrupt_rows_and_rows_are_centered():
    layout = draw(straight(3, 4, 3, count=2))
    assert [len(run) for run in layout.runs] == [3, 4, 3] * 2
    xs = [seat.x for seat in layout.seats if seat.row == "A"]
    assert xs[0] + xs[-1] == pytest.approx(xs[4] + xs[5])
    assert xs[3] - xs[2] > xs[1] - xs[0]


def test_the_bend_is_the_angle_that_the_widest_row_spans():
    flat, round_ = draw(straight(20, bend=20)), draw(straight(20, bend=150))

    def rise(layout: Layout) -> float:
        ys = [seat.y for seat in layout.seats if seat.row == "A"]
        return max(ys) - min(ys)

    assert 0 < rise(flat) < rise(round_)


def test_a_balcony_follows_the_curve_of_the_stalls():
    stalls = straight(30, bend=120, name="Stalls")
    layout = draw(stalls, Rows(name="Balcony", rows=stalls.rows, bend=90))
    rear = max(seat.y for seat in layout.seats if seat.section == "Stalls")
    wings = min(seat.y for seat in layout.seats if seat.section == "Balcony")
    # Their boxes overlap, their seats do not.
    assert wings < rear
    assert check(layout) == []


def test_boxes_stand_on_both_sides_of_the_stalls():
    layout = draw(straight(10, name="Stalls"), Boxes(name="Boxes", category="Box", count=3, seats=4))
    stalls = [seat.x for seat in layout.seats if seat.section == "Stalls"]
    for seat in layout.seats:
        if seat.section == "Boxes":
            assert seat.x < min(stalls) if seat.row in ("1", "3") else seat.x > max(stalls)
    assert sorted(len(run) for run in layout.runs) == [4, 4, 4, 10, 10, 10]


def sides(layout: Layout, section: str) -> tuple[float, float, float, float]:
    points = [(seat.x, seat.y) for seat in layout.seats if seat.section == section]
    return bounds(points)


def test_parts_stand_beside_one_another_level_in_front():
    parts = [
        straight(10, name="Center"),
        straight(5, name="Left", place="left", count=6),
        straight(5, name="Right", place="right"),
        straight(4, name="Far left", place="left"),
        straight(12, name="Balcony"),
    ]
    layout = draw(*parts)
    far, left, center, right, balcony = (
        sides(layout, name) for name in ("Far left", "Left", "Center", "Right", "Balcony")
    )
    assert far[2] < left[0] < left[2] < center[0] < center[2] < right[0]
    assert far[1] == left[1] == center[1] == right[1]
    # Behind the deepest of them, as far as it is in its way.
    assert center[3] < balcony[1]
    assert balcony[0] + balcony[2] == pytest.approx(center[0] + center[2])


def test_a_part_beside_another_keeps_clear_of_what_is_in_front_of_it():
    boxes = Boxes(name="Boxes", category="Box", count=8, seats=6)
    parts = [straight(4, name="Stalls"), boxes, straight(4, name="Rear"), straight(4, name="Left", place="left")]
    assert_apart(draw(*parts))


def test_parts_around_a_stage_in_the_middle_look_at_it():
    parts = [
        straight(12, name="South"),
        straight(10, name="West", place="stage left"),
        straight(8, name="West rear"),
        straight(10, name="East", place="stage right"),
        straight(12, name="North", place="beyond"),
    ]
    layout = draw(*parts)
    stage = next(zone for zone in layout.document["zones"] if zone["name"] == "")
    area = stage["areas"][0]
    left, top = (stage["position"][axis] + area["position"][axis] for axis in ("x", "y"))
    right, bottom = left + area["rectangle"]["width"], top + area["rectangle"]["height"]
    assert sides(layout, "South")[1] > bottom
    assert sides(layout, "North")[3] < top
    assert sides(layout, "West")[2] < left
    assert sides(layout, "East")[0] > right
    assert sides(layout, "West rear")[2] < sides(layout, "West")[0]
    # Rows A are nearest to the stage, and seats count from the left of who looks at it.
    for section, key in [("South", "y"), ("North", "y"), ("West", "x"), ("East", "x")]:
        way = 1 if section in {"South", "East"} else -1
        by_row = {seat.row: way * getattr(seat, key) for seat in layout.seats if seat.section == section}
        assert by_row["A"] < by_row["B"] < by_row["C"]
    firsts = {seat.section: seat for seat in layout.seats if seat.row == "A" and seat.number == "1"}
    seconds = {seat.section: seat for seat in layout.seats if seat.row == "A" and seat.number == "2"}
    steps = {name: (seconds[name].x - first.x, seconds[name].y - first.y) for name, first in firsts.items()}
    assert steps == {"South": (20, 0), "North": (-20, 0), "West": (0, 20), "West rear": (0, 20), "East": (0, -20)}


def test_standing_room_beside_the_stage_is_turned_with_its_name_upright():
    floor = Standing(name="Floor", category="Standing", capacity=800, place="stage left")
    layout = draw(straight(10, name="Stalls"), floor)
    area = next(area for zone in layout.document["zones"] if zone["name"] == "Floor" for area in zone["areas"])
    width, height = area["rectangle"]["width"], area["rectangle"]["height"]
    assert height == 2 * width
    assert area["text"]["position"] == {"x": width / 2, "y": height / 2}
    assert "rotation" not in area


@pytest.mark.parametrize("bend", [60, 180])
def test_boxes_stand_on_an_arc_and_look_to_its_middle(bend: float):
    layout = draw(straight(10, name="Stalls"), Boxes(name="Boxes", category="Box", count=9, seats=5, bend=bend))
    rows = [row for zone in layout.document["zones"] if zone["name"] == "Boxes" for row in zone["rows"]]
    assert [row["row_number"] for row in rows] == [str(number) for number in range(1, 10)]
    radii = [hypot(row["position"]["x"], row["position"]["y"]) for row in rows]
    assert radii == pytest.approx([radii[0]] * 9, abs=0.02)
    for row in rows:
        x, y = row["position"]["x"], row["position"]["y"]
        behind = row["seats"][3]["position"]
        rail = row["seats"][1]["position"]
        assert hypot(x + behind["x"], y + behind["y"]) > hypot(x + rail["x"], y + rail["y"]) + 15
    by_number = {row["row_number"]: row["position"]["x"] for row in rows}
    assert by_number["1"] < by_number["3"] < by_number["9"] == 0 < by_number["4"] < by_number["2"]
    assert check(layout) == []


def test_wheelchair_places_have_a_companion_beside_them_in_their_block():
    places = [("A", "1"), ("A", "5"), ("A", "6"), ("B", "6")]
    layout = draw(straight(6, 6, wheelchair_places=places))
    flags = {(seat.row, seat.number): seat.flags - {"aisle"} for seat in layout.seats if seat.flags - {"aisle"}}
    assert flags == {
        ("A", "1"): {"accessible"},
        ("A", "2"): {"companion"},
        ("A", "4"): {"companion"},
        ("A", "5"): {"accessible"},
        ("A", "6"): {"accessible"},
        ("B", "5"): {"companion"},
        ("B", "6"): {"accessible"},
    }
    assert [(one.code, one.where) for one in check(layout)] == [("no-companion", "zones[0].rows[0].seats[5].marquee")]


def test_categories_rank_from_the_stage_to_the_rear_or_as_ranked():
    parts = [
        Rows(name="Stalls", rows=[Row("A", [4], "Front"), Row("B", [4], "Premium")]),
        Standing(name="Floor", category="Standing", capacity=50),
    ]
    assert [category.name for category in draw(*parts).categories] == ["Front", "Premium", "Standing"]
    ranked = draw(*parts, ranking=["Premium", "Gone"])
    assert [category.name for category in ranked.categories] == ["Premium", "Front", "Standing"]


@pytest.mark.parametrize(
    ("part", "field", "message"),
    [
        (straight(501, count=1), "rows", "501 seats; at most 500"),
        (straight(100, count=300), "", "30000 seats"),
        (Rows(rows=[Row("A", [3], "S"), Row("A", [3], "S")]), "rows", "a second row A"),
        (straight(100, 5, numbering="hundreds by block"), "numbering", "hundreds"),
        (straight(5, wheelchair_places=[("B", "6")]), "wheelchair_places", "no seat 6 in a row B"),
    ],
)
def test_what_cannot_be_drawn_is_named(part: Rows, field: str, message: str):
    with pytest.raises(ImpossibleRoom) as caught:
        draw(Standing(name="Floor", category="S", capacity=9), part)
    assert (caught.value.part, caught.value.field) == (1, field)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("blocks", "numbering", "numbers"),
    [
        ([2, 2], "left to right", "1 2 3 4"),
        ([2, 2], "right to left", "4 3 2 1"),
        ([3, 2], "odd left, even right", "5 3 1 2 4"),
        ([2, 3], "even left, odd right", "4 2 1 3 5"),
        ([2, 1, 2], "hundreds by block", "1 2 101 201 202"),
    ],
)
def test_seats_are_numbered_as_houses_do(blocks: list[int], numbering: Any, numbers: str):
    assert seat_numbers(blocks, numbering) == numbers.split()


def test_rows_are_labeled_as_houses_do():
    assert row_labels(10) == list("ABCDEFGHJK")
    assert row_labels(3, start="Z") == ["Z", "AA", "AB"]
    assert row_labels(9, skip="")[-1] == "I"
    assert row_labels(3, start="9") == ["9", "10", "11"]
    assert row_labels_between("H", "K") == ["H", "J", "K"]
    assert row_labels_between("H", "I") == ["H", "I"]
    assert row_labels_between("C", "A") == ["C", "B", "A"]
    assert row_labels_between("9", "11") == ["9", "10", "11"]
    assert row_labels_between("Y", "AB") == ["Y", "Z", "AA", "AB"]
    for wrong in [("A", "3"), ("", "B"), ("a", "b"), ("É", "F")]:
        with pytest.raises(ValueError, match="not a row label"):
            row_labels_between(*wrong)


@pytest.mark.parametrize(("seats", "is_inside"), [(4, False), (8, True)])
def test_a_table_is_labeled_once_in_its_middle_or_beside_it(seats: int, is_inside: bool):
    layout = draw(Tables(name="Tables", category="Table", count=1, seats=seats, per_line=1))
    ((x, y),) = row_marks(layout.seats, layout.spacing)
    xs, ys = [seat.x for seat in layout.seats], [seat.y for seat in layout.seats]
    assert y == pytest.approx((min(ys) + max(ys)) / 2, abs=0.01)
    assert (x > min(xs)) == is_inside


def test_a_row_is_labeled_at_both_ends_however_it_is_curved():
    layout = draw(straight(20, count=1, bend=180))
    assert len(row_marks(layout.seats, layout.spacing)) == 2
