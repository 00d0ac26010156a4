"""A seating plan to print and hang: PDF and PNG, with title, legend, date and version."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import Any

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from lib.typesetting import direct, rasterize, typeset
from theaters.letterheads import letterhead_of
from theaters.models import SeatMap
from theaters.seat_maps.compose import Composition, compose, outline
from theaters.seat_maps.drawing import CATEGORY_MARKS
from theaters.seat_maps.layout import Category, Layout
from theaters.seat_maps.picture import SEAT_SIGNS, SYMBOLS, describe_size
from theaters.seat_maps.svg import to_svg
from theaters.seat_maps.svg.words import clean, words_of, words_on

_TEMPLATE = "seat_map.typ"
# 1,654 × 1,170 dots on A4, 3,308 × 2,339 on A2.
_DOTS_PER_INCH = 144
_SIGN_COLOR = "#6b645c"


class Paper(StrEnum):
    A4 = "a4"
    A3 = "a3"
    A2 = "a2"


def plan_as_pdf(seat_map: SeatMap, layout: Layout, paper: Paper, is_landscape: bool) -> bytes:
    """Return the plan as a PDF of one page. 20,000 seats take 3 s."""
    content = _describe(seat_map, layout, paper, is_landscape)
    return typeset(_TEMPLATE, content, made_at=seat_map.published_at or seat_map.created_at, pictures=_plan(layout))


def plan_as_png(seat_map: SeatMap, layout: Layout, paper: Paper, is_landscape: bool) -> bytes:
    """Return the same page as a picture."""
    content = _describe(seat_map, layout, paper, is_landscape)
    return rasterize(_TEMPLATE, content, dots_per_inch=_DOTS_PER_INCH, pictures=_plan(layout))[0]


def _plan(layout: Layout) -> dict[str, bytes]:
    """Return the plan with its plain words. The others need typefaces that a picture within a page can't choose."""
    return {"plan.svg": to_svg(layout, is_drawn=str.isascii).encode()}


def _describe_words(layout: Layout, plan: Composition) -> list[dict[str, Any]]:
    """Return the words that are set upon the picture."""
    on_shapes = (words for shape in plan.others for words in words_on(shape, plan.pitch))
    return [
        {**words._asdict(), **direct(clean(words.text))}
        for words in chain(words_of(layout, plan), on_shapes)
        if not words.text.isascii()
    ]


def _describe(seat_map: SeatMap, layout: Layout, paper: Paper, is_landscape: bool) -> dict[str, Any]:
    size = describe_size(layout)
    plan = compose(layout)
    at = timezone.localtime(seat_map.published_at or seat_map.created_at, seat_map.hall.theater.city.tz)
    version = gettext("Version %(version)d (%(state)s) of %(date)s") % {
        "version": seat_map.version,
        "state": seat_map.get_state_display(),
        "date": formats.date_format(at, "DATE_FORMAT"),
    }
    return {
        "language": (get_language() or "en").partition("-")[0],
        **letterhead_of(seat_map.hall.theater_id).content,
        "theater": direct(seat_map.hall.theater.name),
        "hall": direct(seat_map.hall.name),
        "subtitle": version,
        "size": size,
        "alt": gettext("Seating plan: %s") % size,
        "paper": paper.value,
        "landscape": is_landscape,
        "box": plan.box,
        "words": _describe_words(layout, plan),
        "legend": [*map(_describe_category, layout.categories), *_describe_signs(layout)],
    }


def _describe_category(category: Category) -> dict[str, Any]:
    mark = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 2 2"><path fill="{}" fill-opacity="{}" d="M0 0{}"/>'
        "</svg>",
        category.color, 1 if category.is_for_sale else 0.25,
        outline(CATEGORY_MARKS[(category.rank - 1) % len(CATEGORY_MARKS)], 0.8),
    )  # fmt: skip
    note = "" if category.is_for_sale else gettext("never for sale")
    return {"mark": str(mark), "name": direct(category.name), "note": note}


def _describe_signs(layout: Layout) -> list[dict[str, Any]]:
    names = {"accessible": gettext("wheelchair place"), "restricted": gettext("restricted view")}
    return [
        {"mark": _sign(sign), "name": direct(names[sign]), "note": ""}
        for sign in SEAT_SIGNS
        if any(sign in seat.flags for seat in layout.seats)
    ]


def _sign(name: str) -> str:
    return str(
        format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="{}"/>{}'
            '<use href="#map-{}" x="3" y="3" width="18" height="18"/></svg>',
            _SIGN_COLOR, SYMBOLS, name,
        )
    )  # fmt: skip
