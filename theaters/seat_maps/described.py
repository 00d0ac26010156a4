"""Keeps with a map what its room was described as, so that the description can be changed later.

It is under `room` in the plan's own `marquee` key. A plan that somebody has changed elsewhere since then no
longer follows from it, and is not replaced by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theaters.models import Hall
from theaters.seat_maps.complete import extension_of, objects
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.room_forms import (
    MAX_PARTS,
    BasePartFormSet,
    PartForm,
    PartFormSet,
    RoomForm,
    draw_forms,
    form_data,
)
from theaters.seat_maps.stage import find_stage


@dataclass(frozen=True, slots=True)
class Description:
    """What the forms of a room would begin with."""

    front: str
    parts: list[dict[str, Any]]


def keep_description(document: dict[str, Any], form: RoomForm, parts: BasePartFormSet) -> None:
    """Write what valid forms hold into the document that was drawn from them."""
    room = {"front": form.cleaned_data["front"], "parts": [part.typed for part in parts.forms]}
    document["marquee"] = {**extension_of(document), "room": room}


def read_description(layout: Layout) -> Description | None:
    """Return the description that the layout follows from; None if there is none, or it has been changed since."""
    room = extension_of(layout.document).get("room")
    if not isinstance(room, dict):
        return None
    front = str(room.get("front"))
    parts = [
        {name: value for name, value in part.items() if name in PartForm.base_fields and isinstance(value, str | int)}
        for part in objects(room, "parts")[: MAX_PARTS + 1]
    ]
    data = form_data(hall="", front=front, parts=parts)
    drawn = draw_forms(RoomForm(Hall.objects.none(), data), PartFormSet(data, prefix="parts"))
    return Description(front, parts) if drawn is not None and _essence(drawn) == _essence(layout) else None


def _essence(layout: Layout) -> tuple[Any, ...]:
    """Return what people decide about a map; its other words depend on the language."""
    return (
        layout.categories,
        [(seat.section, seat.row, seat.number, seat.category, seat.x, seat.y, seat.flags) for seat in layout.seats],
        [(area.name, area.category, area.capacity) for area in layout.areas],
        find_stage(layout.document, layout.seats),
    )
