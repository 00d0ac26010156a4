"""Writes planned shows, moves shows without bookings, and undoes the last change.

Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import (
    Clashes,
    InThePast,
    NothingToUndo,
    NotReadyForSale,
    TicketsSold,
    WrongShowState,
)
from events.locking import lock_halls, lock_show_alone
from events.models import Price, Show, TimetableChange
from events.prices.grid import used_categories
from events.prices.ranges import refresh_price_ranges
from events.sales.opening import find_missing
from events.signals import sales_opened
from events.timetable.plans import Planned, TimetablePlan, check_plan, find_clashes
from events.timetable.relocate import make_areas, relocate_show
from events.timetable.scheduling import describe, read_seat_map
from lib.violations import name_of
from theaters.models import Hall, SeatCategory, SeatMap, Theater

# One statement each; 200 shows are written in 60 ms on PostgreSQL.
WRITE_BATCH = 500
MOVABLE_STATES = (Show.State.DRAFT, Show.State.ON_SALE)


def make_shows(
    *, theater: Theater, plan: TimetablePlan, by: User, skips_clashes: bool = False, is_on_sale: bool = False
) -> list[Show]:
    """Write the shows of a plan, all of one theater, together with their prices, as one change that can be undone.

    If there is a clash, nothing is written, unless `skips_clashes`: then clashing shows are
    left out. With `is_on_sale` they are put on sale at once. A dozen statements for a batch of shows.
    Raises `Clashes`, `NotReadyForSale`.
    """
    with transaction.atomic():
        check_plan(plan)
        if plan.clashes and not skips_clashes:
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
            if not name_of(error).startswith("show_hall_free"):
                raise
            # Another writer was faster since the check: name what is in the way now.
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
        refresh_price_ranges([show.pk for show in shows])
        if is_on_sale:
            make_areas(shows)
            sales_opened.send(sender=None, shows=shows)
        if shows:
            _record_made(theater, shows, by)
            forget_catalogue()
    return shows


def move_unsold(*, show: Show, hall: Hall, starts_at: datetime, by: User) -> Show:
    """Move a show without tickets; nothing is written if it is already there.

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
        relocate_show(current, hall=hall, seat_map=seat_map, starts_at=starts_at)
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
            action=Action.MOVE_SHOW,
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
    """Undo one change completely or not at all, and return True if this call did.

    Shows that were made are deleted and a show that was moved goes back, unless there are tickets
    (`TicketsSold`), they have changed since (`NothingToUndo`, `WrongShowState`), or the hall is taken
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
            action=Action.UNDO_IN_TIMETABLE,
            on=change,
            theater_id=change.theater_id,
            before={"shows": len(change.shows), "kind": change.kind},
        )
        forget_catalogue()
    return True


def _open_sales(planned: list[Planned]) -> None:
    """Put unsaved shows on sale. Raises `NotReadyForSale` with everything that any of them lacks."""
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
        action=Action.CREATE_SHOWS,
        on=shows[0] if len(shows) == 1 else theater,
        theater_id=theater.pk,
        after={
            "shows": [
                f"{show.code}, {show.event.title}, {show.hall.name}, {show.starts_at.isoformat()}" for show in shows
            ]
        },
    )


def _unmake(change: TimetableChange) -> None:
    shows = Show.objects.filter(pk__in=change.shows)
    if booked := list(shows.filter(tickets__isnull=False).select_related("event").distinct()):
        raise TicketsSold(booked)
    over = shows.exclude(state__in=MOVABLE_STATES).select_related("event").first()
    if over is not None:
        raise WrongShowState(over)
    try:
        with transaction.atomic():
            shows.delete()
    except (ProtectedError, IntegrityError) as error:
        # Booked since the check.
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
    relocate_show(show, hall=hall, seat_map=seat_map, starts_at=datetime.fromisoformat(change.before["starts_at"]))


def _check_movable(show: Show) -> None:
    if show.state not in MOVABLE_STATES:
        raise WrongShowState(show)
    if Show.objects.filter(pk=show.pk, tickets__state__in=("held", "issued")).exists():
        raise TicketsSold([show])


def _place(show: Show) -> dict[str, Any]:
    return {"hall": show.hall_id, "seat_map": show.seat_map_id, "starts_at": show.starts_at.isoformat()}
