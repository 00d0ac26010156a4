"""Add to a document what a file may leave out: ids, positions and the plan's size.

Additions depend only on the document, so that the same file gives the same seats every time.
Values of a wrong type are skipped here and reported when the document is read.
"""

from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any, TypeGuard

from django.utils.text import slugify

from theaters.seat_maps.arrange import ROW_PITCH, SEAT_PITCH, place_row, place_table
from theaters.seat_maps.geometry import Point, bounds
from theaters.seat_maps.runs import aisle_breaks

PLAN_MARGIN = 40.0
# Larger values are mistakes.
MAX_SPACING = 10_000
MAX_PLAN_SIZE = 1_000_000
# A polygon of fewer corners has no inside.
MIN_CORNERS = 3
_ZONE_GAP = 60.0
# The longest stem of an id that leaves room for a distinguishing number.
_ID_STEM = 56


def objects(item: Any, key: str) -> list[dict[str, Any]]:
    """Return the JSON objects in the list under `key`, leaving out anything else."""
    found = item.get(key) if isinstance(item, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def extension_of(item: dict[str, Any]) -> dict[str, Any]:
    """Return this project's extension of an object of the open format."""
    extension = item.get("marquee")
    return extension if isinstance(extension, dict) else {}


def other_keys(item: dict[str, Any], known: tuple[str, ...], known_extension: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what an object has beside these keys, and beside those of its extension."""
    other = {key: value for key, value in item.items() if key not in (*known, "marquee")}
    extension = {key: value for key, value in extension_of(item).items() if key not in known_extension}
    return other | ({"marquee": extension} if extension else {})


def is_for_sale(area: dict[str, Any]) -> bool:
    """Return True for an area that tickets are sold for; others are only drawn: a stage, a bar, text."""
    return bool({"capacity", "category"} & extension_of(area).keys())


def is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _point(item: dict[str, Any]) -> Point:
    position = item.get("position")
    if not isinstance(position, dict):
        return 0.0, 0.0
    x, y = position.get("x"), position.get("y")
    return (x if is_number(x) else 0.0), (y if is_number(y) else 0.0)


def complete(document: dict[str, Any]) -> None:
    """Fill in, in place, the ids, positions and size that are missing."""
    _replace_repeated_ids(document)
    _add_ids(document)
    _add_positions(document)
    _add_size(document)


def _identified(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yield everything with an id, the id's key, and the text that a new id is made from."""
    for zone in objects(document, "zones"):
        for row in objects(zone, "rows"):
            for seat in objects(row, "seats"):
                yield (
                    seat,
                    "seat_guid",
                    f"{zone.get('name', '')}-{row.get('row_number', '')}-{seat.get('seat_number', '')}",
                )
        for area in objects(zone, "areas"):
            yield area, "uuid", f"area-{extension_of(area).get('name') or zone.get('name', '')}"


def _replace_repeated_ids(document: dict[str, Any]) -> None:
    """Use a seat's `uuid` as its id where its `seat_guid` is repeated.

    Editors that copy a block of seats repeat its `seat_guid`s, and give each seat a `uuid` of its own.
    """
    seats = [
        seat for zone in objects(document, "zones") for row in objects(zone, "rows") for seat in objects(row, "seats")
    ]
    guids, uuids = (
        Counter(value for seat in seats if isinstance(value := seat.get(key), str) and value)
        for key in ("seat_guid", "uuid")
    )
    repeated = [seat for seat in seats if isinstance(guid := seat.get("seat_guid"), str) and guids[guid] > 1]
    if all(isinstance(uuid := seat.get("uuid"), str) and uuids[uuid] == 1 for seat in repeated):
        for seat in repeated:
            seat["seat_guid"] = seat["uuid"]


def _add_ids(document: dict[str, Any]) -> None:
    taken = {item[key] for item, key, _ in _identified(document) if isinstance(item.get(key), str)}
    repeats: dict[str, int] = {}
    for item, key, text in _identified(document):
        if item.get(key) not in (None, ""):
            continue
        stem = slugify(text, allow_unicode=True)[:_ID_STEM] or "seat"
        new = stem
        while new in taken:
            repeats[stem] = repeats.get(stem, 1) + 1
            new = f"{stem}-{repeats[stem]}"
        taken.add(new)
        item[key] = new


def _spacing(item: dict[str, Any], key: str, default: float) -> float:
    value = extension_of(item).get(key)
    return float(value) if is_number(value) and 0 < value < MAX_SPACING else default


def _place_seats(row: dict[str, Any], radius: float | None) -> None:
    seats = objects(row, "seats")
    if not seats or any("position" in seat for seat in seats):
        return
    pitch = _spacing(row, "spacing", SEAT_PITCH)
    if extension_of(row).get("table") is True:
        points = place_table(len(seats), pitch=pitch)
    else:
        flags = [extension_of(seat).get("aisle") is True for seat in seats]
        points = place_row(len(seats), breaks=aisle_breaks(flags), radius=radius, pitch=pitch)
    for seat, (x, y) in zip(seats, points, strict=True):
        seat["position"] = {"x": x, "y": y}


def _place_rows(zone: dict[str, Any]) -> None:
    curve = _spacing(zone, "curve", 0)
    pitch = _spacing(zone, "row_spacing", ROW_PITCH)
    y = 0.0
    for row in objects(zone, "rows"):
        had_seats_placed = any("position" in seat for seat in objects(row, "seats"))
        _place_seats(row, _spacing(row, "curve", curve + y if curve else 0) or None)
        if "position" not in row:
            row["position"] = {"x": 0, "y": 0} if had_seats_placed else {"x": 0, "y": round(y, 2)}
        y = max(y, _point(row)[1]) + pitch


def points_of(zone: dict[str, Any]) -> list[Point]:
    """Return where a zone's seats and the corners of its areas lie, relative to the zone."""
    points = []
    for row in objects(zone, "rows"):
        rx, ry = _point(row)
        points += [(rx + x, ry + y) for x, y in map(_point, objects(row, "seats"))]
    for area in objects(zone, "areas"):
        points += _corners(area)
    return points


def _corners(area: dict[str, Any]) -> list[Point]:
    """Return the box around an area before it is turned; a rectangle's position is its upper left corner."""
    x, y = _point(area)
    shape = area.get(str(area.get("shape", "rectangle")))
    shape = shape if isinstance(shape, dict) else {}
    if area.get("shape") == "polygon":
        corners = [
            point for point in objects(shape, "points") if is_number(point.get("x")) and is_number(point.get("y"))
        ]
        return [(x + point["x"], y + point["y"]) for point in corners] or [(x, y)]
    if "radius" in shape:
        radius = shape["radius"]
        rx, ry = (radius.get("x"), radius.get("y")) if isinstance(radius, dict) else (radius, radius)
        rx, ry = (rx if is_number(rx) else 0), (ry if is_number(ry) else 0)
        return [(x - rx, y - ry), (x + rx, y + ry)]
    # Older files have width and height on the area itself.
    width, height = shape.get("width", area.get("width")), shape.get("height", area.get("height"))
    return [(x, y), (x + (width if is_number(width) else 0), y + (height if is_number(height) else 0))]


def _add_positions(document: dict[str, Any]) -> None:
    zones = objects(document, "zones")
    for zone in zones:
        _place_rows(zone)
    boxes = {index: bounds(points) for index, zone in enumerate(zones) if (points := points_of(zone))}
    loose = [index for index in boxes if "position" not in zones[index]]
    middle = PLAN_MARGIN + max((boxes[index][2] - boxes[index][0] for index in loose), default=0) / 2
    y = PLAN_MARGIN
    for index, zone in enumerate(zones):
        left, top, right, bottom = boxes.get(index, (0.0, 0.0, 0.0, 0.0))
        if "position" not in zone:
            x = middle - (left + right) / 2 if index in boxes else 0
            zone["position"] = {"x": round(x, 2), "y": round(y - top, 2)}
        if index in boxes:
            y = max(y, _point(zone)[1] + bottom + _ZONE_GAP)


def _add_size(document: dict[str, Any]) -> None:
    if "size" in document:
        return
    corners = []
    for zone in objects(document, "zones"):
        zx, zy = _point(zone)
        corners += [(zx + x, zy + y) for x, y in points_of(zone)]
    _, _, right, bottom = bounds(corners) if corners else (0, 0, 0, 0)
    if 0 <= right < MAX_PLAN_SIZE and 0 <= bottom < MAX_PLAN_SIZE:
        document["size"] = {"width": ceil(right + PLAN_MARGIN), "height": ceil(bottom + PLAN_MARGIN)}
