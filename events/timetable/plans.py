"""Plans many shows at once, recurring or copied from other days, before anything is written.

The database decides that a hall is free (`show_hall_free`) when the shows are written; the check
before only finds all clashes, to report them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from events.errors import Clash
from events.models import ACCESS_FIELDS, Event, PriceTemplate, Show
from events.prices.grid import PriceKey
from events.prices.templates import fit_template
from events.sales.rules import read_rules
from events.timetable.recurrence import Recurrence
from events.timetable.relocate import match_categories, shift_times
from events.timetable.scheduling import SHOW_DETAILS, build_show, read_seat_map
from lib.moments import to_moment
from theaters.models import Hall, SeatCategory, SeatMap, Theater

# How many shows one recurrence or copy may make: more is a typo, and too many to review.
MAX_PLANNED_SHOWS = 1_000


@dataclass
class Planned:
    """An unsaved show (`scheduling.build_show`), and its prices."""

    show: Show
    prices: Mapping[PriceKey, Decimal] = field(default_factory=dict)


@dataclass
class TimetablePlan:
    """What would be made: shows, clashes, times that do not exist, and times in the past.

    A local time does not exist when clocks go forward over it.
    """

    planned: list[Planned]
    clashes: list[Clash] = field(default_factory=list)
    nonexistent: list[datetime] = field(default_factory=list)
    past: list[datetime] = field(default_factory=list)

    @property
    def free(self) -> list[Planned]:
        taken = {id(clash.show) for clash in self.clashes}
        return [one for one in self.planned if id(one.show) not in taken]


def find_clashes(shows: Iterable[Show]) -> list[Clash]:
    """Find which of these unsaved shows clash with live shows or with each other. One query.

    Of two that clash with each other, the later one is returned.
    """
    wanted: dict[int, list[Show]] = defaultdict(list)
    for show in shows:
        wanted[show.hall_id].append(show)
    if not wanted:
        return []
    everyone = [show for group in wanted.values() for show in group]
    live = (
        Show.objects.live()
        .filter(
            hall__in=wanted,
            starts_at__lt=max(show.cleared_at for show in everyone),
            cleared_at__gt=min(show.starts_at for show in everyone),
        )
        .select_related("event")
        .order_by("starts_at")
    )
    occupied: dict[int, list[Show]] = defaultdict(list)
    for show in live:
        occupied[show.hall_id].append(show)
    clashes = []
    for hall_id, group in wanted.items():
        stays = occupied[hall_id]
        for show in sorted(group, key=lambda one: one.starts_at):
            others = [
                other for other in stays if other.starts_at < show.cleared_at and show.starts_at < other.cleared_at
            ]
            if others:
                clashes.append(Clash(show, others))
            else:
                stays.append(show)
    return clashes


def check_plan(plan: TimetablePlan) -> TimetablePlan:
    """Fill in which of the planned shows clash. One query."""
    plan.clashes = find_clashes(one.show for one in plan.planned)
    return plan


def plan_recurrence(
    *, event: Event, hall: Hall, recurrence: Recurrence, prices_of: Show | PriceTemplate | None = None, **details: Any
) -> TimetablePlan:
    """Plan a show of this event in this hall at each time of the recurrence; looks at no more than `MAX_PLANNED_SHOWS`.

    Prices come from another show or from a template; `details` are as `build_show` takes them. At
    most seven queries. Raises `NoSeatMap`.
    """
    seat_map = read_seat_map(hall)
    rules = read_rules(hall.theater_id)
    prices = _read_prices(prices_of, seat_map)
    plan = TimetablePlan([])
    now = timezone.now()
    for local in islice(recurrence.local_times(), MAX_PLANNED_SHOWS):
        starts_at = to_moment(local, hall.theater.tz)
        if starts_at is None:
            plan.nonexistent.append(local)
        elif starts_at <= now:
            plan.past.append(local)
        else:
            show = build_show(event=event, hall=hall, seat_map=seat_map, starts_at=starts_at, rules=rules, **details)
            plan.planned.append(Planned(show, prices))
    return check_plan(plan)


def plan_copies(
    *, theater: Theater, source: Sequence[date], target: date, halls: Collection[int] = ()
) -> TimetablePlan:
    """Plan copies of the shows of these consecutive days from `target` on, at the same times, as drafts.

    Canceled shows are left out. A show keeps its length, version and sale relative to the start, and
    its prices, on the map that its hall has now. Five queries.
    """
    zone = theater.tz
    shows = read_days(theater, source[0], len(source)).exclude(state=Show.State.CANCELED)
    if halls:
        shows = shows.filter(hall__in=halls)
    shows = shows.prefetch_related("prices")
    maps = {
        one.hall_id: one
        for one in SeatMap.objects.filter(hall__theater=theater, state=SeatMap.State.PUBLISHED).defer("layout")
    }
    plan = TimetablePlan([])
    now = timezone.now()
    for show in shows:
        local = timezone.localtime(show.starts_at, zone).replace(tzinfo=None)
        wanted = local + (target - source[0])
        starts_at = to_moment(wanted, zone)
        seat_map = maps.get(show.hall_id)
        if starts_at is None or seat_map is None:
            plan.nonexistent.append(wanted)
        elif starts_at <= now:
            plan.past.append(wanted)
        else:
            plan.planned.append(_copy(show, seat_map, starts_at))
    _match_prices(plan.planned, {show.seat_map_id for show in shows})
    return check_plan(plan)


def read_days(theater: Theater, first: date, days: int) -> QuerySet[Show]:
    """Return the shows that begin on these local days, the earliest first."""
    zone = theater.tz
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    end_day = first + timedelta(days=days)
    end = datetime(end_day.year, end_day.month, end_day.day, tzinfo=zone)
    return (
        Show.objects.filter(hall__theater=theater, starts_at__gte=start, starts_at__lt=end)
        .select_related("event", "hall__theater__city")
        .order_by("starts_at", "pk")
    )


def _copy(source: Show, seat_map: SeatMap, starts_at: datetime) -> Planned:
    """Plan a show like `source`, without its access: interpreters and captioners are booked for a date."""
    copied = (name for name in SHOW_DETAILS if name not in ACCESS_FIELDS)
    details = {name: getattr(source, name) for name in copied}
    show = Show(event=source.event, hall=source.hall, seat_map=seat_map, starts_at=source.starts_at, **details)
    shift_times(show, starts_at - source.starts_at, includes_passed=True)
    show.set_times()
    prices = {(price.category_id, price.ticket_type_id): price.amount for price in source.prices.all()}
    return Planned(show, prices)


def _read_prices(source: Show | PriceTemplate | None, seat_map: SeatMap) -> dict[PriceKey, Decimal]:
    """Return the prices of a show or of a template for the categories of this map."""
    if source is None:
        return {}
    if isinstance(source, PriceTemplate):
        return fit_template(source.prices.all(), seat_map.categories.all()).prices
    prices = {(price.category_id, price.ticket_type_id): price.amount for price in source.prices.all()}
    one = Planned(Show(seat_map=seat_map), prices)
    _match_prices([one], {source.seat_map_id})
    return dict(one.prices)


def _match_prices(planned: list[Planned], source_maps: Collection[int]) -> None:
    """Map copied prices to the categories of the halls' current maps. One query."""
    categories: dict[int, list[SeatCategory]] = defaultdict(list)
    maps = {one.show.seat_map_id for one in planned} | set(source_maps)
    for category in SeatCategory.objects.filter(seat_map__in=maps):
        categories[category.seat_map_id].append(category)
    map_of = {category.pk: pk for pk, group in categories.items() for category in group}
    for one in planned:
        found = {map_of[category_id] for category_id, _type in one.prices} - {one.show.seat_map_id}
        if found:
            old = [category for pk in found for category in categories[pk]]
            matches = match_categories(categories[one.show.seat_map_id], old)
            one.prices = {
                (category_id, ticket_type_id): amount
                for category_id, match in matches.items()
                for (source_id, ticket_type_id), amount in one.prices.items()
                if source_id == match.category.pk
            }
