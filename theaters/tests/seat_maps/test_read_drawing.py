"""Drawings as other programs make them become seating plans, by the rules that the upload page explains."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin
from typing import Any

import pytest

from theaters.seat_maps import InvalidSeatMap, Layout, check
from theaters.seat_maps.stage import Side, find_stage
from theaters.seat_maps.svg import ColorChoice, RowNames, read_drawing, suggest_choices, understand
from theaters.seat_maps.svg import read as read_module
from theaters.seat_maps.svg.read import MAX_DEPTH, MAX_ELEMENTS

pytestmark = pytest.mark.once
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 600 400">'
)

# 60 to the power of 3.
BOMB = "".join(
    [
        "<defs>",
        *(f'<g id="{name}">' + f'<use href="#{used}"/>' * 60 + "</g>" for name, used in ("ab", "bc", "cd")),
        '<circle id="d" r="1"/></defs><use href="#a"/><use href="#a"/>',
    ]
)


def read(body: str, **changes: Any) -> Layout:
    drawing = read_drawing(f"{HEAD}{body}</svg>".encode())
    return understand(drawing, replace(suggest_choices(drawing), **changes)).layout


def circles(
    rows: int, seats: int, *, left: float = 50, top: float = 100, fill: str = "#aa0000", step: float = 20
) -> str:
    return "".join(
        f'<circle cx="{left + seat * step}" cy="{top + row * 26}" r="8" fill="{fill}"/>'
        for row in range(rows)
        for seat in range(seats)
    )


def labels(layout: Layout) -> list[str]:
    return [" ".join(filter(None, (seat.section, seat.row, seat.number))) for seat in layout.seats]


def refused(content: str | bytes) -> str:
    with pytest.raises(InvalidSeatMap) as refusal:
        read_drawing(content.encode() if isinstance(content, str) else content)
    (problem,) = refusal.value.problems
    assert problem.message
    return problem.code


def test_rows_and_numbers_are_found_by_place():
    layout = read(circles(2, 3))
    assert labels(layout) == ["A 1", "A 2", "A 3", "B 1", "B 2", "B 3"]
    assert [problem for problem in check(layout) if problem.is_error] == []
    assert [(seat.x, seat.y) for seat in layout.seats[:2]] == [(50, 100), (70, 100)]


def test_the_choices_change_names_and_order():
    assert labels(read(circles(2, 2), row_names=RowNames.NUMBERS)) == ["1 1", "1 2", "2 1", "2 2"]
    assert labels(read(circles(1, 3), is_from_right=True)) == ["A 3", "A 2", "A 1"]
    below = read(circles(2, 2), stage=Side.BOTTOM)
    assert {(seat.row, seat.y) for seat in below.seats} == {("A", 126), ("B", 100)}
    assert [seat.number for seat in sorted(below.seats, key=lambda seat: seat.x)] == ["2", "2", "1", "1"]


def test_an_aisle_does_not_end_a_row_and_a_curve_is_one():
    layout = read(circles(1, 4) + circles(1, 4, left=200))
    assert labels(layout) == [f"A {number}" for number in range(1, 9)]
    curved = "".join(
        f'<circle cx="{300 + radius * cos(angle)}" cy="{radius * sin(angle)}" r="7"/>'
        for radius in (200, 226)
        for angle in (pi * k / 40 for k in range(41))
    )
    found = read(curved)
    assert {row: len([s for s in found.seats if s.row == row]) for row in "AB"} == {"A": 41, "B": 41}


def test_inkscape_layers_and_groups_are_sections_and_rows():
    layout = read(
        '<g inkscape:groupmode="layer" inkscape:label="Seats" transform="translate(10 0)">'
        f'<g inkscape:label="Stalls"><g inkscape:label="Row C">{circles(1, 3)}</g>'
        f'<g inkscape:label="D">{circles(1, 3, top=130)}</g></g>'
        f'<g id="Balcony_x20_left">{circles(2, 3, top=300)}</g><g id="g1234">{circles(1, 2, top=380)}</g></g>'
    )
    assert labels(layout)[:4] == ["Stalls C 1", "Stalls C 2", "Stalls C 3", "Stalls D 1"]
    assert {seat.section for seat in layout.seats} == {"Stalls", "Balcony left", "Part 1"}
    assert layout.seats[0].x == 60


def test_transforms_units_uses_and_symbols_are_followed():
    layout = read(
        '<defs><circle id="chair" r="8"/></defs><symbol id="chair2" viewBox="0 0 32 32"><rect width="32" height="32"/>'
        "</symbol>"
        '<g transform="rotate(90) translate(100 -300)"><use href="#chair" x="0" y="0"/>'
        '<g transform="matrix(1 0 0 1 20 0)"><use xlink:href="#chair"/></g></g>'
        '<use href="#chair2" x="400" y="100" width="16" height="16"/>'
        '<circle cx="1in" cy="25.4mm" r="6pt"/>'
    )
    places = sorted((round(seat.x), round(seat.y)) for seat in layout.seats)
    assert places == [(96, 96), (300, 100), (300, 120), (408, 108)]


def test_words_name_rows_sections_and_numbers():
    numbers = "".join(
        f'<text x="{50 + 20 * seat}" y="103" font-size="8" text-anchor="middle">{101 + seat}</text>'
        for seat in range(4)
    )
    layout = read(
        circles(2, 4)
        + numbers
        + '<text x="25" y="104" font-size="10">K</text><text x="25" y="130" font-size="10">L</text>'
        + circles(2, 4, left=400)
        + '<text x="60" y="80" font-size="12">Parkett</text><text x="410" y="80" font-size="12">Loge</text>'
    )
    assert "Parkett K 101" in labels(layout)
    assert "Parkett L 1" in labels(layout)
    assert "Loge A 1" in labels(layout)


def test_names_of_shapes_say_row_and_number():
    layout = read(
        "".join(
            f'<rect id="seat-{row}-{seat}" x="{seat * 20}" y="{y}" width="14" height="14"/>'
            for row, y in (("F", 0), ("G", 30))
            for seat in (11, 12)
        )
    )
    assert labels(layout) == ["F 11", "F 12", "G 11", "G 12"]


def test_attributes_win():
    layout = read(
        '<g data-section="Rang"><g data-row="1"><path d="M0 0h10v10h-10z" data-number="5" data-category="Best" '
        'data-flags="accessible aisle" data-seat="s-5"/></g></g>'
        '<circle cx="90" cy="9" r="5"/>'
        '<rect x="200" y="200" width="100" height="50" data-capacity="80" data-name="Pit" data-category="Best"/>'
    )
    (seat,) = layout.seats
    assert (seat.guid, seat.section, seat.row, seat.number, seat.category) == ("s-5", "Rang", "1", "5", "Best")
    assert seat.flags == {"accessible", "aisle"}
    assert [(area.name, area.capacity, area.category) for area in layout.areas] == [("Pit", 80, "Best")]


def test_colors_are_categories_from_classes_styles_and_attributes():
    body = (
        "<style>/* x */ .st0{fill:#FF0000;} circle.st1, .st2 { fill : rgb(0,0,255) }</style>"
        '<circle class="st0" cx="0" cy="0" r="5"/><circle class="st1" cx="20" cy="30" r="5"/>'
        '<g fill="green"><circle cx="40" cy="60" r="5"/><circle cx="60" cy="60" r="5" style="fill:lime"/></g>'
    )
    layout = read(body)
    assert [category.color for category in layout.categories] == ["#ff0000", "#0000ff", "#008000", "#00ff00"]
    colors = {
        "#ff0000": ColorChoice("Gold"),
        "#0000ff": ColorChoice("Gold"),
        "#008000": ColorChoice("Grey"),
        "#00ff00": ColorChoice("x", is_seats=False),
    }
    layout = read(body, colors=colors)
    assert [category.name for category in layout.categories] == ["Gold", "Grey"]
    assert len(layout.seats) == 3


def test_large_shapes_are_drawn_and_a_stage_is_known():
    layout = read(
        f'<rect width="600" height="400" fill="#eee"/>{circles(2, 6)}'
        '<rect x="60" y="300" width="200" height="50" fill="#333"/>'
        '<text x="160" y="330" text-anchor="middle">Stage</text>'
    )
    (zone,) = [zone for zone in layout.document["zones"] if zone["areas"]]
    (stage,) = zone["areas"]
    assert stage["text"]["text"] == "Stage"
    assert stage["rectangle"] == {"width": 200, "height": 50}
    assert find_stage(layout.document, layout.seats) == Side.BOTTOM
    assert {(seat.row, seat.y) for seat in layout.seats} == {("A", 126), ("B", 100)}


def test_seats_joined_into_one_path_or_drawn_twice_are_seats_once():
    joined = "M" + " M".join(f"{x} 50 h12 v12 h-12 z" for x in range(0, 200, 20))
    assert len(read(f'<path d="{joined}"/>').seats) == 10
    chair = "".join(
        f'<g><circle cx="{x}" cy="9" r="8" fill="#123456"/><circle cx="{x}" cy="9" r="6" fill="white"/></g>'
        for x in (20, 40, 60)
    )
    assert len(read(chair).seats) == 3


def test_sizes_and_layers_choose_seats():
    lamps = f'<g id="Lamps">{circles(1, 3, top=200)}</g>'
    body = f'<g id="Chairs">{circles(1, 3)}</g>{lamps}<circle r="30" cx="300" cy="300" fill="#aa0000"/>'
    assert len(read(body).seats) == 6
    assert len(read(body, left_out=frozenset({"Lamps"})).seats) == 3
    assert len(read(body, largest=100.0).seats) == 7
    assert read(body, smallest=50.0, largest=100.0).seats[0].x == 300


def test_a_plan_in_meters_gets_the_usual_distance():
    layout = read('<circle cx="1" cy="1" r=".2"/><circle cx="1.5" cy="1" r=".2"/><circle cx="2" cy="1" r=".2"/>')
    assert [round(seat.x - layout.seats[0].x) for seat in layout.seats] == [0, 20, 40]


def test_nothing_hidden_or_foreign_is_a_seat():
    layout = read(
        circles(1, 3)
        + '<g style="display:none"><circle cx="1" cy="1" r="8"/></g><circle cx="9" cy="9" r="8" visibility="hidden"/>'
        '<clipPath><circle r="8"/></clipPath><script>alert(1)</script><image href="http://x.test/a.png"/>'
        '<foreignObject><circle r="8"/></foreignObject><use href="http://x.test/a.svg#b"/><use href="#nowhere"/>'
    )
    assert len(layout.seats) == 3
    assert "alert" not in str(layout.document)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "not-xml"),
        (HEAD, "not-xml"),
        (HEAD + circles(1, 2)[:-9], "not-xml"),
        ("<html><body/></html>", "not-svg"),
        ("<?xml version='1.0' encoding='klingon'?><svg/>", "not-xml"),
        (b"<svg>\xff\xfe</svg>", "not-xml"),
        (HEAD + "<g>" * (MAX_DEPTH + 40) + "</g>" * (MAX_DEPTH + 40) + "</svg>", "too-deep"),
        (HEAD + "<g/>" * (MAX_ELEMENTS + 1) + "</svg>", "too-large"),
        (b" " * (11 * 1024**2), "too-large"),
        ('<!DOCTYPE svg [<!ENTITY a "ha">]><svg>&a;</svg>', "entities"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "entities"),
    ],
)
def test_what_is_no_safe_drawing_is_refused_with_a_reason(content: str | bytes, code: str):
    assert refused(content) == code


def test_uses_of_uses_are_not_followed_without_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read_module, "MAX_ELEMENTS", 5_000)
    assert refused(HEAD + BOMB + "</svg>") == "too-large"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<text>only words</text>",
        '<circle cx="nan" cy="1e999" r="inf"/>',
        '<circle r="8" transform="matrix(1 2 3)"/><circle r="8" transform="scale(0)"/>',
        '<path d="M 0 0 L banana"/><path d="z"/><path d="A"/><path/>',
        '<polygon points="1"/><polyline points="1,2 3"/><rect width="-5" height="5"/>',
        '<use id="me" href="#me"/><g id="loop"><use href="#loop"/></g>',
        '<circle r="8" fill="url(#gradient)"/><circle cx="40" r="8" fill="no-color"/>',
        '<circle r="8" fill="none"/>',
        '<svg viewBox="0 0 0 0"><circle r="8"/></svg>',
        '<rect data-capacity="-5" width="50" height="50"/><rect data-capacity="many" width="50" height="50"/>',
        f'<circle r="8" data-seat="{"x" * 500}" data-number="&lt;b&gt;" data-flags="king"/>',
    ],
)
def test_odd_drawings_are_understood_without_an_error(body: str):
    layout = read(body)
    check(layout)
