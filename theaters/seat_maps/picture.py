"""Draws a layout for the console: the whole plan as one SVG, before there are rows for it.

It shows what customers will see: stage, areas, rows with their labels, categories by color and mark,
signs, seats that are never for sale. A map of 20,000 seats is drawn in 0.3 s and takes 1 MB: seats of a
category are one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from theaters.seat_maps.compose import SEAT_RADIUS, compose, outline
from theaters.seat_maps.drawing import CATEGORY_MARKS, Shape, corners, frame, read_shapes
from theaters.seat_maps.layout import Layout, PlacedSeat

# In larger maps a number in each seat can't be read, and costs 60 bytes.
MAX_NUMBERED_SEATS = 3_000
_NO_PICTURE = SafeString("")


class Overlay(NamedTuple):
    """What is drawn over a plan; `points` have to be in the picture."""

    points: Sequence[Sequence[float]] = ()
    drawing: SafeString = _NO_PICTURE


def draw_picture(layout: Layout, over: Overlay = Overlay()) -> SafeString:  # noqa: B008 (immutable)
    """Return the plan as SVG with a legend; nothing for a plan without a place."""
    if not layout.seats and not layout.areas:
        return _NO_PICTURE
    plan = compose(layout, over.points)
    pitch = plan.pitch
    colors = {category.name: category.color for category in layout.categories}
    parts = [
        format_html_join("", "{}", ((_draw_shape(shape, pitch, "map-shape"),) for shape in plan.others)),
        format_html_join(
            "",
            '<g fill="{}">{}{}</g>',
            (
                (
                    colors.get(area.category, "#888888"),
                    _draw_shape({**plan.shapes[area.guid], "text": None}, pitch, "map-area"),
                    _area_words(plan.shapes[area.guid], area.name, area.capacity or 0, pitch),
                )
                for area in layout.areas
            ),
        ),
        _draw_seats(layout, pitch),
        _texts("map-row", 0.58 * pitch, ((x, y, label) for label, (x, y) in plan.marks)),
        _texts("map-number", 0.36 * pitch, _numbers(layout, plan.rows)),
        _texts("map-name", 1.1 * pitch, ((x, y, name) for name, x, y in plan.names)),
        over.drawing,
    ]
    label = describe_size(layout)
    return format_html(
        '<figure class="map-picture"><svg viewBox="{}" role="img" aria-label="{}">{}</svg>{}'
        "<figcaption>{}</figcaption></figure>",
        " ".join(map(str, plan.box)),
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
        _legend(layout),
        label,
    )


def draw_thumbnail(layout: Layout) -> SafeString:
    """Return a small picture without words: dots for seats, and shapes."""
    pitch = layout.spacing
    shapes = [one.shape for one in read_shapes(layout.document)]
    points = [(seat.x, seat.y) for seat in layout.seats]
    by_category: dict[str, list[str]] = {category.name: [] for category in layout.categories}
    for seat in layout.seats:
        by_category.setdefault(seat.category, []).append(f"M{seat.x:.4g} {seat.y:.4g}h0")
    colors = {category.name: category.color for category in layout.categories}
    dots = ((colors.get(name, "#888888"), f"{pitch * 0.8:.3g}", "".join(steps)) for name, steps in by_category.items())
    return format_html(
        '<svg class="map-thumbnail" viewBox="{}" aria-hidden="true">{}{}</svg>',
        " ".join(map(str, frame([*points, *(corner for shape in shapes for corner in corners(shape))], margin=pitch))),
        format_html_join("", "{}", ((_draw_shape({**shape, "text": None}, pitch, "map-shape"),) for shape in shapes)),
        format_html_join("", '<path stroke="{}" stroke-width="{}" stroke-linecap="round" d="{}"></path>', dots),
    )


def describe_size(layout: Layout) -> str:
    """Describe how many seats and areas a plan has, and for how many people."""
    parts = []
    if layout.seats:
        parts.append(ngettext("%d seat", "%d seats", len(layout.seats)) % len(layout.seats))
    if blocked := sum(seat.category in layout.blocked for seat in layout.seats):
        parts.append(ngettext("%d of them never for sale", "%d of them never for sale", blocked) % blocked)
    if layout.areas:
        parts.append(ngettext("%d standing area", "%d standing areas", len(layout.areas)) % len(layout.areas))
    parts.append(ngettext("room for %d person", "room for %d people", layout.capacity) % layout.capacity)
    return ", ".join(parts)


def _draw_seats(layout: Layout, pitch: float) -> SafeString:
    """Draw the seats of each category as one path, with their signs."""
    radius = pitch * SEAT_RADIUS
    by_category: dict[str, list[str]] = {}
    outlines = {
        category.name: outline(CATEGORY_MARKS[index % len(CATEGORY_MARKS)], radius)
        for index, category in enumerate(layout.categories)
    }
    signs = []
    for seat in layout.seats:
        mark = outlines.get(seat.category) or outline("circle", radius)
        by_category.setdefault(seat.category, []).append(f"M{seat.x:.6g} {seat.y:.6g}{mark}")
        if sign := next((flag for flag in SEAT_SIGNS if flag in seat.flags), ""):
            signs.append((sign, f"{seat.x - radius * 0.8:.6g}", f"{seat.y - radius * 0.8:.6g}", f"{radius * 1.6:.4g}"))
    colors = {category.name: category.color for category in layout.categories}
    paths = format_html_join(
        "",
        '<path class="map-seats{}" fill="{}" stroke="{}" d="{}"></path>',
        (
            (
                " is-blocked" if name in layout.blocked else "",
                colors.get(name, "#888888"),
                colors.get(name, "#888888"),
                "".join(steps),
            )
            for name, steps in by_category.items()
        ),
    )
    uses = format_html_join("", '<use href="#map-{0}" x="{1}" y="{2}" width="{3}" height="{3}"></use>', signs)
    return format_html('{}<g class="map-sign">{}{}</g>', paths, SYMBOLS, uses)


SEAT_SIGNS = ("accessible", "restricted")
# Style sheets don't reach into `<use>`, so each symbol has its own colors.
SYMBOLS = SafeString(
    '<symbol id="map-accessible" viewBox="0 0 24 24"><g fill="none" stroke="#fff" stroke-width="2.6">'
    '<path d="M10 7.500v6.500h6l3 5.5M10 10h5M7.500 11.500a5.2 5.2 0 1 0 7 7"></path>'
    '<circle cx="10" cy="3.800" r="1.600"></circle></g></symbol>'
    '<symbol id="map-restricted" viewBox="0 0 24 24"><g fill="none" stroke="#fff" stroke-width="2.6">'
    '<path d="M3 12c2.500-4 5.500-6 9-6s6.500 2 9 6c-2.500 4-5.500 6-9 6s-6.500-2-9-6zM5 20 19 4"></path></g></symbol>'
)


def _numbers(layout: Layout, rows: Iterable[Sequence[PlacedSeat]]) -> Iterator[tuple[float, float, str]]:
    """Yield the numbers of seats, of large maps only at the ends of each row."""
    is_large = len(layout.seats) > MAX_NUMBERED_SEATS
    for row in rows:
        for seat in (row[0], row[-1]) if is_large else row:
            if seat.flags.isdisjoint(SEAT_SIGNS):
                yield seat.x, seat.y, seat.number


def _texts(name: str, size: float, words: Iterable[tuple[float, float, str]]) -> SafeString:
    texts = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((f"{x:.6g}", f"{y:.6g}", text) for x, y, text in words)
    )
    return format_html('<g class="{}" font-size="{}">{}</g>', name, f"{size:.4g}", texts)


def _draw_shape(shape: Shape, pitch: float, name: str) -> SafeString:
    x, y, kind = shape["x"], shape["y"], shape["kind"]
    if kind == "stage":
        half = shape["half"]
        path = (
            f"M{-half} 0Q0 {-pitch * 1.6} {half} 0L{half * 0.94} {-pitch * 1.7}"
            f"Q0 {-pitch * 3.2} {-half * 0.94} {-pitch * 1.7}Z"
        )
        return format_html(
            '<g transform="translate({} {})rotate({})"><path class="{}" d="{}"></path>'
            '<text class="map-stage" transform="translate(0 {})rotate({})" font-size="{}">{}</text></g>',
            x, y, shape["rotation"], name, path, -pitch * 1.35, shape["rotation"] if shape["rotation"] == 180 else 0,  # noqa: PLR2004
            pitch, gettext("Stage"),
        )  # fmt: skip
    drawn = _NO_PICTURE
    if kind == "rectangle":
        drawn = format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect>', name, x, y, shape["width"], shape["height"]
        )
    elif kind in ("circle", "ellipse"):
        drawn = format_html(
            '<ellipse class="{}" cx="{}" cy="{}" rx="{}" ry="{}"></ellipse>', name, x, y, shape["rx"], shape["ry"]
        )
    elif kind == "polygon":
        corners_ = " ".join(f"{x + dx},{y + dy}" for dx, dy in shape["points"])
        drawn = format_html('<polygon class="{}" points="{}"></polygon>', name, corners_)
    words = shape.get("text")
    if words:
        drawn += format_html(
            '<text class="map-stage" x="{}" y="{}" font-size="{}">{}</text>',
            x + words["x"], y + words["y"], words["size"] or pitch, words["text"],
        )  # fmt: skip
    if shape["rotation"]:
        return format_html('<g transform="rotate({} {} {})">{}</g>', shape["rotation"], x, y, drawn)
    return drawn


def _area_words(shape: Shape, name: str, capacity: int, pitch: float) -> SafeString:
    points = list(corners(shape))
    x = (min(point[0] for point in points) + max(point[0] for point in points)) / 2
    y = (min(point[1] for point in points) + max(point[1] for point in points)) / 2
    return format_html(
        '<text class="map-words" x="{}" y="{}" font-size="{}">{}<tspan x="{}" dy="1.2em">{}</tspan></text>',
        x, y - pitch * 0.3, pitch, name, x, ngettext("%d place", "%d places", capacity) % capacity,
    )  # fmt: skip


def _legend(layout: Layout) -> SafeString:
    items: list[tuple[Any, ...]] = [
        (
            category.color,
            mark_safe(outline(CATEGORY_MARKS[index % len(CATEGORY_MARKS)], 0.8)),  # noqa: S308 (numbers only)
            category.name,
            "" if category.is_for_sale else gettext("never for sale"),
        )
        for index, category in enumerate(layout.categories)
    ]
    return format_html(
        '<ul class="map-legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg viewBox="-1 -1 2 2" aria-hidden="true"><path fill="{}" d="M0 0{}"></path></svg>'
            "<bdi>{}</bdi> <small>{}</small></li>",
            items,
        ),
    )
