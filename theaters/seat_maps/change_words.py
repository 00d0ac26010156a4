"""What changed from one version of a seat map to another, in sentences that staff read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext, ngettext_lazy

from theaters.seat_maps.compare import MapComparison, SeatChange
from theaters.seat_maps.layout import SEAT_FLAGS, Category, Layout, PlacedArea, PlacedSeat

# Beyond these, "and 3 more" says the rest.
MAX_ROWS = 6
MAX_SECTIONS = 4

_ADDED = ngettext_lazy("%(count)d seat added: %(where)s.", "%(count)d seats added: %(where)s.", "count")
_REMOVED = ngettext_lazy("%(count)d seat removed: %(where)s.", "%(count)d seats removed: %(where)s.", "count")
_MOVED = ngettext_lazy("%(count)d seat moved: %(where)s.", "%(count)d seats moved: %(where)s.", "count")
_GAINED = {
    "accessible": ngettext_lazy(
        "%(where)s became a wheelchair place.", "%(count)d seats became wheelchair places: %(where)s.", "count"
    ),
    "companion": ngettext_lazy(
        "%(where)s became a companion seat.", "%(count)d seats became companion seats: %(where)s.", "count"
    ),
    "restricted": ngettext_lazy(
        "%(where)s now has a restricted view.", "%(count)d seats now have a restricted view: %(where)s.", "count"
    ),
    "aisle": ngettext_lazy(
        "%(where)s is now on the aisle.", "%(count)d seats are now on the aisle: %(where)s.", "count"
    ),
    "step_free": ngettext_lazy("%(where)s is now step-free.", "%(count)d seats are now step-free: %(where)s.", "count"),
    "hearing_loop": ngettext_lazy(
        "%(where)s now has a hearing loop.", "%(count)d seats now have a hearing loop: %(where)s.", "count"
    ),
}
_LOST = {
    "accessible": ngettext_lazy(
        "%(where)s is no longer a wheelchair place.",
        "%(count)d seats are no longer wheelchair places: %(where)s.",
        "count",
    ),
    "companion": ngettext_lazy(
        "%(where)s is no longer a companion seat.",
        "%(count)d seats are no longer companion seats: %(where)s.",
        "count",
    ),
    "restricted": ngettext_lazy(
        "%(where)s no longer has a restricted view.",
        "%(count)d seats no longer have a restricted view: %(where)s.",
        "count",
    ),
    "aisle": ngettext_lazy(
        "%(where)s is no longer on the aisle.", "%(count)d seats are no longer on the aisle: %(where)s.", "count"
    ),
    "step_free": ngettext_lazy(
        "%(where)s is no longer step-free.", "%(count)d seats are no longer step-free: %(where)s.", "count"
    ),
    "hearing_loop": ngettext_lazy(
        "%(where)s no longer has a hearing loop.",
        "%(count)d seats no longer have a hearing loop: %(where)s.",
        "count",
    ),
}


def describe_changes(found: MapComparison) -> list[str]:
    """Return one sentence for each kind of change and what it concerns; none if nothing has changed."""
    return [
        *_describe_capacity(*found.capacity),
        *_describe_seats(found.after, found.added, _ADDED),
        *_describe_seats(found.before, found.removed, _REMOVED),
        *_describe_renamed(found),
        *_describe_categories_of_seats(found),
        *_describe_flags(found),
        *_describe_seats(found.after, [change.after for change in found.moved], _MOVED),
        *(sentence for pair in found.areas for sentence in _describe_area(*pair)),
        *(sentence for pair in found.categories for sentence in _describe_category(*pair)),
        *([gettext("The categories are ranked in another order.")] if found.has_other_order else []),
    ]


def describe_where(layout: Layout, seats: Iterable[PlacedSeat]) -> str:
    """Describe where seats are: “Balcony, rows C–D, F; Stalls, row A”. Rows follow the plan's order."""
    wanted = {(seat.section, seat.row) for seat in seats}
    rows: dict[str, list[str]] = defaultdict(list)
    for section, row in dict.fromkeys((seat.section, seat.row) for seat in layout.seats):
        rows[section].append(row)
    parts = []
    for section, names in rows.items():
        chosen = [name for name in names if (section, name) in wanted]
        if chosen:
            parts.append(", ".join(part for part in (section, _list_rows(names, chosen)) if part))
    more = len(parts) - MAX_SECTIONS
    if more > 0:
        parts = [*parts[:MAX_SECTIONS], ngettext("and %d more part", "and %d more parts", more) % more]
    return "; ".join(parts)


def _list_rows(names: Sequence[str], chosen: Sequence[str]) -> str:
    """Join rows that follow one another: “rows A–C, F”."""
    spans: list[list[str]] = []
    last = None
    for index, name in enumerate(names):
        if name in chosen:
            if last is not None and last == index - 1:
                spans[-1].append(name)
            else:
                spans.append([name])
            last = index
    texts = [f"{span[0]}–{span[-1]}" if len(span) > 1 else span[0] for span in spans if any(span)]
    if not texts:
        return ""
    more = len(texts) - MAX_ROWS
    words = ", ".join(texts[:MAX_ROWS]) + (f" … +{more}" if more > 0 else "")
    return ngettext("row %(rows)s", "rows %(rows)s", len(chosen)) % {"rows": words}


def _describe_capacity(before: int, after: int) -> Iterator[str]:
    if before != after:
        yield gettext("Room for %(after)d people instead of %(before)d.") % {"before": before, "after": after}


def _describe_seats(layout: Layout, seats: Sequence[PlacedSeat], words: Any) -> Iterator[str]:
    """Say it once for each section that is named in the plan."""
    by_section: dict[str, list[PlacedSeat]] = defaultdict(list)
    for seat in seats:
        by_section[seat.section].append(seat)
    for group in by_section.values():
        where = group[0].label if len(group) == 1 else describe_where(layout, group)
        yield words % {"count": len(group), "where": where}


def _describe_renamed(found: MapComparison) -> Iterator[str]:
    renamed = [change for change in found.changed if change.is_renamed]
    for group in _group(renamed, lambda one: (one.before.section, one.after.section)):
        names = {"before": group[0].before.label, "after": group[0].after.label}
        if len(group) == 1:
            yield gettext("%(before)s is now %(after)s.") % names
        else:
            words = ngettext(
                "%(count)d seat has another name: %(where)s, such as %(before)s, now %(after)s.",
                "%(count)d seats have other names: %(where)s, such as %(before)s, now %(after)s.",
                len(group),
            )
            yield words % {"count": len(group), "where": _where(found, group), **names}


def _describe_categories_of_seats(found: MapComparison) -> Iterator[str]:
    other = [change for change in found.changed if change.has_other_category]
    for group in _group(other, lambda one: (one.before.category, one.after.category)):
        words = ngettext(
            "%(where)s is in category %(after)s instead of %(before)s.",
            "%(count)d seats are in category %(after)s instead of %(before)s: %(where)s.",
            len(group),
        )
        names = {"before": group[0].before.category, "after": group[0].after.category}
        yield words % {"count": len(group), "where": _where(found, group), **names}


def _describe_flags(found: MapComparison) -> Iterator[str]:
    for flag in SEAT_FLAGS:
        gained = [change for change in found.changed if flag in change.gained]
        lost = [change for change in found.changed if flag in change.lost]
        for words, group in ((_GAINED[flag], gained), (_LOST[flag], lost)):
            if group:
                yield words % {"count": len(group), "where": _where(found, group)}


def _describe_area(before: PlacedArea | None, after: PlacedArea | None) -> Iterator[str]:
    if before is None and after is not None:
        yield gettext("Area added: %(name)s, for %(capacity)d people.") % _of_area(after)
    elif after is None and before is not None:
        yield gettext("Area removed: %(name)s, for %(capacity)d people.") % _of_area(before)
    elif before is not None and after is not None:
        if before.name != after.name:
            yield gettext("Area %(before)s is now %(after)s.") % {"before": before.name, "after": after.name}
        if before.capacity != after.capacity:
            words = gettext("Area %(name)s has room for %(after)d people instead of %(before)d.")
            yield words % {"name": after.name, "before": before.capacity or 0, "after": after.capacity or 0}
        if before.category != after.category:
            words = gettext("Area %(name)s is in category %(after)s instead of %(before)s.")
            yield words % {"name": after.name, "before": before.category, "after": after.category}


def _of_area(area: PlacedArea) -> dict[str, object]:
    return {"name": area.name, "capacity": area.capacity or 0}


def _describe_category(before: Category | None, after: Category | None) -> Iterator[str]:
    if before is None and after is not None:
        yield gettext("Category added: %(name)s.") % {"name": after.name}
    elif after is None and before is not None:
        yield gettext("Category removed: %(name)s.") % {"name": before.name}
    elif before is not None and after is not None:
        if before.is_for_sale != after.is_for_sale:
            words = (
                gettext("Category %(name)s is for sale now.")
                if after.is_for_sale
                else gettext("Category %(name)s is no longer for sale.")
            )
            yield words % {"name": after.name}
        if before.color != after.color:
            yield gettext("Category %(name)s has another color.") % {"name": after.name}


def _where(found: MapComparison, group: Sequence[SeatChange]) -> str:
    return group[0].after.label if len(group) == 1 else describe_where(found.after, (one.after for one in group))


def _group(changes: Iterable[SeatChange], key: Callable[[SeatChange], Hashable]) -> Iterable[list[SeatChange]]:
    groups: dict[Hashable, list[SeatChange]] = defaultdict(list)
    for change in changes:
        groups[key(change)].append(change)
    return groups.values()
