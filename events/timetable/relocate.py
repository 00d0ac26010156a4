"""Moves a show to another time or hall; its prices and counters follow to the matching categories there.

Tickets are moved by `show_changes/move.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from events.models import Price, Show, ShowArea
from events.prices.ranges import refresh_price_ranges
from events.timetable.scheduling import save_in_hall
from theaters.models import Area, Hall, SeatCategory, SeatMap


@dataclass(frozen=True, slots=True)
class CategoryMatch:
    """The category that corresponds to another one; equal if it has its name or rank."""

    category: SeatCategory
    is_equal: bool


def match_categories(old: Iterable[SeatCategory], new: Iterable[SeatCategory]) -> dict[int, CategoryMatch]:
    """Find for each old category, by pk, the new one that corresponds to it. Pure.

    That is the one of the same name, ignoring case; otherwise one of the same rank that no name has
    claimed; otherwise the nearest in rank, the better of two.
    """
    old, new = list(old), list(new)
    by_name = {category.name.casefold(): category for category in new}
    matches = {
        category.pk: CategoryMatch(by_name[category.name.casefold()], is_equal=True)
        for category in old
        if category.name.casefold() in by_name
    }
    claimed = {match.category.pk for match in matches.values()}
    by_rank = {category.rank: category for category in new if category.pk not in claimed}
    for category in old:
        if category.pk in matches or not new:
            continue
        if category.rank in by_rank:
            matches[category.pk] = CategoryMatch(by_rank[category.rank], is_equal=True)
        else:
            nearest = min(new, key=lambda one: (abs(one.rank - category.rank), one.rank))
            matches[category.pk] = CategoryMatch(nearest, is_equal=False)
    return matches


def relocate_show(show: Show, *, hall: Hall, seat_map: SeatMap, starts_at: datetime) -> None:
    """Put a locked show into this hall at this time. Raises `HallTaken`.

    Doors and the end keep their distance from the start, and so do the opening and closing of the
    sale unless they have passed. On another map each category takes the prices of the one it
    corresponds to, and a show on sale gets empty counters for the areas.
    """
    is_other_map = seat_map.pk != show.seat_map_id
    prices = _match_prices(show, seat_map) if is_other_map else []
    if is_other_map:
        show.prices.all().delete()
        show.areas.all().delete()
    shift_times(show, starts_at - show.starts_at)
    show.hall, show.seat_map = hall, seat_map
    save_in_hall(show)
    if is_other_map:
        Price.objects.bulk_create(prices)
        refresh_price_ranges([show.pk])
        show.refresh_from_db(fields=["from_price", "lowest_price", "highest_price"])
        if show.state != Show.State.DRAFT:
            make_areas([show])


def shift_times(show: Show, shift: timedelta, *, includes_passed: bool = False) -> None:
    """Shift all times of a show; those of its sale that have passed stay, unless `includes_passed`."""
    passed = datetime.min.replace(tzinfo=UTC) if includes_passed else timezone.now()
    show.starts_at += shift
    show.ends_at += shift
    if show.doors_at is not None:
        show.doors_at += shift
    if show.sales_open_at is not None and show.sales_open_at > passed:
        show.sales_open_at += shift
    if show.sales_close_at is not None and show.sales_close_at > passed:
        show.sales_close_at += shift


def make_areas(shows: Iterable[Show]) -> None:
    """Make a counter for each standing area of these shows. Two queries."""
    shows = list(shows)
    by_map = defaultdict(list)
    for area in Area.objects.filter(seat_map__in={show.seat_map_id for show in shows}):
        by_map[area.seat_map_id].append(area)
    ShowArea.objects.bulk_create(
        [ShowArea(show=show, area=area, capacity=area.capacity) for show in shows for area in by_map[show.seat_map_id]],
        ignore_conflicts=True,
    )


def _match_prices(show: Show, seat_map: SeatMap) -> list[Price]:
    """Return the prices of a show on another map, unsaved. Three queries."""
    old = list(SeatCategory.objects.filter(seat_map=show.seat_map_id))
    new = list(SeatCategory.objects.filter(seat_map=seat_map))
    known = list(show.prices.all())
    return [
        Price(show=show, category_id=category_id, ticket_type_id=price.ticket_type_id, amount=price.amount)
        for category_id, match in match_categories(new, old).items()
        for price in known
        if price.category_id == match.category.pk
    ]
