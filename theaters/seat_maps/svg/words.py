"""What people read on a drawn plan: numbers, rows, sections, areas, the stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import cos, radians, sin
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from theaters.seat_maps.compose import SEAT_RADIUS, Composition
from theaters.seat_maps.drawing import Shape, corners
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.picture import SEAT_SIGNS

INK, FAINT_INK, LIGHT_INK = "#1d1a17", "#6b645c", "#ffffff"
# Of most letters, as a share of the size of the type.
LETTER_WIDTH = 0.6
# From the middle of a letter to the line it stands on, as a share of the size of the type.
HALF_HEIGHT = 0.35
UPSIDE_DOWN = 180
# What XML does not allow at all. A draft's labels may hold anything.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Words(NamedTuple):
    """A text around a point. `room` is how wide it may be, 0 for any width; `turn` is in degrees."""

    x: float
    y: float
    text: str
    room: float
    size: float
    color: str
    turn: float = 0


def clean(text: str) -> str:
    """Return the text without what XML forbids."""
    return _FORBIDDEN.sub("", text)


def words_of(layout: Layout, plan: Composition) -> Iterator[Words]:
    """Yield all words of a plan but those on drawn shapes."""
    pitch = plan.pitch
    left, _top, width, _height = plan.box
    for seat in layout.seats:
        if seat.flags.isdisjoint(SEAT_SIGNS):
            yield Words(seat.x, seat.y, seat.number, pitch * SEAT_RADIUS * 1.8, pitch * 0.36, LIGHT_INK)
    for label, (x, y) in plan.marks:
        yield Words(x, y, label, pitch * 1.5, pitch * 0.58, FAINT_INK)
    for name, x, y in plan.names:
        yield Words(x, y, name, 2 * min(x - left, left + width - x), pitch * 1.1, INK)
    for area in layout.areas:
        points = list(corners(plan.shapes[area.guid]))
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        x, y, room = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs)
        yield Words(x, y - pitch * 0.6, area.name, room, pitch, INK)
        count = area.capacity or 0
        yield Words(x, y + pitch * 0.6, ngettext("%d place", "%d places", count) % count, room, pitch, INK)
    if plan.has_stage:
        yield _name_stage(plan.others[-1], pitch)


def _name_stage(stage: Shape, pitch: float) -> Words:
    """Return the name of a stage that `draw_stage` added, in its middle: its back edge is curved."""
    (x1, y1), (x2, y2), (back_x, back_y) = stage["corners"]
    x, y = (((a + b) / 2 * 0.35 + back * 0.65) for a, b, back in ((x1, x2, back_x), (y1, y2, back_y)))
    turn = 0 if stage["rotation"] == UPSIDE_DOWN else stage["rotation"]
    return Words(x, y, gettext("Stage"), stage["half"] * 2, pitch, INK, turn)


def words_on(shape: Shape, pitch: float) -> Iterator[Words]:
    """Yield the label of a drawn shape, if it has one; it is turned with its shape."""
    if words := shape.get("text"):
        angle = radians(shape["rotation"])
        x = shape["x"] + words["x"] * cos(angle) - words["y"] * sin(angle)
        y = shape["y"] + words["x"] * sin(angle) + words["y"] * cos(angle)
        yield Words(x, y, words["text"], 0, words["size"] or pitch, words["color"] or INK, shape["rotation"])


def draw_words(words: Iterable[Words]) -> SafeString:
    """Draw words as a group that repeats what attributes say."""
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}" fill="{}"{}{}>{}</text>\n',
        (
            (
                f"{one.x:.6g}", f"{one.y + one.size * HALF_HEIGHT:.6g}", f"{_fitted_size(one):.4g}", one.color,
                _room(one), _turn(one), clean(one.text),
            )
            for one in words
        ),
    )  # fmt: skip
    return format_html('<g data-words="labels">{}</g>\n', texts)


def _usual_width(words: Words) -> float:
    return words.size * LETTER_WIDTH * len(words.text)


def _fitted_size(words: Words) -> float:
    usual = _usual_width(words)
    return words.size * words.room / usual if 0 < words.room < usual else words.size


def _room(words: Words) -> SafeString:
    """Keep a long text within its room, however wide its letters are."""
    if not 0 < words.room < _usual_width(words):
        return SafeString("")
    return format_html(' textLength="{}" lengthAdjust="spacingAndGlyphs"', f"{words.room:.4g}")


def _turn(words: Words) -> SafeString:
    turn = f"rotate({words.turn} {words.x:.6g} {words.y:.6g})"
    return format_html(' transform="{}"', turn) if words.turn else SafeString("")
