"""Makes many shows at once, moves those that nobody has booked, and takes the last change back.

Callers check first that `by` may (`theaters/access.py`). That a hall is free is decided by the
database (`show_hall_free`); the look before only finds every clash, to be named all together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import User
from events.errors import (
    Clash,
    Clashes,
    InThePast,
    NothingToUndo,
    NotReadyForSale,
    TicketsSold,
    WrongShowState,
)
from events.locking import lock_halls, lock_show_alone
from events.models import Event, Price, PriceTemplate, Show, TimetableChange
from events.price_templates import fit_template
from events.recurrence import Rule, to_moment
from events.rehousing import carry_show, make_areas, match_categories, shift_times
from events.sales_rules import read_rules
from events.scheduling import build_show, describe, read_seat_map
from events.selectors import forget_catalogue
from events.services import PriceKey, find_missing, used_categories
from theaters.models import Hall, SeatCategory, SeatMap, Theater

# One statement each; 200 shows are written in 60 ms on PostgreSQL.
WRITE_BATCH = 500
# What one rule or copy may make: more is a slip of the pen, and nobody could look through it.
MAX_SHOWS = 1_000
MOVABLE = (Show.State.DRAFT, Show.State.ON_SALE)


@dataclass
class Planned:
    """A show that is not written yet (`scheduling.build_show`), and its prices."""

    show: Show
    prices: Mapping[PriceKey, Decimal] = field(default_factory=dict)


@dataclass
class Plan:
    """What would be made: shows, those of them that find their hall taken, and times that do not exist.

    A local time does not exist when clocks go forward over it.
    """

    planned: list[Planned]
    clashes: list[Clash] = field(default_factory=list)
    nonexistent: list[datetime] = field(default_factory=list)
    past: list[datetime] = field(default_factory=list)

    def clash_of(self, show: Show) -> Clash | None:
        return next((clash for clash in self.clashes if clash.show is show), None)

    @property
    def free(self) -> list[Planned]:
        taken = {id(clash.show) for clash in self.clashes}
        return [one for one in self.planned if id(one.show) not in taken]


def find_clashes(shows: Iterable[Show]) -> list[Clash]:
    """Find which of these unsaved shows lack a free hall, because of live shows or of each other. One query.

    Of two that are in each other's way, the later one clashes.
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


def check_plan(plan: Plan) -> Plan:
    """Fill in which of the planned shows clash. One query."""
    plan.clashes = find_clashes(one.show for one in plan.planned)
    return plan


def make_shows(
    *, theater: Theater, plan: Plan, by: User, leaves_out: bool = False, is_on_sale: bool = False
) -> list[Show]:
    """Write the shows of a plan, all of one theater, together with their prices, as one change that can be undone.

    With a clash or a time that does not exist nothing is written, unless `leaves_out`: then those are
    left out. With `is_on_sale` they are sold at once. A dozen statements for a batch of shows.
    Raises `Clashes`, `NotReadyForSale`.
    """
    with transaction.atomic():
        check_plan(plan)
        if plan.clashes and not leaves_out:
            raise Clashes(plan.clashes)
        planned = plan.free
        if is_on_sale:
            _open_sales(planned)
        shows = [one.show for one in planned]
        try:
            with transaction.atomic():
                lock_halls(show.hall_id for show in shows)
                Show.objects.bulk_create(shows, batch_size=WRITE_BATCH)
        except IntegrityError as error:
            if "show_hall_free" not in str(error):
                raise
            # Somebody was faster since the look: name what is in the way now.
            for show in shows:
                show.pk = None
            raise Clashes(find_clashes(shows)) from error
        Price.objects.bulk_create(
            [
                Price(show=one.show, category_id=category_id, ticket_type_id=ticket_type_id, amount=amount)
                for one in planned
                for (category_id, ticket_type_id), amount in one.prices.items()
            ],
            batch_size=WRITE_BATCH,
        )
        if is_on_sale:
            make_areas(shows)
        if shows:
            _record_made(theater, shows, by)
            forget_catalogue()
    return shows


def plan_rule(
    *, event: Event, hall: Hall, rule: Rule, prices_of: Show | PriceTemplate | None = None, **details: Any
) -> Plan:
    """Plan a show of this event in this hall at each time of the rule; at most `MAX_SHOWS` are looked at.

    Prices come from another show or from a template; `details` are as `build_show` takes them. At
    most seven queries. Raises `NoSeatMap`.
    """
    seat_map = read_seat_map(hall)
    rules = read_rules(hall.theater_id)
    prices = _read_prices(prices_of, seat_map)
    plan = Plan([])
    now = timezone.now()
    for local in islice(rule.local_times(), MAX_SHOWS):
        starts_at = to_moment(local, hall.theater.tz)
        if starts_at is None:
            plan.nonexistent.append(local)
        elif starts_at <= now:
            plan.past.append(local)
        else:
            show = build_show(event=event, hall=hall, seat_map=seat_map, starts_at=starts_at, rules=rules, **details)
            show.lowest_price = min(prices.values(), default=None)
            plan.planned.append(Planned(show, prices))
    return check_plan(plan)


def plan_copies(*, theater: Theater, source: Sequence[date], target: date, halls: Collection[int] = ()) -> Plan:
    """Plan the shows of these days in a row anew from `target` on, at the same times of day, as drafts.

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
    plan = Plan([])
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


def move_unsold(*, show: Show, hall: Hall, starts_at: datetime, by: User) -> Show:
    """Move a show that nobody has booked; nothing is written when it is there already.

    Raises `TicketsSold`, `WrongShowState`, `InThePast`, `NoSeatMap`, or `HallTaken` with every show
    that is in the way.
    """
    with transaction.atomic():
        current = lock_show_alone(show.pk)
        if current.hall_id == hall.pk and current.starts_at == starts_at:
            return current
        _check_movable(current)
        if starts_at <= timezone.now():
            raise InThePast
        seat_map = current.seat_map if hall.pk == current.hall_id else read_seat_map(hall)
        before = _place(current)
        described = describe(current)
        carry_show(current, hall=hall, seat_map=seat_map, starts_at=starts_at)
        TimetableChange.objects.create(
            theater=hall.theater,
            by=by,
            kind=TimetableChange.Kind.MOVED,
            shows=[current.pk],
            before=before,
            after=_place(current),
        )
        audit.record(
            by=by,
            action="move show",
            on=current,
            theater_id=hall.theater_id,
            before=described,
            after=describe(current),
        )
        forget_catalogue()
    return current


def read_last_change(theater: Theater, by: User) -> TimetableChange | None:
    """Return the change that `undo` would take back. One query."""
    return TimetableChange.objects.filter(theater=theater, by=by, undone_at__isnull=True).first()


def undo(*, change: TimetableChange, by: User) -> bool:
    """Take one change back as a whole, or none of it; say whether this call did it.

    Shows that were made go away and a show that was moved goes back, unless somebody has tickets
    (`TicketsSold`), changed them since (`NothingToUndo`, `WrongShowState`), or its hall is taken
    now (`HallTaken`).
    """
    with transaction.atomic():
        pending = TimetableChange.objects.filter(pk=change.pk, by=by, undone_at__isnull=True)
        if not pending.update(undone_at=timezone.now()):
            return False
        if change.kind == TimetableChange.Kind.MADE:
            _unmake(change)
        else:
            _move_back(change)
        audit.record(
            by=by,
            action="undo in timetable",
            on=change,
            theater_id=change.theater_id,
            before={"shows": len(change.shows), "kind": change.kind},
        )
        forget_catalogue()
    return True


def _unmake(change: TimetableChange) -> None:
    shows = Show.objects.filter(pk__in=change.shows)
    if booked := list(shows.filter(bookings__isnull=False).select_related("event").distinct()):
        raise TicketsSold(booked)
    over = shows.exclude(state__in=MOVABLE).select_related("event").first()
    if over is not None:
        raise WrongShowState(over)
    try:
        with transaction.atomic():
            shows.delete()
    except (ProtectedError, IntegrityError) as error:
        # Booked between the look and now.
        raise TicketsSold(shows.select_related("event")) from error


def _move_back(change: TimetableChange) -> None:
    try:
        show = lock_show_alone(change.shows[0])
    except Show.DoesNotExist:
        raise NothingToUndo from None
    if _place(show) != change.after:
        raise NothingToUndo(show)
    _check_movable(show)
    hall = Hall.objects.select_related("theater__city").get(pk=change.before["hall"])
    seat_map = SeatMap.objects.get(pk=change.before["seat_map"])
    carry_show(show, hall=hall, seat_map=seat_map, starts_at=datetime.fromisoformat(change.before["starts_at"]))


def _check_movable(show: Show) -> None:
    if show.state not in MOVABLE:
        raise WrongShowState(show)
    if Show.objects.filter(pk=show.pk, tickets__state__in=("held", "issued")).exists():
        raise TicketsSold([show])


def _place(show: Show) -> dict[str, Any]:
    return {"hall": show.hall_id, "seat_map": show.seat_map_id, "starts_at": show.starts_at.isoformat()}


def _copy(source: Show, seat_map: SeatMap, starts_at: datetime) -> Planned:
    show = Show(
        event=source.event,
        hall=source.hall,
        seat_map=seat_map,
        starts_at=source.starts_at,
        ends_at=source.ends_at,
        doors_at=source.doors_at,
        sales_open_at=source.sales_open_at,
        sales_close_at=source.sales_close_at,
        format=source.format,
        language=source.language,
        subtitles=source.subtitles,
        tickets_per_customer=source.tickets_per_customer,
        refund_hours=source.refund_hours,
        refund_percent=source.refund_percent,
    )
    shift_times(show, starts_at - source.starts_at, even_passed=True)
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
    """Let copied prices name the categories of the maps that the halls have now. One query."""
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
        one.show.lowest_price = min(one.prices.values(), default=None)


def _open_sales(planned: list[Planned]) -> None:
    """Let unsaved shows be on sale. Raises `NotReadyForSale` with all that any of them lacks."""
    used: dict[int, list[SeatCategory]] = {}
    missing = {}
    now = timezone.now()
    for one in planned:
        seat_map_id = one.show.seat_map_id
        if seat_map_id not in used:
            used[seat_map_id] = list(used_categories(seat_map_id))
        priced = {category_id for category_id, _ticket_type_id in one.prices}
        unpriced = [category for category in used[seat_map_id] if category.pk not in priced]
        missing.update({str(reason): reason for reason in find_missing(one.show, now, unpriced=unpriced)})
        one.show.state = Show.State.ON_SALE
    if missing:
        raise NotReadyForSale(list(missing.values()))


def _record_made(theater: Theater, shows: list[Show], by: User) -> None:
    TimetableChange.objects.create(
        theater=theater, by=by, kind=TimetableChange.Kind.MADE, shows=[show.pk for show in shows]
    )
    audit.record(
        by=by,
        action="create shows",
        on=shows[0] if len(shows) == 1 else theater,
        theater_id=theater.pk,
        after={
            "shows": [
                f"{show.code}, {show.event.title}, {show.hall.name}, {show.starts_at.isoformat()}" for show in shows
            ]
        },
    )
