"""Puts shows into halls. Callers check first that `by` may (`theaters/access.py`).

The database decides at the moment of writing that a hall is free, never a check before it:
by an exclusion constraint on PostgreSQL and a guard on SQLite, both called `show_hall_free`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import HallTaken, NoSeatMap
from events.locking import lock_halls, lock_show
from events.models import ACCESS_FIELDS, Event, Show
from events.sales.rules import RuleBook, read_rules
from lib.violations import name_of
from theaters.models import Hall, SeatMap

# What staff may set when they create a show; the rest follows from event and hall.
SHOW_DETAILS = (
    "ends_at",
    "doors_at",
    "sales_open_at",
    "sales_close_at",
    "format",
    "language",
    "subtitles",
    *ACCESS_FIELDS,
    "tickets_per_customer",
    "hold_minutes",
    "needs_account",
    "access_release_hours",
    "refunds",
    "refund_hours",
    "refund_percent",
)
# Which of these may still change once a show is on sale.
SALE_DETAILS = (
    "doors_at",
    "sales_open_at",
    "sales_close_at",
    "format",
    "language",
    "subtitles",
    *ACCESS_FIELDS,
    "tickets_per_customer",
    "hold_minutes",
    "needs_account",
    "access_release_hours",
)


def create_show(*, event: Event, hall: Hall, starts_at: datetime, by: User | None, **details: Any) -> Show:
    """Create a draft on the hall's published seat map, and record it in the audit log.

    `details` are as `build_show` takes them. Raises `NoSeatMap`, or `HallTaken` with every show that
    is in the way.
    """
    seat_map = read_seat_map(hall)
    rules = read_rules(hall.theater_id)
    show = build_show(event=event, hall=hall, seat_map=seat_map, starts_at=starts_at, rules=rules, **details)
    with transaction.atomic():
        save_in_hall(show)
        audit.record(by=by, action=Action.CREATE_SHOW, on=show, theater_id=hall.theater_id, after=describe(show))
        forget_catalogue()
    return show


def build_show(
    *, event: Event, hall: Hall, seat_map: SeatMap, starts_at: datetime, rules: RuleBook, **details: Any
) -> Show:
    """Return an unsaved draft; `details` are of `SHOW_DETAILS`.

    If left out or empty, the end follows from the running time, the times of sale follow the theater's rules, and
    language and subtitles are the event's if it has just one. All else stays empty: as the settings above have it.
    """
    show = Show(event=event, hall=hall, seat_map=seat_map, starts_at=starts_at)
    times = rules.times(event.pk, starts_at, hall.theater.tz)
    defaults = {
        "sales_open_at": times.opens_at,
        "sales_close_at": times.closes_at,
        "language": _only(event.languages),
        "subtitles": _only(event.subtitles),
    }
    for name in SHOW_DETAILS:
        value = details.pop(name, None)
        if value in (None, ""):
            value = defaults.get(name)
        if value is not None:
            setattr(show, name, value)
    if details:
        raise TypeError(f"A show has no {', '.join(details)}.")
    show.set_times()
    return show


def read_seat_map(hall: Hall) -> SeatMap:
    """Return the hall's published seat map. Raises `NoSeatMap`."""
    seat_map = SeatMap.objects.filter(hall=hall, state=SeatMap.State.PUBLISHED).first()
    if seat_map is None:
        raise NoSeatMap(hall)
    return seat_map


def change_draft(*, show: Show, by: User | None, **changes: Any) -> Show:
    """Change event, hall, start or details of a draft; nothing is written if nothing differs.

    A new hall brings its published seat map, and removes the prices, whose categories are the old
    map's. A new start moves the end and the doors, unless they are given too. Raises `WrongShowState`, `NoSeatMap` or
    `HallTaken`.
    """
    with transaction.atomic():
        lock_halls({show.hall_id, changes["hall"].pk if "hall" in changes else show.hall_id})
        current = lock_show(show, Show.State.DRAFT)
        before = describe(current)
        for name, value in follow_start(current, changes).items():
            setattr(current, name, value)
        if describe(current) == before:
            return current
        if current.seat_map.hall_id != current.hall_id:
            current.seat_map = read_seat_map(current.hall)
            current.from_price = current.lowest_price = current.highest_price = None
            current.prices.all().delete()
        save_in_hall(current)
        audit.record(
            by=by,
            action=Action.CHANGE_SHOW,
            on=current,
            theater_id=current.hall.theater_id,
            before=before,
            after=describe(current),
        )
        forget_catalogue()
    return current


def follow_start(show: Show, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes, with end and doors shifted along with a new start unless they are given. Pure."""
    shift = changes.get("starts_at", show.starts_at) - show.starts_at
    moved = {"ends_at": show.ends_at + shift, "doors_at": show.doors_at and show.doors_at + shift} if shift else {}
    return {**moved, **changes}


def change_sale(*, show: Show, by: User | None, **changes: Any) -> Show:
    """Change when and how a show on sale is sold, but not its start or refunds.

    Nothing is written if nothing differs. Raises `WrongShowState` for a show that is not on sale.
    """
    if unknown := set(changes) - set(SALE_DETAILS):
        raise TypeError(f"The sale of a show has no {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        current = lock_show(show, Show.State.ON_SALE)
        before = describe(current)
        for name, value in changes.items():
            setattr(current, name, value)
        if describe(current) != before:
            current.save(update_fields=list(changes))
            audit.record(
                by=by,
                action=Action.CHANGE_SALE,
                on=current,
                theater_id=current.hall.theater_id,
                before=before,
                after=describe(current),
            )
            forget_catalogue()
    return current


def find_conflicts(hall: Hall, starts_at: datetime, cleared_at: datetime, *, except_pk: int = 0) -> list[Show]:
    """Return the live shows that need the hall between these moments. One query."""
    shows = Show.objects.live().filter(hall=hall, starts_at__lt=cleared_at, cleared_at__gt=starts_at)
    return list(shows.exclude(pk=except_pk).select_related("event").order_by("starts_at"))


def describe(show: Show) -> dict[str, Any]:
    """Return the values of a show that the audit log records."""
    described = {name: getattr(show, name) for name in ("starts_at", *SHOW_DETAILS)}
    described = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in described.items()}
    return {**described, "event": show.event.title, "hall": show.hall.name, "state": show.state}


def save_in_hall(show: Show) -> None:
    """Save a show. Raises `HallTaken` when the database finds its hall taken at that time."""
    try:
        with transaction.atomic():
            lock_halls([show.hall_id])
            show.save()
    except IntegrityError as error:
        if not name_of(error).startswith("show_hall_free"):
            raise
        raise HallTaken(
            show.hall, find_conflicts(show.hall, show.starts_at, show.cleared_at, except_pk=show.pk or 0)
        ) from error


def _only(values: list[str]) -> str | None:
    return values[0] if len(values) == 1 else None
