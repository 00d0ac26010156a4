"""What staff decide when they publish a plan: names of categories, which are for sale, where the stage is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theaters.seat_maps.complete import extension_of, objects
from theaters.seat_maps.labels import plain_label
from theaters.seat_maps.stage import Side, set_stage


@dataclass(frozen=True, slots=True)
class CategoryChange:
    name: str
    is_for_sale: bool = True


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """`categories` are keyed by their name in the plan."""

    categories: Mapping[str, CategoryChange] = field(default_factory=dict)
    stage: Side | None = None


def apply_changes(document: dict[str, Any], changes: PlanChanges) -> None:
    """Write the changes into a document; ids of seats stay, so that versions can be compared."""
    for category in objects(document, "categories"):
        if change := _find(changes, category.get("name")):
            category["name"] = change.name
            if change.is_for_sale:
                extension_of(category).pop("for_sale", None)
            else:
                category["marquee"] = {**extension_of(category), "for_sale": False}
    for zone in objects(document, "zones"):
        for row in objects(zone, "rows"):
            for seat in objects(row, "seats"):
                if change := _find(changes, seat.get("category")):
                    seat["category"] = change.name
        for area in objects(zone, "areas"):
            if change := _find(changes, extension_of(area).get("category")):
                extension_of(area)["category"] = change.name
    if changes.stage is not None:
        set_stage(document, changes.stage)


def _find(changes: PlanChanges, name: Any) -> CategoryChange | None:
    return changes.categories.get(plain_label(name)) if isinstance(name, str) else None
