"""A seat map as a picture that stands by itself, with data attributes from which it can be read back.

| On | Attributes |
|---|---|
| the picture | `data-stage`: the side where the stage is |
| a mark in `defs` | `data-category`, its color as `fill`, `data-for-sale="false"`; from best to cheapest |
| a group | `data-section`; in it groups with `data-row`, and `data-table="true"` |
| a seat (`use` of a mark) | `data-seat`: its id, `data-number`, `data-flags` |
| an area's group | `data-area`: its id, `data-name`, `data-category`, `data-capacity`; its first shape is its outline |
| a drawn shape's group | `data-shape`: its id; its first shape is its outline, its text its label |
| words that repeat what attributes say | `data-words` |

20,000 seats are written in 0.5 s and take 3 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from theaters.seat_maps.complete import extension_of, objects
from theaters.seat_maps.compose import SEAT_RADIUS, Composition, compose, outline
from theaters.seat_maps.drawing import CATEGORY_MARKS, DrawnShape, Shape, corners, read_shapes
from theaters.seat_maps.layout import SEAT_FLAGS, Layout, PlacedArea, PlacedSeat
from theaters.seat_maps.picture import SEAT_SIGNS, SYMBOLS
from theaters.seat_maps.stage import find_stage

INK, FAINT_INK, SHAPE_FILL, LINE = "#1d1a17", "#6b645c", "#efebe4", "#a9a198"
FONTS = "Hanken Grotesk, Mukta, Noto Sans, sans-serif"
# What XML does not allow at all. A draft's labels may hold anything.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOTHING = SafeString("")

Spell = Callable[[str], str]


def to_svg(layout: Layout, spell: Spell = str) -> str:
    """Return the plan as SVG; `spell` writes each label as the reader's typefaces can show it."""
    plan = compose(layout)
    left, top, width, height = plan.box
    parts = [
        _definitions(layout, plan.pitch, spell),
        _zones(layout, plan, spell),
        _words(layout, plan, spell),
    ]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{} {} {} {}" width="{}" height="{}" font-family="{}"'
        ' text-anchor="middle" data-stage="{}"><title>{}</title>{}</svg>\n',
        left, top, width, height, width, height, FONTS,
        find_stage(layout.document, layout.seats).value, _clean(layout.name, spell), _join(parts),
    )  # fmt: skip


def _join(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _clean(text: str, spell: Spell) -> str:
    return spell(_FORBIDDEN.sub("", text))


def _definitions(layout: Layout, pitch: float, spell: Spell) -> SafeString:
    marks = format_html_join(
        "",
        '<path id="seat-{}" d="M0 0{}" data-category="{}" fill="{}"{}></path>',
        (
            (
                category.rank,
                outline(CATEGORY_MARKS[(category.rank - 1) % len(CATEGORY_MARKS)], pitch * SEAT_RADIUS),
                _clean(category.name, spell),
                category.color,
                _NOTHING if category.is_for_sale else SafeString(' data-for-sale="false" fill-opacity="0.25"'),
            )
            for category in layout.categories
        ),
    )
    return format_html('<defs>{}<path id="seat-0" d="M0 0{}" fill="#888888"></path></defs>{}', marks,
                       outline("circle", pitch * SEAT_RADIUS), SYMBOLS)  # fmt: skip


def _zones(layout: Layout, plan: Composition, spell: Spell) -> SafeString:
    """Write each zone of the document as a group, so that sections and rows of one name stay apart."""
    seats = iter(layout.seats)
    areas = {area.guid: area for area in layout.areas}
    colors = {category.name: category.color for category in layout.categories}
    ranks = {category.name: category.rank for category in layout.categories}
    groups = []
    for zone in objects(layout.document, "zones"):
        shapes = [
            _area(areas[one.guid], plan.shapes[one.guid], colors, spell)
            if one.is_for_sale
            else _drawn(one, plan.pitch, spell)
            for one in read_shapes({"zones": [zone]})
            if not one.is_for_sale or (one.guid in areas and one.guid not in plan.shapeless)
        ]
        rows = []
        for row in objects(zone, "rows"):
            drawn = (_seat(next(seats), ranks, spell) for _item in objects(row, "seats"))
            table = SafeString(' data-table="true"') if extension_of(row).get("table") is True else ""
            label = _clean(str(row.get("row_number") or ""), spell)
            rows.append(format_html('<g data-row="{}"{}>{}</g>\n', label, table, _join(drawn)))
        name = _clean(str(zone.get("name") or ""), spell)
        groups.append(format_html('<g data-section="{}">{}{}</g>\n', name, _join(shapes), _join(rows)))
    shapeless = [_area(areas[guid], plan.shapes[guid], colors, spell) for guid in sorted(plan.shapeless)]
    stage = [_stage(plan.others[-1], plan.pitch)] if plan.has_stage else []
    return _join([*groups, *shapeless, *stage])


def _seat(seat: PlacedSeat, ranks: dict[str, int], spell: Spell) -> SafeString:
    flags = " ".join(flag for flag in SEAT_FLAGS if flag in seat.flags)
    return format_html(
        '<use href="#seat-{}" x="{}" y="{}" data-seat="{}" data-number="{}"{}></use>',
        ranks.get(seat.category, 0), f"{seat.x:.10g}", f"{seat.y:.10g}",
        _clean(seat.guid, str), _clean(seat.number, spell),
        format_html(' data-flags="{}"', flags) if flags else "",
    )  # fmt: skip


def _area(area: PlacedArea, shape: Shape, colors: dict[str, str], spell: Spell) -> SafeString:
    return format_html(
        '<g data-area="{}" data-name="{}" data-category="{}" data-capacity="{}"{} fill="{}" fill-opacity="0.25"'
        ' stroke="{}">{}</g>\n',
        _clean(area.guid, str), _clean(area.name, spell), _clean(area.category, spell), area.capacity or "",
        _placed(shape), colors.get(area.category, "#888888"), LINE, outline_of({**shape, "x": 0, "y": 0}),
    )  # fmt: skip


def _drawn(one: DrawnShape, pitch: float, spell: Spell) -> SafeString:
    shape = one.shape
    words = shape.get("text")
    label = _NOTHING
    if words:
        label = format_html(
            '<text x="{}" y="{}" dy="0.35em" font-size="{}" stroke="none"{}{}>{}</text>',
            words["x"], words["y"], words["size"] or pitch, _attribute("fill", words["color"], INK),
            "" if words["size"] else SafeString(' data-usual-size="true"'), _clean(words["text"], spell),
        )  # fmt: skip
    return format_html(
        '<g data-shape="{}"{} fill="{}" stroke="{}">{}{}</g>\n',
        _clean(one.guid, str), _placed(shape), SHAPE_FILL, LINE, outline_of({**shape, "x": 0, "y": 0}), label,
    )  # fmt: skip


def _placed(shape: Shape) -> SafeString:
    turn = f" rotate({shape['rotation']:.10g})" if shape["rotation"] else ""
    return format_html(' transform="{}"', f"translate({shape['x']:.10g} {shape['y']:.10g}){turn}")


def _attribute(name: str, value: str, usual: str) -> SafeString:
    """Return an attribute, or what shows the usual value without saying it."""
    return format_html(' {}="{}"', name, value) if value else format_html(' style="{}:{}"', name, usual)


def outline_of(shape: Shape) -> SafeString:
    """Return a shape's outline as one element, in the colors that its file gives; nothing for a text."""
    x, y = shape["x"], shape["y"]
    colors = _join(
        format_html(' {}="{}"', name, shape[key])
        for name, key in (("fill", "fill"), ("stroke", "stroke"))
        if shape.get(key)
    )
    match shape["kind"]:
        case "rectangle":
            width, height = shape["width"], shape["height"]
            return format_html('<rect x="{}" y="{}" width="{}" height="{}"{}></rect>', x, y, width, height, colors)
        case "circle":
            return format_html('<circle cx="{}" cy="{}" r="{}"{}></circle>', x, y, shape["rx"], colors)
        case "ellipse":
            rx, ry = shape["rx"], shape["ry"]
            return format_html('<ellipse cx="{}" cy="{}" rx="{}" ry="{}"{}></ellipse>', x, y, rx, ry, colors)
        case "polygon":
            points = " ".join(f"{x + dx:.10g},{y + dy:.10g}" for dx, dy in shape["points"])
            return format_html('<polygon points="{}"{}></polygon>', points, colors)
    return _NOTHING


def _stage(shape: Shape, pitch: float) -> SafeString:
    """Draw the stage of a plan that has none; `draw_stage` says what the numbers are."""
    half = shape["half"]
    path = (
        f"M{-half} 0Q0 {-pitch * 1.6} {half} 0L{half * 0.94} {-pitch * 1.7}Q0 {-pitch * 3.2} {-half * 0.94} "
        f"{-pitch * 1.7}Z"
    )
    return format_html(
        '<g data-words="stage" transform="translate({} {})rotate({})"><path d="{}" fill="{}" stroke="{}"></path>'
        '<text transform="translate(0 {})rotate({})" dy="0.35em" font-size="{}" fill="{}">{}</text></g>',
        shape["x"], shape["y"], shape["rotation"], path, SHAPE_FILL, LINE,
        -pitch * 1.6, shape["rotation"] if shape["rotation"] == 180 else 0,  # noqa: PLR2004 (upside down)
        pitch, INK, gettext("Stage"),
    )  # fmt: skip


def _words(layout: Layout, plan: Composition, spell: Spell) -> SafeString:
    """Write what people read: numbers, rows, sections and areas."""
    pitch = plan.pitch
    numbers = [(seat.x, seat.y, seat.number) for seat in layout.seats if seat.flags.isdisjoint(SEAT_SIGNS)]
    radius = pitch * SEAT_RADIUS
    signs = format_html_join(
        "",
        '<use href="#map-{0}" x="{1}" y="{2}" width="{3}" height="{3}"></use>',
        (
            (sign, f"{seat.x - radius * 0.8:.6g}", f"{seat.y - radius * 0.8:.6g}", f"{radius * 1.6:.4g}")
            for seat in layout.seats
            if (sign := next((flag for flag in SEAT_SIGNS if flag in seat.flags), ""))
        ),
    )
    return format_html(
        '<g data-words="signs">{}</g>{}{}{}{}',
        signs,
        _texts(numbers, 0.36 * pitch, "#ffffff", spell),
        _texts([(x, y, label) for label, (x, y) in plan.marks], 0.58 * pitch, FAINT_INK, spell),
        _texts([(x, y, name) for name, x, y in plan.names], 1.1 * pitch, INK, spell),
        _texts(_area_words(layout, plan), pitch, INK, spell),
    )


def _area_words(layout: Layout, plan: Composition) -> Iterator[tuple[float, float, str]]:
    for area in layout.areas:
        points = list(corners(plan.shapes[area.guid]))
        x = (min(point[0] for point in points) + max(point[0] for point in points)) / 2
        y = (min(point[1] for point in points) + max(point[1] for point in points)) / 2
        yield x, y - plan.pitch * 0.6, area.name
        count = area.capacity or 0
        yield x, y + plan.pitch * 0.6, ngettext("%d place", "%d places", count) % count


def _texts(words: Iterable[tuple[float, float, str]], size: float, color: str, spell: Spell) -> SafeString:
    texts = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((f"{x:.6g}", f"{y + size * 0.35:.6g}", _clean(text, spell)) for x, y, text in words),
    )
    return format_html('<g data-words="labels" font-size="{}" fill="{}">{}</g>\n', f"{size:.4g}", color, texts)
