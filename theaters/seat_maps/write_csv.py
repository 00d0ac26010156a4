"""A seat map written as the table that `csv_format.py` reads: nothing is lost but how positions are added up."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from theaters.seat_maps.complete import is_number, objects, other_keys
from theaters.seat_maps.csv_format import COLUMNS, RANGE
from theaters.seat_maps.layout import SEAT_FLAGS, Layout, PlacedArea, PlacedSeat

# What every row of a table has that does not say otherwise.
_USUAL_ROW = {"row_number_position": "both"}


def to_csv(layout: Layout) -> str:
    """Write the seats and areas of a layout with absolute positions, and lines for all else that the document has."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_lines(layout))
    return out.getvalue()


def _lines(layout: Layout) -> Iterator[dict[str, Any]]:
    document = layout.document
    yield {"kind": "plan", "more": _more(document, ("categories", "zones"))}
    for item, category in zip(objects(document, "categories"), layout.categories, strict=True):
        yield {"kind": "category", "category": category.name, "more": _more(item, ("name",))}
    seats = iter(layout.seats)
    areas = {area.where: area for area in layout.areas}
    for z, zone in _numbered(document, "zones"):
        yield from _zone_lines(zone, f"zones[{z}]", seats, areas)


def _numbered(item: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects in a list with their places in it."""
    found = item.get(key)
    for index, entry in enumerate(found if isinstance(found, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _zone_lines(
    zone: dict[str, Any], where: str, seats: Iterator[PlacedSeat], areas: dict[str, PlacedArea]
) -> Iterator[dict[str, Any]]:
    section = str(zone.get("name") or "")
    yield {"kind": "section", "section": section, "more": _more(zone, ("name", "position", "rows", "areas"))}
    written: set[str] = set()
    for row in objects(zone, "rows"):
        label = str(row.get("row_number") or "")
        placed = [next(seats) for _seat in objects(row, "seats")]
        other = other_keys(row, ("row_number", "position", "seats"))
        if other != _USUAL_ROW or not label or label in written or not placed:
            yield {"kind": "row", "section": section, "row": label, "more": _dump(other)}
        written.add(label)
        for item, seat in zip(objects(row, "seats"), placed, strict=True):
            yield _seat_line(item, seat, section, label)
    for a, area in _numbered(zone, "areas"):
        yield _area_line(area, areas.get(f"{where}.areas[{a}]"), zone, section)


def _seat_line(item: dict[str, Any], seat: PlacedSeat, section: str, label: str) -> dict[str, Any]:
    return {
        "section": section,
        "row": label,
        "number": seat.number,
        "category": seat.category,
        "x": seat.x,
        "y": seat.y,
        "flags": "|".join(flag for flag in SEAT_FLAGS if flag in seat.flags),
        "id": seat.guid,
        "kind": "seat" if RANGE.fullmatch(seat.number) else "",
        "more": _more(item, ("seat_guid", "seat_number", "category", "position"), SEAT_FLAGS),
    }


def _area_line(item: dict[str, Any], area: PlacedArea | None, zone: dict[str, Any], section: str) -> dict[str, Any]:
    line: dict[str, Any] = {"section": section, "id": item.get("uuid", "")}
    for axis in ("x", "y"):
        line[axis] = round(sum(_coordinate(part, axis) for part in (zone, item)), 4)
    if area is None or area.capacity is None or not section:
        return {**line, "kind": "shape", "more": _more(item, ("uuid", "position"))}
    sold = {"category": area.category, "capacity": area.capacity}
    return {**line, **sold, "more": _more(item, ("uuid", "position"), ("category", "capacity"))}


def _coordinate(item: dict[str, Any], axis: str) -> float:
    position = item.get("position")
    value = position.get(axis) if isinstance(position, dict) else 0
    return value if is_number(value) else 0


def _more(item: dict[str, Any], known: tuple[str, ...], known_extension: tuple[str, ...] = ()) -> str:
    return _dump(other_keys(item, known, known_extension))


def _dump(other: dict[str, Any]) -> str:
    return json.dumps(other, ensure_ascii=False, separators=(",", ":")) if other else ""
