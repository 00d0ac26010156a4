"""A seat map as a picture that stands by itself, with data attributes from which it can be read back.

| On | Attributes |
|---|---|
| the picture | `data-stage`: the side where the stage is |
| a mark in `defs` | `data-category`, its color as `fill`, `data-for-sale="false"`; from best to cheapest |
| a group | `data-section`; in it groups with `data-row`, and `data-table="true"` |
| a seat (`use` of a mark) | `data-seat`: its id, `data-number`, `data-flags` |
| an area's group | `data-area`: its id, `data-name`, `data-category`, `data-capacity`; its first shape is its outline |
| a drawn shape's group | `data-shape`: its id; its first shape is its outline, its text its label |
| any of these | `data-more`: JSON of what no attribute holds |
| words that repeat what attributes say | `data-words` |

20,000 seats are written in 1 s and take 3 MB.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from theaters.seat_maps.complete import extension_of, objects, other_keys
from theaters.seat_maps.compose import SEAT_RADIUS, Composition, compose, outline
from theaters.seat_maps.drawing import CATEGORY_MARKS, DrawnShape, Shape, read_shapes
from theaters.seat_maps.layout import SEAT_FLAGS, Layout, PlacedArea, PlacedSeat
from theaters.seat_maps.picture import SEAT_SIGNS, SYMBOLS
from theaters.seat_maps.stage import find_stage
from theaters.seat_maps.svg.outlines import draw_outline
from theaters.seat_maps.svg.words import HALF_HEIGHT, INK, clean, draw_words, words_of

SHAPE_FILL, LINE = "#efebe4", "#a9a198"
FONTS = "Hanken Grotesk, Mukta, Noto Sans, sans-serif"
_NOTHING = SafeString("")


def to_svg(layout: Layout, is_drawn: Callable[[str], object] = bool) -> str:
    """Return the plan as SVG with the words for which `is_drawn` is true."""
    plan = compose(layout)
    left, top, width, height = plan.box
    parts = [
        _definitions(layout, plan.pitch),
        _zones(layout, plan, is_drawn),
        _signs(layout, plan.pitch),
        draw_words(words for words in words_of(layout, plan) if is_drawn(words.text)),
    ]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{} {} {} {}" width="{}" height="{}" font-family="{}"'
        ' text-anchor="middle" data-stage="{}"{}><title>{}</title>{}</svg>\n',
        left, top, width, height, width, height, FONTS,
        find_stage(layout.document, layout.seats).value,
        _more(layout.document, ("name", "categories", "zones", "size"), ("stage",)), clean(layout.name), _join(parts),
    )  # fmt: skip


def _join(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _definitions(layout: Layout, pitch: float) -> SafeString:
    marks = format_html_join(
        "",
        '<path id="seat-{}" d="M0 0{}" data-category="{}" fill="{}"{}{}></path>',
        (
            (
                category.rank,
                outline(CATEGORY_MARKS[(category.rank - 1) % len(CATEGORY_MARKS)], pitch * SEAT_RADIUS),
                clean(category.name),
                category.color,
                _NOTHING if category.is_for_sale else SafeString(' data-for-sale="false" fill-opacity="0.25"'),
                _more(item, ("name", "color"), ("for_sale",)),
            )
            for item, category in zip(objects(layout.document, "categories"), layout.categories, strict=True)
        ),
    )
    return format_html('<defs>{}<path id="seat-0" d="M0 0{}" fill="#888888"></path></defs>{}', marks,
                       outline("circle", pitch * SEAT_RADIUS), SYMBOLS)  # fmt: skip


def _zones(layout: Layout, plan: Composition, is_drawn: Callable[[str], object]) -> SafeString:
    """Write each zone of the document as a group, so that sections and rows of one name stay apart."""
    seats = iter(layout.seats)
    areas = {area.guid: area for area in layout.areas}
    colors = {category.name: category.color for category in layout.categories}
    ranks = {category.name: category.rank for category in layout.categories}
    groups = []
    for zone in objects(layout.document, "zones"):
        shapes = [
            _area(areas[one.guid], plan.shapes[one.guid], colors)
            if one.is_for_sale
            else _drawn(one, plan.pitch, is_drawn)
            for one in read_shapes({"zones": [zone]})
            if not one.is_for_sale or (one.guid in areas and one.guid not in plan.shapeless)
        ]
        rows = []
        for row in objects(zone, "rows"):
            drawn = (_seat(next(seats), item, ranks) for item in objects(row, "seats"))
            table = SafeString(' data-table="true"') if extension_of(row).get("table") is True else ""
            label = clean(str(row.get("row_number") or ""))
            more = _more(row, ("row_number", "position", "seats"), ("table",))
            rows.append(format_html('<g data-row="{}"{}{}>{}</g>\n', label, table, more, _join(drawn)))
        name = clean(str(zone.get("name") or ""))
        more = _more(zone, ("name", "position", "rows", "areas"))
        groups.append(format_html('<g data-section="{}"{}>{}{}</g>\n', name, more, _join(shapes), _join(rows)))
    shapeless = [
        _area(areas[guid], plan.shapes[guid], colors, ' data-words="outline"') for guid in sorted(plan.shapeless)
    ]
    stage = [_stage(plan.others[-1], plan.pitch)] if plan.has_stage else []
    return _join([*groups, *shapeless, *stage])


def _seat(seat: PlacedSeat, item: dict[str, Any], ranks: dict[str, int]) -> SafeString:
    flags = " ".join(flag for flag in SEAT_FLAGS if flag in seat.flags)
    return format_html(
        '<use href="#seat-{}" x="{}" y="{}" data-seat="{}" data-number="{}"{}{}></use>',
        ranks.get(seat.category, 0), f"{seat.x:.10g}", f"{seat.y:.10g}", clean(seat.guid), clean(seat.number),
        format_html(' data-flags="{}"', flags) if flags else "",
        _more(item, ("seat_guid", "seat_number", "category", "position"), SEAT_FLAGS),
    )  # fmt: skip


def _area(area: PlacedArea, shape: Shape, colors: dict[str, str], drawn_as: str = "") -> SafeString:
    """Draw an area for sale; `drawn_as` marks an outline that is not in the file."""
    return format_html(
        '<g data-area="{}" data-name="{}" data-category="{}" data-capacity="{}"{} fill="{}" fill-opacity="0.25"'
        ' stroke="{}"><g{}>{}</g></g>\n',
        clean(area.guid), clean(area.name), clean(area.category), area.capacity or "", _place(shape),
        colors.get(area.category, "#888888"), LINE, SafeString(drawn_as), draw_outline(shape),
    )  # fmt: skip


def _drawn(one: DrawnShape, pitch: float, is_drawn: Callable[[str], object]) -> SafeString:
    shape = one.shape
    words = shape.get("text")
    label = _NOTHING
    if words and is_drawn(words["text"]):
        # What the file does not say is shown as usual, and not read back.
        color = format_html(' fill="{}"', words["color"] or INK)
        usual = SafeString(
            ("" if words["size"] else ' data-usual-size="true"')
            + ("" if words["color"] else ' data-usual-color="true"')
        )
        label = format_html(
            '<text x="{}" y="{}" dy="{}em" font-size="{}" stroke="none"{}{}>{}</text>',
            words["x"], words["y"], HALF_HEIGHT, words["size"] or pitch, color, usual, clean(words["text"]),
        )  # fmt: skip
    return format_html(
        '<g data-shape="{}"{} fill="{}" stroke="{}">{}{}</g>\n',
        clean(one.guid), _place(shape), SHAPE_FILL, LINE, draw_outline(shape), label,
    )  # fmt: skip


def _more(item: dict[str, Any], known: tuple[str, ...], known_extension: tuple[str, ...] = ()) -> SafeString:
    """Return an attribute with the keys that no other attribute holds."""
    other = other_keys(item, known, known_extension)
    if not other:
        return _NOTHING
    text = clean(json.dumps(other, ensure_ascii=False, separators=(",", ":")))
    # In single quotes, since JSON is full of double ones. A line feed would come back as a space.
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), ("'", "&#39;")):
        text = text.replace(sign, name)
    return SafeString(f" data-more='{text}'")


def _place(shape: Shape) -> SafeString:
    turn = f" rotate({shape['rotation']:.10g})" if shape["rotation"] else ""
    return format_html(' transform="{}"', f"translate({shape['x']:.10g} {shape['y']:.10g}){turn}")


def _stage(shape: Shape, pitch: float) -> SafeString:
    """Draw the stage of a plan that has none; `draw_stage` says what the numbers are."""
    half = shape["half"]
    path = (
        f"M{-half} 0Q0 {-pitch * 1.6} {half} 0L{half * 0.94} {-pitch * 1.7}Q0 {-pitch * 3.2} {-half * 0.94} "
        f"{-pitch * 1.7}Z"
    )
    return format_html(
        '<g data-words="stage" transform="translate({} {})rotate({})"><path d="{}" fill="{}" stroke="{}"></path></g>',
        shape["x"], shape["y"], shape["rotation"], path, SHAPE_FILL, LINE,
    )  # fmt: skip


def _signs(layout: Layout, pitch: float) -> SafeString:
    half = pitch * SEAT_RADIUS * 0.8
    signs = format_html_join(
        "",
        '<use href="#map-{0}" x="{1}" y="{2}" width="{3}" height="{3}"></use>',
        (
            (sign, f"{seat.x - half:.6g}", f"{seat.y - half:.6g}", f"{half * 2:.4g}")
            for seat in layout.seats
            if (sign := next((flag for flag in SEAT_SIGNS if flag in seat.flags), ""))
        ),
    )
    return format_html('<g data-words="signs">{}</g>\n', signs)
