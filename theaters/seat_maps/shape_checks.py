"""Checks whether an area of the plan can be drawn: a stage, a bar, a standing floor, text.

Bad shapes never refuse a file; these are warnings.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple, TypeGuard

from django.utils.translation import gettext

from theaters.seat_maps.complete import MAX_PLAN_SIZE, MIN_CORNERS, is_number

SHAPES = ("rectangle", "circle", "ellipse", "polygon", "text")


class Fault(NamedTuple):
    key: str
    message: str


def shape_faults(area: dict[str, Any]) -> Iterator[Fault]:
    """Yield what keeps an area from being drawn as the file describes. Older files have no shapes, which is fine."""
    shape = area.get("shape")
    if shape is not None and shape not in SHAPES:
        known = ", ".join(SHAPES)
        yield Fault("shape", gettext("This shape cannot be drawn. The shapes are: %s.") % known)
    elif isinstance(shape, str) and shape != "text":
        yield from _geometry(shape, area.get(shape))
    if "rotation" in area and not _is_finite(area["rotation"]):
        yield Fault("rotation", gettext("This must be a number."))
    text = area.get("text")
    if isinstance(text, dict):
        yield from _words(text)
    elif not isinstance(text, str | None):
        yield Fault("text", gettext("This must be text, or an object with text and position."))


def _is_finite(value: Any) -> TypeGuard[float]:
    return is_number(value) and isfinite(value) and abs(value) <= MAX_PLAN_SIZE


def _geometry(shape: str, sides: Any) -> Iterator[Fault]:
    if not isinstance(sides, dict):
        yield Fault(shape, gettext("The shape is “%s”, so its dimensions must be given here.") % shape)
        return
    if shape == "polygon":
        yield from _points(sides.get("points"))
        return
    measures = {"rectangle": ("width", "height"), "circle": ("radius",), "ellipse": ("x", "y")}[shape]
    within: str = shape
    holder: Any = sides
    if shape == "ellipse":
        within, holder = "ellipse.radius", sides.get("radius")
        if not isinstance(holder, dict):
            yield Fault(within, gettext("This must be an object with x and y."))
            return
    for measure in measures:
        value = holder.get(measure)
        if not _is_finite(value) or value <= 0:
            yield Fault(f"{within}.{measure}", gettext("This must be a number above 0."))


def _points(points: Any) -> Iterator[Fault]:
    if not isinstance(points, list) or len(points) < MIN_CORNERS:
        yield Fault("polygon.points", gettext("This must be a list of at least three points."))
        return
    for index, point in enumerate(points):
        if not (isinstance(point, dict) and _is_finite(point.get("x")) and _is_finite(point.get("y"))):
            yield Fault(f"polygon.points[{index}]", gettext("This must be an object with x and y."))


def _words(text: dict[str, Any]) -> Iterator[Fault]:
    if not isinstance(text.get("text"), str | None):
        yield Fault("text.text", gettext("This must be text."))
    position = text.get("position")
    if position is None:
        return
    if not isinstance(position, dict):
        yield Fault("text.position", gettext("This must be an object with x and y."))
    elif not all(_is_finite(position.get(axis, 0)) for axis in ("x", "y")):
        yield Fault("text.position", gettext("x and y must be numbers."))
