"""Which seats are neighbors, regardless of their numbers and how their rows bend."""

from itertools import pairwise
from math import cos, hypot, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theaters.seat_maps import Layout, check, read_layout
from theaters.seat_maps.arrange import arrange_rows, place_row, place_table, row_labels, seat_numbers
from theaters.seat_maps.runs import aisle_breaks

pytestmark = pytest.mark.once


def layout_of(*rows: list[tuple[float, float]], labels: str = "", **row_extra: object) -> Layout:
    """Read a plan of rows of points; seats are numbered through as they come."""
    numbers = iter(range(1, 10_000))
    return read_layout(
        {
            "name": "",
            "categories": [{"name": "I"}],
            "zones": [
                {
                    "name": "S",
                    "rows": [
                        {
                            "row_number": labels[index] if labels else str(index),
                            "seats": [
                                {"seat_number": str(next(numbers)), "category": "I", "position": {"x": x, "y": y}}
                                for x, y in row
                            ],
                            **row_extra,
                        }
                        for index, row in enumerate(rows)
                    ],
                }
            ],
        }
    )


def numbers_of(layout: Layout) -> list[str]:
    return [" ".join(layout.seats[index].number for index in run) for run in layout.runs]


def line(count: int, *, start: float = 0, y: float = 0, pitch: float = 20) -> list[tuple[float, float]]:
    return [(start + pitch * n, y) for n in range(count)]


def test_a_row_is_one_run_from_left_to_right():
    assert numbers_of(layout_of(line(5))) == ["1 2 3 4 5"]
    assert numbers_of(layout_of(line(5)[::-1])) == ["5 4 3 2 1"]


def test_a_gap_is_an_aisle():
    layout = layout_of(line(4) + line(3, start=100))
    assert numbers_of(layout) == ["1 2 3 4", "5 6 7"]
    assert {layout.seats[index].number for index in layout.aisle_seats} == {"4", "5"}


def test_a_slightly_wider_step_is_not_an_aisle():
    assert numbers_of(layout_of(line(4) + line(3, start=90))) == ["1 2 3 4 5 6 7"]


def test_odd_and_even_sides_are_joined_in_the_middle():
    odd, even = [(-10 - 20 * n, 0) for n in range(3)], [(10 + 20 * n, 0) for n in range(3)]
    assert numbers_of(layout_of(odd + even)) == ["3 2 1 4 5 6"]


def test_pieces_of_a_row_are_joined_where_they_meet_and_kept_apart_where_they_do_not():
    touching = layout_of(line(3), line(3, start=60), labels="AA")
    assert numbers_of(touching) == ["1 2 3 4 5 6"]
    apart = layout_of(line(3), line(3, start=100), labels="AA")
    assert numbers_of(apart) == ["1 2 3", "4 5 6"]


def test_rows_of_different_labels_never_join():
    assert numbers_of(layout_of(line(3), line(3, start=60), labels="AB")) == ["1 2 3", "4 5 6"]


def test_rows_behind_each_other_with_one_label_do_not_join_at_their_ends():
    assert numbers_of(layout_of(line(4), line(4, y=24), labels="AA")) == ["1 2 3 4", "5 6 7 8"]


def test_a_horseshoe_is_one_run():
    points = [(200 * cos(0.1 * n), 200 * sin(0.1 * n)) for n in range(40)]
    layout = layout_of(points)
    assert [len(run) for run in layout.runs] == [40]
    neighbors = [abs(int(layout.seats[a].number) - int(layout.seats[b].number)) for a, b in pairwise(layout.runs[0])]
    assert set(neighbors) == {1}


def test_a_row_that_closes_to_a_circle_is_cut_open_once():
    points = [(60 * cos(pi / 6 * n), 60 * sin(pi / 6 * n)) for n in range(12)]
    layout = layout_of(points)
    assert [len(run) for run in layout.runs] == [12]


def test_a_row_leading_away_from_the_stage_is_one_run():
    assert numbers_of(layout_of([(0, 20 * n) for n in range(5)])) == ["1 2 3 4 5"]


def test_two_seats_far_apart_are_not_neighbors_even_as_a_whole_row():
    layout = layout_of(line(6), [(0, 30), (100, 30)])
    assert numbers_of(layout) == ["1 2 3 4 5 6", "7", "8"]


def test_seats_at_one_table_are_together_and_tables_never_join():
    tables = [[(x + dx, dy) for dx, dy in place_table(4)] for x in (0, 45)]
    layout = layout_of(*tables, marquee={"table": True})
    assert numbers_of(layout) == ["1 2 3 4", "5 6 7 8"]
    assert layout.aisle_seats == frozenset()
    assert check(layout) == []


def test_seats_on_one_spot_are_kept_apart_and_reported():
    layout = layout_of([(0, 0), (0, 0), (0, 0)])
    assert len(layout.runs) == 3
    assert {problem.code for problem in check(layout)} >= {"overlap"}


@pytest.mark.parametrize(
    ("flags", "breaks"),
    [
        ("", []),
        ("....", []),
        ("*..*", []),
        ("..**..", [2]),
        ("*.**.*", [2]),
        ("**", []),
        (".**.**.", [1, 4]),
        (".*", []),
    ],
)
def test_a_pair_of_aisle_seats_is_an_aisle(flags, breaks):
    assert aisle_breaks([flag == "*" for flag in flags]) == breaks


def test_row_letters_leave_out_lookalikes_of_digits():
    labels = row_labels(26)
    assert labels[7:10] == ["H", "J", "K"]
    assert "O" not in labels
    assert labels[23:26] == ["Z", "AA", "AB"]
    assert row_labels(2, start="C") == ["C", "D"]


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("left to right", "1 2 3 4 5"),
        ("right to left", "5 4 3 2 1"),
        ("odd left, even right", "5 3 1 2 4"),
        ("even left, odd right", "4 2 1 3 5"),
    ],
)
def test_seats_are_numbered_in_each_way(numbering, expected):
    assert " ".join(seat_numbers([2, 3], numbering)) == expected


def test_arranged_rows_bend_around_the_stage_and_keep_their_aisles():
    rows = arrange_rows(row_labels(3), [[4, 6, 4]] * 3, category="I", prefix="p", radius=300)
    layout = read_layout({"name": "", "categories": [{"name": "I"}], "zones": [{"name": "S", "rows": rows}]})
    assert check(layout) == []
    assert [len(run) for run in layout.runs] == [4, 6, 4] * 3
    assert layout.seats[0].y < layout.seats[6].y
    assert len({seat.guid for seat in layout.seats}) == 42


@pytest.mark.slow
@given(
    # Blocks of one have no pitch: they must be the minority.
    st.lists(st.integers(1, 12), min_size=1, max_size=4).filter(lambda blocks: 2 * blocks.count(1) < sum(blocks)),
    st.sampled_from(["left to right", "odd left, even right"]),
    # At 150, 43 seats close a circle: the ends of the row would be neighbors.
    st.sampled_from([None, 300.0, 600.0]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_every_seat_is_in_one_run_whatever_the_order_in_the_file(blocks, numbering, radius, shuffle):
    (row,) = arrange_rows(["A"], [blocks], category="I", prefix="p", numbering=numbering, radius=radius)
    for seat in row["seats"]:
        seat.pop("marquee", None)
    shuffle.shuffle(row["seats"])
    layout = read_layout({"name": "", "categories": [{"name": "I"}], "zones": [{"name": "S", "rows": [row]}]})
    assert sorted(index for run in layout.runs for index in run) == list(range(sum(blocks)))
    assert sorted(len(run) for run in layout.runs) == sorted(blocks)
    for run in layout.runs:
        points = [(layout.seats[index].x, layout.seats[index].y) for index in run]
        assert all(hypot(b[0] - a[0], b[1] - a[1]) < 21 for a, b in pairwise(points))


def test_a_curved_row_keeps_the_pitch_along_its_arc():
    points = place_row(30, radius=400)
    steps = {round(hypot(b[0] - a[0], b[1] - a[1]), 1) for a, b in pairwise(points)}
    assert steps == {20.0}
