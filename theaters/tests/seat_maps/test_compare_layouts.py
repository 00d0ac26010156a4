"""What changed between two versions of a seat map, by identity, and how it is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theaters.seat_maps import Layout, parse_csv
from theaters.seat_maps.change_words import describe_changes
from theaters.seat_maps.compare import MapComparison, compare_layouts

pytestmark = pytest.mark.once

HEAD = "section,row,number,category,flags,capacity,id,x,y\n"
OLD = [
    *(f"Stalls,A,{n},Front,,,a{n},{n * 20},0" for n in range(1, 5)),
    *(f"Balcony,C,{n},Rear,,,c{n},{n * 20},60" for n in range(1, 5)),
    *(f"Balcony,D,{n},Rear,,,d{n},{n * 20},80" for n in range(1, 5)),
]

NEW_ROWS = (("E", 100), ("F", 120))


def read(lines: list[str]) -> Layout:
    return parse_csv(HEAD + "\n".join(lines) + "\n")


def compare(lines: list[str]) -> MapComparison:
    return compare_layouts(read(OLD), read(lines))


def change(old: str, new: str) -> list[str]:
    """Return the old lines with one of them replaced."""
    assert old in OLD
    return [new if line == old else line for line in OLD]


def test_the_same_plan_has_not_changed():
    found = compare(OLD)
    assert found.is_empty
    assert describe_changes(found) == []


def test_a_plan_that_was_shifted_as_a_whole_has_not_moved():
    shifted = [line.replace(",0", ",700") if line.endswith(",0") else line for line in OLD]
    assert [one.after.guid for one in compare(shifted).moved] == ["a1", "a2", "a3", "a4"]
    everything = [f"{line.rpartition(',')[0]},{int(line.rpartition(',')[2]) + 700}" for line in OLD]
    found = compare(everything)
    assert found.is_empty
    assert found.shift == (0, 700)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [*OLD, *(f"Balcony,{row},{n},Rear,,,{row}{n},{n * 20},{y}" for row, y in NEW_ROWS for n in (1, 2))],
            ["Room for 16 people instead of 12.", "4 seats added: Balcony, rows E–F."],
        ),
        (OLD[1:], ["Room for 11 people instead of 12.", "1 seat removed: Stalls, row A, seat 1."]),
        (
            change("Stalls,A,4,Front,,,a4,80,0", "Stalls,A,40,Front,,,a4,80,0"),
            ["Stalls, row A, seat 4 is now Stalls, row A, seat 40."],
        ),
        (
            [line.replace("Balcony,", "Rang,") for line in OLD],
            [
                "8 seats have other names: Rang, rows C–D, such as Balcony, row C, seat 1, now Rang, row C, seat 1.",
            ],
        ),
        (
            change("Stalls,A,4,Front,,,a4,80,0", "Stalls,A,4,Rear,accessible,,a4,80,0"),
            [
                "Stalls, row A, seat 4 is in category Rear instead of Front.",
                "Stalls, row A, seat 4 became a wheelchair place.",
            ],
        ),
        (
            [line.replace("Rear,,", "Rear,restricted,") for line in OLD],
            ["8 seats now have a restricted view: Balcony, rows C–D."],
        ),
        (
            change("Balcony,D,4,Rear,,,d4,80,80", "Balcony,D,4,Rear,,,d4,95,80"),
            ["1 seat moved: Balcony, row D, seat 4."],
        ),
        (
            [line.replace("Rear", "Gallery") for line in OLD],
            [
                "8 seats are in category Gallery instead of Rear: Balcony, rows C–D.",
                "Category removed: Rear.",
                "Category added: Gallery.",
            ],
        ),
    ],
)  # fmt: skip
def test_each_change_is_said_once_for_what_it_concerns(lines: list[str], said: list[str]):
    assert describe_changes(compare(lines)) == said


def test_areas_are_compared_by_identity():
    before = parse_csv("section,row,number,category,capacity,id\nPit,,,Front,100,p\nBar,,,Rear,20,b\n")
    after = parse_csv("section,row,number,category,capacity,id\nFloor,,,Rear,120,p\nLounge,,,Rear,5,l\n")
    assert describe_changes(compare_layouts(before, after)) == [
        "Room for 125 people instead of 120.",
        "Area Pit is now Floor.",
        "Area Floor has room for 120 people instead of 100.",
        "Area Floor is in category Rear instead of Front.",
        "Area removed: Bar, for 20 people.",
        "Area added: Lounge, for 5 people.",
        "Category removed: Front.",
        # A table gives colors by rank.
        "Category Rear has another color.",
    ]


def test_categories_that_change_places_are_ranked_in_another_order():
    """The first one in a table is the best."""
    found = compare([*OLD[4:], *OLD[:4]])
    assert describe_changes(found)[-1] == "The categories are ranked in another order."


def test_rows_that_do_not_follow_one_another_are_listed():
    rows = "ABCDEFGHIJKLMNOPQR"
    plan = [f"S,{row},{n},Front,,,{row}{n},{n * 20},{y * 20}" for y, row in enumerate(rows) for n in (1, 2)]
    flagged = [line.replace("Front,,", "Front,aisle,") if line[2] in "ABCEGIKMOQ" else line for line in plan]
    (said,) = describe_changes(compare_layouts(read(plan), read(flagged)))
    assert said == "20 seats are now on the aisle: S, rows A–C, E, G, I, K, M … +2."


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11), min_size=1), st.integers(-300, 300))
def test_every_seat_is_kept_added_or_removed(dropped: set[int], kept: set[int], shift: int):
    left = [line for index, line in enumerate(OLD) if index not in dropped or index in kept]
    there = compare_layouts(read(OLD), read([f"{line.rpartition(',')[0]},{shift}.5" for line in left]))
    back = compare_layouts(there.after, there.before)
    assert [seat.guid for seat in there.removed] == [seat.guid for seat in back.added]
    assert len(there.before.seats) - len(there.removed) == len(there.after.seats) - len(there.added)
    assert {one.before.guid for one in there.changed} <= {seat.guid for seat in there.after.seats}
