"""Shapes of real rooms to begin with, as what the form of a room would hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from theaters.models import Hall
from theaters.seat_maps.picture import draw_thumbnail
from theaters.seat_maps.room_forms import PartFormSet, RoomForm, draw_forms, form_data


@dataclass(frozen=True, slots=True)
class Shape:
    """`parts` are initial data of `PartForm`s; what they leave out is as in an empty form."""

    slug: str
    name: Promise
    parts: tuple[Mapping[str, Any], ...]
    front: str = "stage"

    @property
    def initial(self) -> list[dict[str, Any]]:
        return [
            {name: str(value) if isinstance(value, Promise) else value for name, value in part.items()}
            for part in self.parts
        ]


SHAPES = (
    Shape(
        "studio",
        _("Studio"),
        ({"row_count": 5, "seats": "6+6", "category": _("Standard"), "wheelchair_places": "A1, A12"},),
    ),
    Shape(
        "cinema",
        _("Cinema"),
        (
            {
                "row_count": 11,
                "seats": "7+7",
                "growth": 1,
                "bend": "30",
                "category": _("H–L: Premium; C–G: Standard; A–B: Front"),
                "wheelchair_places": "A1, A14",
            },
        ),
        "screen",
    ),
    Shape(
        "proscenium",
        _("Proscenium theater"),
        (
            {
                "name": _("Stalls"),
                "row_count": 14,
                "seats": "5+10+5",
                "growth": 1,
                "bend": "60",
                "numbering": "odd left, even right",
                "category": _("A–F: Front stalls; G–P: Stalls"),
                "wheelchair_places": "G1, G2",
            },
            {
                "name": _("Balcony"),
                "row_count": 5,
                "seats": "8+14+8",
                "growth": 2,
                "bend": "100",
                "numbering": "odd left, even right",
                "category": _("Balcony"),
            },
        ),
    ),
    Shape(
        "opera",
        _("Opera house"),
        (
            {
                "name": _("Stalls"),
                "row_count": 20,
                "seats": "8+14+8",
                "growth": 1,
                "first_row": "1",
                "bend": "60",
                "category": _("1–8: Stalls I; 9–20: Stalls II"),
                "wheelchair_places": "10/1, 10/39",
            },
            {"kind": "boxes", "name": _("Boxes"), "count": 16, "each": 5, "arc": "180", "category": _("Box")},
            {
                "name": _("Dress circle"),
                "row_count": 6,
                "seats": "11+24+11",
                "growth": 2,
                "first_row": "1",
                "bend": "100",
                "category": _("Dress circle"),
            },
            {
                "name": _("Gallery"),
                "row_count": 5,
                "seats": "14+28+14",
                "growth": 2,
                "first_row": "1",
                "bend": "100",
                "category": _("Gallery"),
            },
        ),
    ),
    Shape(
        "arena",
        _("Arena block"),
        (
            {"kind": "standing", "name": _("Floor"), "capacity": 1500, "category": _("Standing")},
            {
                "name": _("Block A"),
                "row_count": 18,
                "seats": "14+14+14",
                "first_row": "1",
                "bend": "30",
                "numbering": "hundreds by block",
                "category": _("1–6: Front; 7–18: Rear"),
                "wheelchair_places": "1/1, 1/214",
            },
        ),
    ),
    Shape(
        "round",
        _("Theater in the round"),
        tuple(
            {
                "name": name,
                "place": place,
                "row_count": 6,
                "seats": seats,
                "growth": 2,
                "category": _("A–B: Front; C–F: Rear"),
                "wheelchair_places": places,
            }
            for name, place, seats, places in (
                (_("South"), "behind", "12", "F1, F22"),
                (_("West"), "stage left", "8", ""),
                (_("North"), "beyond", "12", "F1, F22"),
                (_("East"), "stage right", "8", ""),
            )
        ),
    ),
    Shape(
        "club",
        _("Club with tables"),
        (
            {"kind": "standing", "name": _("Dance floor"), "capacity": 150, "category": _("Standing")},
            {"kind": "tables", "name": _("Tables"), "count": 12, "each": 4, "per_line": 6, "category": _("Table")},
            {
                "kind": "tables",
                "name": _("Long tables"),
                "count": 4,
                "each": 10,
                "per_line": 4,
                "shape": "long",
                "category": _("Table"),
            },
        ),
    ),
)


def find_shape(slug: str) -> Shape | None:
    return next((shape for shape in SHAPES if shape.slug == slug), None)


def draw_gallery() -> list[tuple[Shape, SafeString]]:
    """Return the shapes, each with a small picture."""
    pictures = _draw_all(get_language() or "en")
    return [(shape, pictures[shape.slug]) for shape in SHAPES]


@cache
def _draw_all(language: str) -> dict[str, SafeString]:
    with override(language):
        layouts = {shape.slug: draw_forms(*filled_forms(shape)) for shape in SHAPES}
    return {slug: draw_thumbnail(layout) for slug, layout in layouts.items() if layout is not None}


def filled_forms(shape: Shape) -> tuple[RoomForm, Any]:
    """Return the forms as they would be sent with the shape unchanged, without a hall."""
    data = form_data(hall="", front=shape.front, parts=shape.initial)
    return RoomForm(Hall.objects.none(), data), PartFormSet(data, prefix="parts")
