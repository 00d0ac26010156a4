"""Checks that a seat map must pass before it is published."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext, ngettext

from theaters.seat_maps.companions import pair_companions
from theaters.seat_maps.geometry import Grid
from theaters.seat_maps.layout import MAX_SEATS, MAX_SEATS_IN_ROW, Layout
from theaters.seat_maps.problems import Problem


def check(layout: Layout) -> list[Problem]:
    """Return every problem of a layout, those found while reading it first."""
    return list(
        chain(
            layout.problems,
            _check_amount(layout),
            _check_categories(layout),
            _check_ids(layout),
            _check_areas(layout),
            _check_overlaps(layout),
            _check_companions(layout),
            _check_labels(layout),
        )
    )


def _check_amount(layout: Layout) -> Iterator[Problem]:
    if not layout.seats and not layout.areas:
        yield Problem("empty", gettext("The plan has neither a seat nor an area with a capacity."))
    elif not layout.capacity:
        yield Problem("nothing-for-sale", gettext("None of the plan's categories is for sale."))
    if len(layout.seats) > MAX_SEATS:
        yield Problem("too-many-seats", gettext("The plan has more than %d seats.") % MAX_SEATS)
    rows = Counter(seat.row_key for seat in layout.seats)
    for row_key, count in rows.items():
        if count > MAX_SEATS_IN_ROW:
            seat = next(seat for seat in layout.seats if seat.row_key == row_key)
            message = gettext("The row has %(count)d seats; at most %(limit)d are possible.")
            where = (
                layout.locate(seat.where, "row_number") if seat.where in layout.lines else seat.where.rpartition(".")[0]
            )
            yield Problem("row-too-long", message % {"count": count, "limit": MAX_SEATS_IN_ROW}, where)


def _check_categories(layout: Layout) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, category in enumerate(layout.categories):
        if category.name in seen:
            message = gettext("There is a second category named “%s”.") % category.name
            yield Problem("duplicate-category", message, f"categories[{index}].name")
        seen.add(category.name)
    used = set()
    for seat in layout.seats:
        used.add(seat.category)
        if seat.category and seat.category not in seen:
            message = gettext("There is no category named “%s”.") % seat.category
            yield Problem("unknown-category", message, layout.locate(seat.where, "category"))
    for area in layout.areas:
        used.add(area.category)
        if area.category and area.category not in seen:
            message = gettext("There is no category named “%s”.") % area.category
            yield Problem("unknown-category", message, layout.locate(area.where, "marquee.category"))
    for index, category in enumerate(layout.categories):
        if used and category.name and category.name not in used:
            message = gettext("No seat or area is in the category “%s”.") % category.name
            yield Problem("unused-category", message, f"categories[{index}]", is_error=False)


def _check_ids(layout: Layout) -> Iterator[Problem]:
    for key, items in (("seat_guid", layout.seats), ("uuid", layout.areas)):
        first: dict[str, str] = {}
        for item in items:
            if item.guid and item.guid in first:
                names = {"id": item.guid, "where": layout.locate(first[item.guid], key)}
                message = gettext(
                    "The id “%(id)s” is already used at %(where)s. Ids that are left out are made from labels."
                )
                message %= names
                yield Problem("duplicate-id", message, layout.locate(item.where, key))
            first.setdefault(item.guid, item.where)


def _check_areas(layout: Layout) -> Iterator[Problem]:
    for area in layout.areas:
        if area.capacity is None:
            message = gettext("The area has a category but no capacity.")
            yield Problem("no-capacity", message, layout.locate(area.where, "marquee.capacity"))
        if not area.name:
            message = gettext("The area has no name.")
            yield Problem("missing", message, layout.locate(area.where, "marquee.name"))


def _check_overlaps(layout: Layout) -> Iterator[Problem]:
    size = layout.least_spacing
    grid = Grid(size)
    for index, seat in enumerate(layout.seats):
        other = next((other for other, square in grid.near(seat.x, seat.y) if square < size * size), None)
        if other is None:
            # An overlapping seat is left out, so that a heap of seats costs no more than a row.
            grid.add(index, seat.x, seat.y)
            continue
        message = gettext("The seat overlaps the one at %s.") % layout.locate(layout.seats[other].where, "position")
        yield Problem("overlap", message, layout.locate(seat.where, "position"))


def _check_companions(layout: Layout) -> Iterator[Problem]:
    places = {seat.guid for seat in layout.seats if "accessible" in seat.flags}
    pairs = pair_companions(layout)
    has_companion = set(pairs.values())
    for index, seat in enumerate(layout.seats):
        if seat.companion_of and seat.companion_of not in places - {seat.guid}:
            message = gettext("There is no wheelchair place with the id “%s”.") % seat.companion_of
            yield Problem("unknown-wheelchair-place", message, layout.locate(seat.where, "marquee.companion_of"))
        elif seat.companion_of and "companion" not in seat.flags:
            message = gettext("Only a companion seat can belong to a wheelchair place.")
            yield Problem("not-a-companion", message, layout.locate(seat.where, "marquee.companion_of"))
        elif "companion" in seat.flags and index not in pairs:
            message = gettext("This companion seat has no wheelchair place beside it.")
            yield Problem("lone-companion", message, layout.locate(seat.where, "marquee"), is_error=False)
        if "accessible" in seat.flags and index not in has_companion:
            message = gettext("This wheelchair place has no companion seat.")
            yield Problem("no-companion", message, layout.locate(seat.where, "marquee"), is_error=False)


def _check_labels(layout: Layout) -> Iterator[Problem]:
    places = defaultdict(list)
    for seat in layout.seats:
        places[seat.section, seat.row, seat.number].append(seat.where)
    for (section, row, number), where in places.items():
        if len(where) > 1:
            count = len(where)
            message = ngettext("%(count)d seat is labeled %(label)s.", "%(count)d seats are labeled %(label)s.", count)
            label = " / ".join(part for part in (section, row, number) if part)
            place = layout.locate(where[1], "seat_number")
            yield Problem("same-label", message % {"count": count, "label": label}, place, is_error=False)
