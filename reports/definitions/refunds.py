"""Refunds and cancellations: money paid back or due, and tickets canceled without a refund."""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.db.models import Count, Exists, F, OuterRef, Value
from django.utils import formats
from django.utils.translation import gettext

from bookings.models import Booking
from events.models import Event
from payments.models import Refund
from reports.definitions.tables import (
    chart_by,
    count,
    describe_request,
    local,
    make_rows,
    make_totals,
    money,
    name_shows,
)
from reports.figures import add_local_days, total_by
from reports.periods import within
from reports.results import Column, Kind, ReportRequest, ReportResult, Row
from reports.thousandths import Thousandths, integers

_STATES = ("succeeded", "pending", "failed")
_NAMES = ("at", "zone", "currency", "booking", "show", "event", "state", "reason", "by", "tickets", "amount")


def build(request: ReportRequest) -> ReportResult:
    frame = _read(request)
    if request.group_by == "refund":
        return _list(request, frame)
    key = request.group_by
    if key == "day":
        add_local_days(frame, "at", "day")
    for state in _STATES:
        frame[state] = frame["amount"].where(frame["state"] == state, 0)
    frame["number"] = integers([1] * len(frame))
    measures = [
        count("number", gettext("Cancellations and refunds")),
        count("tickets", gettext("Tickets")),
        money("succeeded", gettext("Paid back")),
        money("pending", gettext("Under way")),
        money("failed", gettext("Failed")),
    ]
    table = total_by(frame, [key], [measure.name for measure in measures])
    events = Event.objects.in_bulk([int(pk) for pk in table["event"]]) if key == "event" else {}

    def name_of(record: dict[str, Any]) -> tuple[Any, ...]:
        return (record["day"] if key == "day" else events[record["event"]].title,)

    def label_of(record: dict[str, Any]) -> str:
        name = name_of(record)[0]
        return str(formats.date_format(name, "SHORT_DATE_FORMAT") if key == "day" else name)

    return ReportResult(
        title=gettext("Refunds and cancellations"),
        subtitle=describe_request(request),
        columns=[
            Column(gettext("Day"), Kind.DATE) if key == "day" else Column(gettext("Event")),
            *(measure.column for measure in measures),
        ],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, 1),
        charts=chart_by(table, "succeeded", gettext("Paid back"), label_of=label_of),
        notes=_notes(),
    )


def _notes() -> list[str]:
    return [gettext("By the day of the request. Failed refunds are still to be paid. Exchanges are left out.")]


def _list(request: ReportRequest, frame: pd.DataFrame) -> ReportResult:
    shows = name_shows(frame["show"])
    zones = {theater.city.time_zone: theater.tz for theater in request.theaters}
    states = {**{str(value): str(label) for value, label in Refund.State.choices}, "": gettext("nothing to refund")}
    measures = [count("tickets", gettext("Tickets")), money("amount", gettext("Amount"))]

    def name_of(record: dict[str, Any]) -> tuple[Any, ...]:
        show = shows[record["show"]]
        return (
            local(record["at"], zones[record["zone"]]),
            record["booking"],
            show.title,
            show.starts_at,
            states[record["state"]],
            record["reason"],
            record["by"] or gettext("the customer"),
        )

    columns = [
        Column(gettext("Asked at"), Kind.DATETIME),
        Column(gettext("Booking")),
        Column(gettext("Event")),
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("State")),
        Column(gettext("Reason")),
        Column(gettext("By")),
    ]
    rows: list[Row] = make_rows(frame, measures, name_of)
    return ReportResult(
        title=gettext("Refunds and cancellations"),
        subtitle=describe_request(request),
        columns=[*columns, *(measure.column for measure in measures)],
        rows=rows,
        totals=make_totals(frame, measures, len(columns)),
        notes=_notes(),
    )


def _read(request: ReportRequest) -> pd.DataFrame:
    """Return a row for each refund, and for each booking canceled without one. Two queries."""
    path = "payment__booking__show"
    asked = within("created_at", request.period, request.theaters, theater_path="payment__booking__theater")
    # A failed refund that staff made good is counted as its remedy.
    refunds = Refund.objects.filter(asked, remedy__isnull=True)
    refunds = refunds.annotate(number=Count("tickets"))
    booked = within("canceled_at", request.period, request.theaters, theater_path="theater")
    gone = Booking.objects.filter(booked, confirmed_at__isnull=False, state=Booking.State.CANCELED)
    gone = gone.exclude(Exists(Refund.objects.filter(payment__booking=OuterRef("pk")))).annotate(
        number=Count("tickets")
    )
    if request.event is not None:
        refunds, gone = refunds.filter(**{f"{path}__event": request.event}), gone.filter(show__event=request.event)
    zone = "hall__theater__city__time_zone"
    rows = [
        *refunds.values_list(
            "created_at",
            F(f"{path}__{zone}"),
            F("payment__received_currency"),
            F("payment__booking__code"),
            F(f"{path}_id"),
            F(f"{path}__event_id"),
            "state",
            "reason",
            F("made_by__name"),
            "number",
            Thousandths("amount"),
        ),
        *gone.values_list(
            "canceled_at",
            F(f"show__{zone}"),
            "currency",
            "code",
            "show_id",
            F("show__event_id"),
            Value(""),
            Value(""),
            Value(""),
            "number",
            Value(0),
        ),
    ]
    columns = list(zip(*sorted(rows, key=lambda row: (row[0], row[3])), strict=True)) if rows else [()] * len(_NAMES)
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype="object") for name, values in zip(_NAMES, columns, strict=True)}
    )
    for name in ("show", "event", "tickets", "amount"):
        frame[name] = integers(frame[name])
    frame["by"] = frame["by"].fillna("")
    return frame
