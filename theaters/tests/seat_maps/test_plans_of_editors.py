"""Plans as editors and spreadsheets really write them, down to what customers see and buy."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest

from lib.tables import DoubtfulLetters
from theaters.seat_maps import InvalidSeatMap, check, parse_csv, parse_json, read_layout
from theaters.seat_maps.drawing import place_shapeless, read_shapes, split_shapes
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.parse_file import parse_file
from theaters.seat_maps.picture import draw_picture
from theaters.seat_maps.problems import group_problems
from theaters.seat_maps.shape_checks import SHAPES
from theaters.seat_maps.stage import STAGE_WORDS, Side, find_stage

pytestmark = pytest.mark.once
SIZES: dict[str, Any] = {
    "rectangle": {"width": 140, "height": 40},
    "circle": {"radius": 20},
    "ellipse": {"radius": {"x": 20, "y": 10}},
    "polygon": {"points": [{"x": 0, "y": 0}, {"x": 60, "y": 0}, {"x": 30, "y": 40}]},
}


def plan(areas: list[dict[str, Any]] | None = None, rows: int = 3, seats: int = 8, **more: Any) -> dict[str, Any]:
    """Return a document with seats 20 apart, rows 30 apart, and these areas."""
    return {
        "categories": [{"name": "A", "color": "#123456"}, {"name": "B", "color": "#884422"}],
        "zones": [
            {
                "name": "Floor",
                "position": {"x": 50, "y": 100},
                "rows": [
                    {
                        "row_number": chr(ord("A") + row),
                        "position": {"x": 0, "y": 30 * row},
                        "seats": [
                            {"seat_number": str(seat + 1), "position": {"x": 20 * seat, "y": 0}, "category": "A"}
                            for seat in range(seats)
                        ],
                    }
                    for row in range(rows)
                ],
                "areas": areas or [],
            }
        ],
        **more,
    }


def area(shape: str = "rectangle", y: float = 120, text: str = "", **more: Any) -> dict[str, Any]:
    made = {"shape": shape, "position": {"x": 0, "y": y}, shape: SIZES.get(shape, {}), **more}
    return made | ({"text": {"text": text, "position": {"x": 0, "y": 0}}} if text else {})


SOLD = {"name": "Standing", "category": "B", "capacity": 50}


def read(document: dict[str, Any]) -> Layout:
    return parse_json(json.dumps(document))


def errors(layout: Layout) -> list[str]:
    return [problem.code for problem in check(layout) if problem.is_error]


@pytest.mark.parametrize("first", [True, False])
def test_shapes_that_share_an_id_stay_what_they_are(first: bool):
    sold, stage = area(uuid="u1", marquee=SOLD), area(uuid="u1", y=-60, text="Stage")
    layout = read(plan([sold, stage] if first else [stage, sold]))
    assert errors(layout) == []
    shapes, others = split_shapes(layout.document, [one.guid for one in layout.areas])
    assert [shape["y"] for shape in shapes.values()] == [220]
    assert [shape["text"]["text"] for shape in others] == ["Stage"]


def test_no_shape_of_a_plan_is_lost():
    tables = [area(uuid="same", text=f"T{number}", y=40 * number) for number in range(4)]
    assert [one.shape["text"]["text"] for one in read_shapes(plan(tables))] == ["T0", "T1", "T2", "T3"]


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"shape": "rectangle", "rectangle": {"width": -140, "height": -40}},
        {"shape": "rectangle", "rectangle": {"width": 0, "height": 10}},
        {"shape": "spiral"},
        *({"shape": kind} for kind in SHAPES),
        *({"shape": kind, kind: {"radius": -5, "points": [{"x": 0, "y": 0}]}} for kind in SHAPES),
    ],
)
def test_every_area_for_sale_is_drawn(shape: dict[str, Any]):
    layout = read(plan([{"uuid": "u2", "position": {"x": 0, "y": 120}, "marquee": SOLD, **shape}]))
    assert errors(layout) == []
    shapes, _others = split_shapes(layout.document, ["u2"])
    assert shapes == {}
    [below] = place_shapeless(["Standing"], [0, 0, 100, 200], 20)
    assert below["y"] >= 200
    assert below["width"] > 0
    picture = draw_picture(layout)
    assert "Standing" in picture
    assert 'class="map-area"' in picture


@pytest.mark.parametrize(
    ("y", "side"), [(-60, Side.TOP), (300, Side.BOTTOM)], ids=["above", "below"]
)  # fmt: skip
def test_a_stage_is_where_it_is_drawn(y: float, side: Side):
    layout = read(plan([area(y=400, text="Bar"), area(y=y, text=" STAGE ")]))
    assert find_stage(layout.document, layout.seats) == side


def test_a_plan_may_name_the_side_of_its_stage():
    layout = read(plan([area(y=-60, text="Stage")], marquee={"stage": "left"}))
    assert find_stage(layout.document, layout.seats) == Side.LEFT
    assert find_stage(plan(), []) == Side.TOP
    assert all(word == word.casefold() for word in STAGE_WORDS)


@pytest.mark.parametrize("side", Side)
def test_turned_to_its_stage_a_plan_is_the_same(side: Side):
    """The seat nearest to the stage has the least y, and the audience's left stays left."""
    front = {Side.TOP: (0, -9), Side.BOTTOM: (0, 9), Side.LEFT: (-9, 0), Side.RIGHT: (9, 0)}[side]
    left = {Side.TOP: (-9, 0), Side.BOTTOM: (9, 0), Side.LEFT: (0, 9), Side.RIGHT: (0, -9)}[side]
    assert side.turn(*front) == (0, -9)
    assert side.turn(*left) == (-9, 0)


def test_repeated_ids_are_replaced_by_unique_ones():
    document = plan()
    for number, row in enumerate(document["zones"][0]["rows"]):
        for index, seat in enumerate(row["seats"]):
            seat |= {"seat_guid": f"Floor-{index}", "uuid": f"{number}-{index}-own"}
    layout = read(document)
    assert errors(layout) == []
    assert [seat.guid for seat in layout.seats][:2] == ["0-0-own", "0-1-own"]
    del document["zones"][0]["rows"][0]["seats"][0]["uuid"]
    assert set(errors(read(document))) == {"duplicate-id"}


def test_seats_that_are_never_for_sale_do_not_count():
    document = plan()
    document["categories"][0]["marquee"] = {"for_sale": False}
    layout = read(document)
    assert errors(layout) == ["nothing-for-sale"]
    document["zones"][0]["rows"][0]["seats"][0]["category"] = "B"
    layout = read(document)
    assert (errors(layout), layout.capacity, len(layout.seats)) == ([], 1, 24)
    assert "is-blocked" in draw_picture(layout)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Parkett\u00a0links", "Parkett links"),
        ("Parkett\u202flinks", "Parkett links"),
        ("ردیف\u200cها", "ردیف\u200cها"),
        ("ന\u200d", "ന\u200d"),
        ("ක්\u200dෂ", "ක්\u200dෂ"),
        ("\u200fשורה", "שורה"),
        ("Bal\u00adkon", "Balkon"),
    ],
)
def test_labels_are_taken_in_every_script(written: str, read_as: str):
    layout = parse_csv(f"section,row,number,category\n{written},{written},1,{written}\n")
    assert errors(layout) == []
    assert (layout.seats[0].section, layout.seats[0].row, layout.seats[0].category) == (read_as,) * 3


@pytest.mark.parametrize("label", ["<b>", "a\u0007b", "a>b"])
def test_labels_that_might_be_markup_are_refused(label: str):
    document = plan()
    document["zones"][0]["name"] = label
    assert set(errors(read(document))) == {"not-plain-text"}


@pytest.mark.parametrize("written", ["1-20", "1 - 20", "1–20", "1…20", "1..20"])
def test_a_range_of_numbers_is_that_many_seats(written: str):
    layout = parse_csv(f"section,row,number,category\nS,A,{written},I\nS,B,12a-b,I\n")
    assert [seat.number for seat in layout.seats] == [*map(str, range(1, 21)), "12a-b"]
    assert errors(layout) == []
    assert layout.locate(layout.seats[19].where, "seat_number") == "line 2, column “number”"


@pytest.mark.slow
def test_a_range_may_count_downwards_and_has_bounds():
    assert [s.number for s in parse_csv("section,row,number,category\nS,A,3-1,I\n").seats] == ["3", "2", "1"]
    for row, code in (("S,A,1-501,I,", "row-too-long"), ("S,A,1-2,I,x", "not-empty")):
        with pytest.raises(InvalidSeatMap) as refusal:
            parse_csv(f"section,row,number,category,id\n{row}\n")
        assert [problem.code for problem in refusal.value.problems] == [code]
    with pytest.raises(InvalidSeatMap) as refusal:
        parse_csv("section,row,number,category\n" + "".join(f"S,{row},1-500,I\n" for row in range(121)))
    assert [problem.code for problem in refusal.value.problems] == ["too-many-seats"]


def test_an_overlap_in_a_tiny_hall_is_seen():
    document = plan(rows=2, seats=4)
    for row in document["zones"][0]["rows"]:
        for seat, x in zip(row["seats"], (0, 1, 40, 60), strict=True):
            seat["position"]["x"] = x
    assert errors(read(document)) == ["overlap", "overlap"]


def test_narrow_and_wide_seats_in_one_hall_do_not_overlap():
    document = plan(rows=2, seats=10)
    for seat in document["zones"][0]["rows"][1]["seats"]:
        seat["position"]["x"] *= 2.5
    assert errors(read(document)) == []


def test_a_table_may_be_a_workbook_and_name_its_delimiter():
    book = openpyxl.Workbook()
    for row in (
        ["section", "row", "number", "category", "capacity"],
        ["Stalls", 1, "1-3", "I"],
        ["Pit", None, None, "I", 40],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    table = "sep=;\r\nsection;row;number;category;capacity\r\nStalls;1;1-3;I;\r\nPit;;;I;40\r\n"
    for content in (out.getvalue(), table.encode()):
        layout = parse_file("main.xlsx", content)
        assert [(s.row, s.number) for s in layout.seats] == [("1", "1"), ("1", "2"), ("1", "3")]
        assert layout.areas[0].capacity == 40


def test_a_doubtful_encoding_is_asked_about():
    content = "section;row;number;category\nGroße Loge;A;1;Preisgruppe 1\n".encode("cp1252")
    with pytest.raises(DoubtfulLetters):
        parse_file("seats.csv", content, country="AT")
    assert parse_file("seats.csv", content, encoding="cp1252").seats[0].section == "Große Loge"
    document = json.dumps(plan(name="Größe"), ensure_ascii=False).encode("cp1252")
    assert parse_file("seats.json", document, encoding="cp1252").name == "Größe"


@pytest.mark.parametrize(
    ("content", "said"), [(b"\x89PNG\r\n\x1a\n", "picture (PNG)"), (b"<svg/>", "picture (SVG)"), (b"%PDF-1", "PDF")]
)
def test_a_foreign_file_is_named(content: bytes, said: str):
    with pytest.raises(InvalidSeatMap) as refusal:
        parse_file("hall", content)
    assert said in str(refusal.value)


def test_a_thousand_similar_problems_are_shown_once():
    layout = parse_csv("section,row,number,category\n" + "".join(f"S,A{row // 100},<{row}>,I\n" for row in range(1000)))
    [group] = group_problems(check(layout))
    assert (len(group.first), group.more, group.first[0].where) == (3, 997, "line 2, column “number”")


def test_the_picture_shows_what_customers_will_see():
    document = plan([area(y=-60, text="Stage"), area(marquee=SOLD, uuid="pit")])
    document["zones"][0]["rows"][0]["seats"][0]["marquee"] = {"accessible": True}
    picture = draw_picture(read(document))
    for part in (
        "Stage",
        "Standing",
        "50 places",
        ">A</text>",
        ">8</text>",
        "#map-accessible",
        "24 seats",
        "74 people",
    ):
        assert part in picture
    assert "<script" not in picture
    box = [float(side) for side in re.search(r'viewBox="([^"]+)"', picture)[1].split()]
    assert box[1] <= 40
    assert box[1] + box[3] >= 260


def test_the_picture_escapes_the_file():
    document = plan([area(text="<script>alert(1)</script>", color='red" onload="x')])
    picture = draw_picture(read_layout(document))
    assert "<script" not in picture
    assert 'onload="x"' not in picture
