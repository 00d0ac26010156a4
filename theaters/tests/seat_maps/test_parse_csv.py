"""Seat maps as a table, as spreadsheets save them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theaters.seat_maps import InvalidSeatMap, check, parse_csv, parse_json, to_csv, to_json
from theaters.seat_maps.layout import SEAT_FLAGS

pytestmark = pytest.mark.once

HEAD = "section,row,number,category,x,y,flags,capacity,id\n"


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidSeatMap) as refusal:
        parse_csv(text)
    return [f"{problem.where}: {problem.code}" for problem in refusal.value.problems]


def facts(layout):
    return sorted((s.section, s.row, s.number, s.category, s.x, s.y, sorted(s.flags), s.guid) for s in layout.seats)


def test_a_line_is_a_seat_or_an_area():
    layout = parse_csv(
        HEAD + "Stalls,A,1,Front,10,5.5,accessible|aisle,,s1\nStalls,A,2,Rear,30,5.5,companion,,\nPit,,,Rear,,,,250,\n"
    )
    assert [(s.section, s.row, s.number, s.category, s.x, s.y) for s in layout.seats] == [
        ("Stalls", "A", "1", "Front", 10, 5.5),
        ("Stalls", "A", "2", "Rear", 30, 5.5),
    ]
    assert [s.flags for s in layout.seats] == [{"accessible", "aisle"}, {"companion"}]
    assert [s.guid for s in layout.seats] == ["s1", "stalls-a-2"]
    assert [(a.name, a.category, a.capacity) for a in layout.areas] == [("Pit", "Rear", 250)]
    assert [(c.name, c.rank) for c in layout.categories] == [("Front", 1), ("Rear", 2)]
    assert check(layout) == []


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffsection,row,number,category,flags\r\nStalls,A,1,I,accessible|aisle\r\n",
        "section;row;number;category;flags\nStalls;A;1;I;aisle accessible\n",
        "section\trow\tnumber\tcategory\tflags\nStalls\tA\t1\tI\tACCESSIBLE  aisle\n",
        ' Zone , Row , Seat , CATEGORY , flags \n"Stalls", A , 1 , I , accessible aisle \n',
        "flags,category,number,row,section\n\n,,,,\naccessible|aisle,I,1,A,Stalls\n\n",
        "section;row;number;category;x;y;flags\nStalls;A;1;I;12,5;7,25;accessible|aisle\n",
    ],
)
def test_spreadsheets_write_tables_in_many_ways(text):
    layout = parse_csv(text)
    assert [(s.section, s.row, s.number, s.category, s.flags) for s in layout.seats] == [
        ("Stalls", "A", "1", "I", {"accessible", "aisle"})
    ]


def test_a_decimal_comma_is_read_in_a_table_with_semicolons():
    layout = parse_csv("section;row;number;category;x;y\nS;A;1;I;12,5;7,25\n")
    assert (layout.seats[0].x, layout.seats[0].y) == (12.5, 7.25)


def test_rows_without_places_are_laid_out_with_their_aisle():
    lines = [f"Stalls,{row},{number},I,{'aisle' if number in (4, 5) else ''}" for row in "AB" for number in range(1, 9)]
    layout = parse_csv("section,row,number,category,flags\n" + "\n".join(lines))
    assert check(layout) == []
    assert [len(run) for run in layout.runs] == [4, 4, 4, 4]
    a, b = layout.seats[0], layout.seats[8]
    assert a.x == b.x
    assert a.y < b.y
    assert len({s.y for s in layout.seats[:8]}) == 1


def test_rows_may_be_curved_around_the_stage():
    lines = [f"Stalls,A,{number},I" for number in range(1, 22)]
    seats = parse_csv("section,row,number,category\n" + "\n".join(lines), curve=300).seats
    assert seats[10].y > seats[5].y > seats[0].y
    assert seats[0].y == seats[20].y


def test_sections_without_places_lie_below_one_another():
    layout = parse_csv("section,row,number,category\nS,A,1,I\nS,B,1,I\nBalcony,A,1,I\nBalcony,A,2,I\n")
    assert layout.seats[1].y < layout.seats[2].y
    assert check(layout) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [": unreadable"]),
        ("\n \n", [": unreadable"]),
        ("a\0b", ["line 1: unreadable"]),
        ("row,number\nA,1", ["line 1, column “section”: missing-column", "line 1, column “category”: missing-column"]),
        ("section,row,number,category,hue\n", ["line 1, column “hue”: unknown-column"]),
        ("section,row,number,category,Row\n", ["line 1, column “row”: duplicate-column"]),
        ("section,row,number,category,x\n", ["line 1, column “y”: missing-column"]),
        (HEAD + "S,A,,I,,,,,\n", ["line 2, column “number”: missing"]),
        (HEAD + "S,A,1,,,,,,\n", ["line 2, column “category”: missing"]),
        (HEAD + "S,A,1,I,5,,,,\n", ["line 2, column “y”: wrong-type"]),
        (HEAD + "S,A,1,I,5,low,,,\n", ["line 2, column “y”: wrong-type"]),
        (HEAD + "S,A,1,I,5,5,,,\nS,A,2,I,,,,,\n", ["line 3, column “x”: missing"]),
        (HEAD + "S,A,1,I,,,sofa aisle,,\n", ["line 2, column “flags”: unknown-flag"]),
        (HEAD + "S,A,1,I,,,,,,,late\n", ["line 2, column “J”: unreadable"]),
        (HEAD + ",,,I,,,,20,\n", ["line 2, column “section”: missing"]),
        (HEAD + "S,A,1,I,,,,20,\n", ["line 2, column “row”: not-empty", "line 2, column “number”: not-empty"]),
        (HEAD + "S,,,I,,,,many,\n", ["line 2, column “capacity”: bad-capacity"]),
        (HEAD + 'S,A,1,"I\n', ["line 2: unreadable"]),
        (
            HEAD + "S,A,,I,,,,,\nS,A,2,,,,,,\n\nS,A,3,I,,,sofa,,\n",
            [
                "line 2, column “number”: missing",
                "line 3, column “category”: missing",
                "line 5, column “flags”: unknown-flag",
            ],
        ),
    ],
)  # fmt: skip
def test_errors_are_reported_with_line_and_column(text, expected):
    assert refused(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "S,A,1,I,,,,,x\nS,A,2,I,,,,,x\n", ["line 3, column “id”: duplicate-id"]),
        (HEAD + "S,A,1,I,nan,0,,,\n", ["line 2, column “x”: wrong-type"]),
        (HEAD + "S,A,1,I,1e999,0,,,\n", ["line 2, column “x”: wrong-type"]),
        (HEAD + "S,A,<i>,I,,,,,\n", ["line 2, column “number”: not-plain-text"]),
        (HEAD + "S,A,1,I,,,companion,,\n", ["line 2, column “flags”: lone-companion"]),
        (HEAD + "Pit,,,I,,,,0,\n", ["line 2, column “capacity”: bad-capacity"]),
        (HEAD + "".join(f"S,A,{n},I,,,,,\n" for n in range(501)), ["line 2, column “row”: row-too-long"]),
        (HEAD + "S,A,1,I,0,0,,,\nS,A,2,I,20,0,,,\nS,A,3,I,40,0,,,\nS,B,1,I,1,1,,,\n", ["line 5, column “x”: overlap"]),
    ],
)
def test_problems_of_checks_are_reported_with_line_and_column(text, expected):
    assert [f"{problem.where}: {problem.code}" for problem in check(parse_csv(text))] == expected


def test_areas_do_not_lie_on_each_other():
    layout = parse_csv("section,row,number,category,capacity\nS,A,1,I,\nPit,,,II,100\nRing,,,II,50\n")
    tops = [zone["position"]["y"] for zone in layout.document["zones"]]
    assert tops == sorted(set(tops))
    assert check(layout) == []


_WORD = st.text("ABCabc123 äß-", min_size=1, max_size=8).map(str.strip).filter(bool)
_SEAT = st.tuples(
    _WORD,
    _WORD,
    st.integers(1, 99).map(str),
    st.sampled_from(["I", "II", "Loge"]),
    st.integers(0, 9000).map(lambda n: n / 4),
    st.integers(0, 9000).map(lambda n: n / 4),
    st.sets(st.sampled_from(SEAT_FLAGS)),
)


@pytest.mark.slow
@given(st.lists(_SEAT, min_size=1, max_size=20), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_table_survives_a_round_trip(seats, is_placed):
    lines = [
        f'"{section}",{row},{number},{category},{x if is_placed else ""},{y if is_placed else ""},{"|".join(flags)},,'
        for section, row, number, category, x, y, flags in seats
    ]
    layout = parse_csv(HEAD + "\n".join(lines))
    assert len(layout.seats) == len(seats)
    again = parse_csv(to_csv(layout))
    assert facts(again) == facts(layout)
    assert {c.name for c in again.categories} == {c.name for c in layout.categories}
    assert facts(parse_json(to_json(layout))) == facts(layout)
