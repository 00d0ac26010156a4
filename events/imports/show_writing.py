"""Writes shows that were planned from a file. Call it in a transaction."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from events.errors import HallTaken
from events.imports.plan import Fate, RowPlan
from events.imports.show_rows import ShowValues, Wanted
from events.models import Show, ShowKey
from events.scheduling import change_draft, change_sale
from events.services import open_sales, set_prices
from events.timetable import Plan as Timetable
from events.timetable import Planned, make_shows
from theaters.models import Theater


def write_shows(rows: Sequence[RowPlan], theater: Theater, by: User) -> None:
    """Write the new and changed rows. Raises what the services raise, a `SchedulingError`."""
    _change_shows([row for row in rows if row.fate == Fate.CHANGED], by)
    new = [row for row in rows if row.fate == Fate.NEW]
    for is_on_sale in (False, True):
        chosen = [_values(row) for row in new if (_values(row).state == Wanted.ON_SALE) is is_on_sale]
        planned = [Planned(one.show, one.prices or {}) for one in chosen if one.show is not None]
        if planned:
            make_shows(theater=theater, plan=Timetable(planned), by=by, is_on_sale=is_on_sale)
    _keep_keys(rows, theater)


def _values(row: RowPlan) -> ShowValues:
    values: ShowValues = row.values["show"]
    return values


def _change_shows(rows: list[RowPlan], by: User) -> None:
    """Change the shows, again and again while some wait for a hall that another leaves."""
    waiting = rows
    while waiting:
        taken: HallTaken | None = None
        blocked = []
        for row in waiting:
            try:
                _change(row.target, _values(row), by)
            except HallTaken as error:
                taken = error
                blocked.append(row)
        if taken is not None and len(blocked) == len(waiting):
            raise taken
        waiting = blocked


def _change(show: Show, values: ShowValues, by: User) -> None:
    if values.details:
        if show.state == Show.State.DRAFT:
            change_draft(show=show, by=by, **values.details)
        else:
            change_sale(show=show, by=by, **values.details)
    if values.prices is not None:
        set_prices(show=show, prices=values.prices, by=by)
    if values.state == Wanted.ON_SALE and show.state == Show.State.DRAFT:
        open_sales(show=show, by=by)


def _keep_keys(rows: Sequence[RowPlan], theater: Theater) -> None:
    """Remember the names that the file gives its shows; a show's own code is none."""
    kept = []
    for row in rows:
        if row.fate in (Fate.NEW, Fate.CHANGED):
            values = _values(row)
            show = row.target or values.show
            if values.key and show is not None and values.key != show.code:
                kept.append(ShowKey(theater=theater, key=values.key, show=show))
    ShowKey.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["show"], update_fields=["key"], batch_size=500
    )
