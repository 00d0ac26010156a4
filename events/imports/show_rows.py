"""Shows from a file: plans what each row would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.imports import cells
from events.imports.clashes import mark_clashes
from events.imports.columns import SHOW_COLUMNS, open_rows, read_cells
from events.imports.plan import CellChange, ImportPlan, RowPlan
from events.imports.show_lookups import ShowLookups, read_lookups
from events.models import (
    ACCESS_FIELDS,
    Access,
    Event,
    RefundPolicy,
    Show,
    ShowKey,
    find_access,
    write_access,
)
from events.prices.grid import PriceKey
from events.prices.templates import Fit, fit_template
from events.sales.opening import find_missing
from events.timetable.scheduling import SALE_DETAILS, build_show
from lib.tables import CellError, Table, day_order, finding, read_clock, read_day
from theaters.models import Hall, SeatMap, Theater


class WantedState(models.TextChoices):
    """The states that a file may give a show."""

    DRAFT = "draft", _("draft")
    ON_SALE = "on_sale", _("on sale")


def _text(name: str, value: Any) -> Any:
    return cells.clean_with(Show._meta.get_field(name), cells.read_text(value))


def _number(name: str, value: Any) -> Any:
    return cells.clean_with(Show._meta.get_field(name), cells.read_number(value))


NUMBERS = ("tickets_per_customer", "refund_hours", "refund_percent")
TEXTS = ("format", "language", "subtitles")
READERS: dict[str, Any] = {
    "key": lambda value: cells.clean_with(ShowKey._meta.get_field("key"), cells.read_text(value)),
    "event": cells.read_text,
    "hall": cells.read_text,
    "time": read_clock,
    "ends": read_clock,
    "doors": read_clock,
    **{name: partial(_text, name) for name in TEXTS},
    **{name: partial(_number, name) for name in NUMBERS},
    "access": cells.read_access,
    "price_template": cells.read_text,
    "state": lambda value: cells.read_choice(value, WantedState),
}
# Columns whose name differs between file and model.
COLUMN_OF_FIELD = {
    "starts_at": "time",
    "ends_at": "ends",
    "doors_at": "doors",
    "sales_open_at": "sales_open",
    "sales_close_at": "sales_close",
    "refunds": "refund_hours",
}


@dataclass
class ShowValues:
    """A row's values for a show; `details` has only those of cells in the file."""

    event: Event
    hall: Hall
    seat_map: SeatMap
    starts_at: datetime
    key: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    # None if the row names no template.
    prices: dict[PriceKey, Any] | None = None
    fit: Fit | None = None
    state: str = ""
    # The show as it will be; a new one is not saved yet.
    show: Show | None = None


def plan_shows(table: Table, theater: Theater) -> ImportPlan:
    """Plan what each row would do. A dozen queries, and one for each seat map."""
    plans, rows, unread = open_rows(table, SHOW_COLUMNS)
    zone = theater.tz
    order = day_order(theater.city.country)
    moment = partial(cells.read_moment, zone=zone, order=order)
    readers = {**READERS, "date": partial(read_day, order=order), "sales_open": moment, "sales_close": moment}
    for plan, row in zip(plans, rows, strict=True):
        plan.values = read_cells(plan, row, SHOW_COLUMNS, readers)
        plan.name = " · ".join(plan.cells[name] for name in ("event", "date", "time") if name in plan.cells)
        _find_start(plan, theater)
    lookups = read_lookups(theater, plans)
    now = timezone.now()
    seen: dict[tuple[str, Any], int] = {}
    for plan in plans:
        found = _gather(plan, lookups)
        if found is None:
            continue
        plan.values = {"show": found}
        plan.target = lookups.find_show(found.key, found.hall.pk, found.starts_at, found.event.pk)
        _refuse_repeats(plan, found, seen)
        if plan.target is None:
            _plan_new(plan, found, lookups, now)
        else:
            _plan_change(plan, found, lookups, now)
    mark_clashes(plans, theater)
    return ImportPlan([column.name for column in SHOW_COLUMNS], plans, unread)


def _find_start(plan: RowPlan, theater: Theater) -> None:
    if {"date", "time"} <= set(plan.values):
        try:
            plan.values["starts_at"] = cells.require_moment(plan.values["date"], plan.values["time"], theater.tz)
        except CellError as error:
            plan.errors["time"] = error.sentence


def _gather(plan: RowPlan, lookups: ShowLookups) -> ShowValues | None:
    """Collect the row's values; return None, with the errors in the plan, if too little of it can be read."""
    values = plan.values
    for column, find in (("event", lookups.find_event), ("hall", lookups.find_hall)):
        if column in values:
            try:
                values[column] = find(values[column])
            except CellError as error:
                plan.errors[column] = error.sentence
    if plan.errors:
        return None
    hall: Hall = values["hall"]
    found = ShowValues(
        event=values["event"],
        hall=hall,
        seat_map=lookups.maps[hall.pk],
        starts_at=values["starts_at"],
        key=values.get("key", ""),
        state=values.get("state", ""),
    )
    found.details = {name: values[name] for name in (*TEXTS, *NUMBERS) if name in values}
    if "access" in values:
        found.details |= {access.field: access in values["access"] for access in Access}
    if "refund_hours" in values:
        is_set = values["refund_hours"] is not None
        found.details["refunds"] = RefundPolicy.UNTIL if is_set else ""
        if not is_set:
            found.details["refund_percent"] = None
    elif values.get("refund_percent") is not None:
        plan.errors["refund_percent"] = gettext("It needs refund_hours, too.")
    try:
        _read_times(values, found, lookups)
    except CellError as error:
        plan.errors[""] = error.sentence
    _fit_template(plan, values.get("price_template"), found, lookups)
    return None if plan.errors else found


def _read_times(values: dict[str, Any], found: ShowValues, lookups: ShowLookups) -> None:
    if "ends" in values:
        day = values["date"] + timedelta(days=values["ends"] <= values["time"])
        found.details["ends_at"] = cells.require_moment(day, values["ends"], lookups.zone)
    if "doors" in values and values["doors"] is None:
        found.details["doors_at"] = None
    elif "doors" in values:
        day = values["date"] - timedelta(days=values["doors"] > values["time"])
        found.details["doors_at"] = cells.require_moment(day, values["doors"], lookups.zone)
    for column, name in (("sales_open", "sales_open_at"), ("sales_close", "sales_close_at")):
        if column in values:
            found.details[name] = values[column]


def _check_order(plan: RowPlan, show: Show) -> None:
    for name, sentence in show.find_misordered_times().items():
        plan.errors.setdefault(COLUMN_OF_FIELD[name], str(sentence))


def _fit_template(plan: RowPlan, name: str | None, found: ShowValues, lookups: ShowLookups) -> None:
    if not name:
        return
    template = lookups.templates.get(name.casefold())
    if template is None:
        plan.errors["price_template"] = finding(gettext("There is no price template “%(name)s”."), name=name[:80])
        return
    found.fit = fit_template(template, lookups.categories[found.seat_map.pk])
    found.prices = found.fit.prices
    if not found.prices:
        plan.errors["price_template"] = gettext("This hall has none of the template's categories.")
    if found.fit.unknown:
        plan.notes.append(gettext("Not in this hall: %(names)s.") % {"names": ", ".join(found.fit.unknown)})


def _refuse_repeats(plan: RowPlan, found: ShowValues, seen: dict[tuple[str, Any], int]) -> None:
    identities: list[tuple[str, Any]] = [("place", (found.hall.pk, found.starts_at))]
    if found.key:
        identities.append(("key", found.key))
    if plan.target is not None:
        identities.append(("show", plan.target.pk))
    for identity in identities:
        line = seen.setdefault(identity, plan.line)
        if line != plan.line:
            column = "key" if identity[0] == "key" else ""
            plan.errors[column] = finding(
                gettext("Line %(line)d is the same show, or at the same time in the same hall."), line=line
            )


def _plan_new(plan: RowPlan, found: ShowValues, lookups: ShowLookups, now: datetime) -> None:
    if found.starts_at <= now:
        plan.errors["date"] = gettext("This is in the past.")
    show = build_show(
        event=found.event,
        hall=found.hall,
        seat_map=found.seat_map,
        starts_at=found.starts_at,
        rules=lookups.rules,
        **found.details,
    )
    found.show = show
    _check_order(plan, show)
    if found.state == WantedState.ON_SALE:
        _require_ready(plan, show, found.prices or {}, lookups, now)


def _require_ready(plan: RowPlan, show: Show, prices: Iterable[PriceKey], lookups: ShowLookups, now: datetime) -> None:
    priced = {category_id for category_id, _ticket_type_id in prices}
    unpriced = [one for one in lookups.used_categories(show.seat_map_id) if one.pk not in priced]
    if missing := find_missing(show, now, unpriced=unpriced):
        plan.errors["state"] = " ".join(str(one) for one in missing)


def _plan_change(plan: RowPlan, found: ShowValues, lookups: ShowLookups, now: datetime) -> None:
    show: Show = plan.target
    wanted = {"event": found.event, "hall": found.hall, "starts_at": found.starts_at, **found.details}
    changes = {name: value for name, value in wanted.items() if getattr(show, name) != value}
    for name, value in changes.items():
        if (name == "refunds" and "refund_hours" in changes) or name in ACCESS_FIELDS:
            continue
        plan.changes.append(
            CellChange(COLUMN_OF_FIELD.get(name, name), lookups.write(getattr(show, name)), lookups.write(value))
        )
    if not changes.keys().isdisjoint(ACCESS_FIELDS):
        plan.changes.append(CellChange("access", write_access(show.access), write_access(find_access(found.details))))
    prices = lookups.prices.get(show.pk, {})
    moves_hall = "hall" in changes
    if found.prices is not None and (found.prices != prices or moves_hall):
        plan.changes.append(CellChange("price_template", lookups.write_prices(prices), plan.cells["price_template"]))
    else:
        found.prices = None
    if found.state == WantedState.DRAFT:
        # Only the initial state of a new show; it takes no show off sale.
        found.state = ""
    if found.state and found.state != show.state:
        plan.changes.append(CellChange("state", show.get_state_display(), str(WantedState(found.state).label)))
    if found.key and found.key not in (lookups.keys.get(show.pk), show.code):
        plan.changes.append(CellChange("key", lookups.keys.get(show.pk, ""), found.key))
    found.details = changes
    _refuse_change(plan, show, found)
    final = lookups.changed(show, changes, found.seat_map)
    found.show = final
    _check_order(plan, final)
    if moves_hall and found.prices is None and prices:
        plan.notes.append(
            gettext("Another hall: the prices are removed, because they belong to the old hall's categories.")
        )
    if found.state == WantedState.ON_SALE and show.state == Show.State.DRAFT:
        kept = {} if moves_hall else prices
        _require_ready(plan, final, found.prices if found.prices is not None else kept, lookups, now)


def _refuse_change(plan: RowPlan, show: Show, found: ShowValues) -> None:
    if not plan.changes:
        return
    if show.state not in (Show.State.DRAFT, Show.State.ON_SALE):
        plan.errors[""] = finding(
            gettext("The show is %(state)s and cannot be changed."), state=show.get_state_display()
        )
        return
    if show.state != Show.State.ON_SALE:
        return
    for name in set(found.details) - set(SALE_DETAILS):
        plan.errors[COLUMN_OF_FIELD.get(name, name)] = gettext(
            "The show is on sale: move it in the timetable, not with a file."
        )
    if found.prices is not None and found.fit is not None and found.fit.uncovered:
        plan.errors["price_template"] = finding(
            gettext("It is on sale, and these would have no price: %(names)s."), names=", ".join(found.fit.uncovered)
        )
