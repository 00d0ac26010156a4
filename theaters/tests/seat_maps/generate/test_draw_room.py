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

NUMBERINGS = [
    "left to right",
    "right to left",
    "odd left, even right",
    "even left, odd right",
    "hundreds by block",
]


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
                    ),
                    st.builds(
                        Tables,
                        name=st.just(name),
                        category=st.just("Table"),
                        count=st.integers(1, 9),
                        seats=st.integers(1, 12),
                        per_line=st.integers(1, 6),
                        shape=st.sampled_from(["round", "long"]),
                    ),
                    st.builds(
                        Standing, name=st.just(name), category=st.just("Standing"), capacity=st.integers(1, 5000)
                    ),
                )
            )
        )
    return Room(name="Room", parts=parts, front=draw(st.sampled_from(["stage", "screen", "none"])))


@settings(max_examples=30, deadline=None)
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
