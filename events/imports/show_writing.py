"""Writes shows that were planned from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import HallTaken, SchedulingError
from events.imports.plan import Outcome, RowPlan
from events.imports.show_rows import ShowValues, WantedState
from events.locking import lock_halls
from events.models import Show, ShowKey
from events.prices.grid import set_prices
from events.sales.opening import open_sales
from events.timetable.changes import make_shows
from events.timetable.plans import Planned, TimetablePlan
from events.timetable.scheduling import change_draft, change_sale, describe
from lib.violations import name_of
from theaters.models import Hall, Theater

# One statement each, whose parameters grow with the fields that change.
WRITE_BATCH = 100


class ChangedMeanwhile(SchedulingError):
    """One of the shows has changed since the file was checked."""

    def __str__(self) -> str:
        return gettext("Someone has just changed one of these shows. Check the rows again.")


def write_shows(rows: Sequence[RowPlan], theater: Theater, by: User) -> None:
    """Write the new and changed rows; call it in a transaction. Raises the services' `SchedulingError`s."""
    lock_halls(Hall.objects.filter(theater=theater).values_list("pk", flat=True))
    _change_shows([row for row in rows if row.outcome == Outcome.CHANGED], by)
    new = [row for row in rows if row.outcome == Outcome.NEW]
    for is_on_sale in (False, True):
        chosen = [_values(row) for row in new if (_values(row).state == WantedState.ON_SALE) is is_on_sale]
        planned = [Planned(one.show, one.prices or {}) for one in chosen if one.show is not None]
        if planned:
            make_shows(theater=theater, plan=TimetablePlan(planned), by=by, is_on_sale=is_on_sale)
    _save_keys(rows, theater)


def _values(row: RowPlan) -> ShowValues:
    values: ShowValues = row.values["show"]
    return values


def _change_shows(rows: list[RowPlan], by: User) -> None:
    """Change the shows: those that keep their hall in one go, then the rest one by one."""
    staying = [row for row in rows if _values(row).details and "hall" not in _values(row).details]
    try:
        with transaction.atomic():
            _change_together(staying, by)
    except IntegrityError as error:
        if not name_of(error).startswith("show_hall_free"):
            raise
        # One of them needs a hall that another row leaves: change them one by one.
        staying = []
    together = {row.line for row in staying}
    _change_in_turn([row for row in rows if row.line not in together], by)
    for row in rows:
        values = _values(row)
        if values.prices is not None:
            set_prices(show=row.target, prices=values.prices, by=by)
        if values.state == WantedState.ON_SALE and row.target.state == Show.State.DRAFT:
            open_sales(show=row.target, by=by)


def _change_together(rows: list[RowPlan], by: User) -> None:
    """Write the changes of these shows in a few statements. Raises `ChangedMeanwhile`.

    Shows that move leave their halls first, so that two can swap places.
    """
    if not rows:
        return
    states = (Show.State.DRAFT, Show.State.ON_SALE)
    asked = Show.objects.filter(pk__in=[row.target.pk for row in rows], state__in=states)
    # Locks the rows, so that they do not change between this check and the writing.
    asked.update(lowest_price=F("lowest_price"))
    current = asked.select_related("event").in_bulk()
    fields: set[str] = set()
    moving: list[int] = []
    finals = []
    changes: list[tuple[Show, dict[str, Any], dict[str, Any]]] = []
    for row in rows:
        values, before = _values(row), row.target
        now = current.get(before.pk)
        if now is None or any(getattr(now, name) != getattr(before, name) for name in ("state", *values.details)):
            raise ChangedMeanwhile
        final = values.show
        assert final is not None  # noqa: S101 (the plan of a change always has it)
        fields.update(values.details)
        if (final.starts_at, final.cleared_at) != (before.starts_at, before.cleared_at):
            fields.update(("ends_at", "cleared_at", "doors_at"))
            moving.append(before.pk)
        finals.append(final)
        changes.append((final, describe(before), describe(final)))
    Show.objects.filter(pk__in=moving).update(state=Show.State.CANCELED)
    Show.objects.bulk_update(finals, sorted(fields), batch_size=WRITE_BATCH)
    # Only drafts move; the plan refused shows on sale. Here the database checks for clashes.
    Show.objects.filter(pk__in=moving).update(state=Show.State.DRAFT)
    audit.record_many(by=by, action=Action.CHANGE_SHOW, changes=changes, theater_id=rows[0].target.hall.theater_id)
    forget_catalogue()


def _change_in_turn(rows: list[RowPlan], by: User) -> None:
    """Change the shows one by one, retrying those that need a hall that another one leaves."""
    waiting = [row for row in rows if _values(row).details]
    while waiting:
        taken: HallTaken | None = None
        blocked = []
        for row in waiting:
            change = change_draft if row.target.state == Show.State.DRAFT else change_sale
            try:
                change(show=row.target, by=by, **_values(row).details)
            except HallTaken as error:
                taken = error
                blocked.append(row)
        if taken is not None and len(blocked) == len(waiting):
            raise taken
        waiting = blocked


def _save_keys(rows: Sequence[RowPlan], theater: Theater) -> None:
    """Save the keys that the file gives its shows; a show's own code is not a key."""
    keys = []
    for row in rows:
        if row.outcome in (Outcome.NEW, Outcome.CHANGED):
            values = _values(row)
            show = row.target or values.show
            if values.key and show is not None and values.key != show.code:
                keys.append(ShowKey(theater=theater, key=values.key, show=show))
    ShowKey.objects.bulk_create(
        keys, update_conflicts=True, unique_fields=["show"], update_fields=["key"], batch_size=500
    )
