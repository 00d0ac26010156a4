"""Refunds and cancellations: money paid back or due, and tickets canceled without a refund."""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.db.models import Count, Exists, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import formats
from django.utils.translation import gettext

from bookings.models import Booking, Ticket
from events.models import Event
from payments.models import Refund, RefundLine
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
    """Return a row for each refund and show, and for each show canceled without a refund. Three queries.

    What of a refund is for no ticket in particular belongs to the first show of its booking.
    """
    asked = within("created_at", request.period, request.theaters, theater_path="payment__booking__theater")
    # A failed refund that staff made good is counted as its remedy.
    refunds = Refund.objects.filter(asked, remedy__isnull=True)
    zone = "theater__city__time_zone"
    parts = RefundLine.objects.filter(refund__in=refunds).order_by()
    of_refund = RefundLine.objects.filter(refund=OuterRef("pk")).order_by().values("refund")
    lined = Coalesce(Subquery(of_refund.annotate(sum=Sum(Thousandths("amount"))).values("sum")), Value(0))
    first = Ticket.objects.filter(booking=OuterRef("payment__booking")).order_by("show__starts_at", "pk")
    rest = refunds.annotate(
        rest=Thousandths("amount") - lined,
        show=Subquery(first.values("show")[:1]),
        event=Subquery(first.values("show__event")[:1]),
    ).filter(rest__gt=0)
    booked = within("booking__canceled_at", request.period, request.theaters, theater_path="booking__theater")
    gone = Ticket.objects.filter(booked, booking__confirmed_at__isnull=False, booking__state=Booking.State.CANCELED)
    gone = gone.exclude(Exists(Refund.objects.filter(payment__booking=OuterRef("booking")))).order_by()
    if request.event is not None:
        parts, gone = parts.filter(ticket__show__event=request.event), gone.filter(show__event=request.event)
        rest = rest.filter(event=request.event.pk)
    rows = [
        *parts.values_list(
            F("refund__created_at"),
            F(f"refund__payment__booking__{zone}"),
            F("refund__payment__received_currency"),
            F("refund__payment__booking__code"),
            F("ticket__show_id"),
            F("ticket__show__event_id"),
            F("refund__state"),
            F("refund__reason"),
            F("refund__made_by__name"),
        ).annotate(number=Count("pk"), whole=Sum(Thousandths("amount"))),
        *rest.values_list(
            "created_at",
            F(f"payment__booking__{zone}"),
            F("payment__received_currency"),
            F("payment__booking__code"),
            "show",
            "event",
            "state",
            "reason",
            F("made_by__name"),
            Value(0),
            "rest",
        ),
        *gone.values_list(
            F("booking__canceled_at"),
            F(f"booking__{zone}"),
            F("booking__currency"),
            F("booking__code"),
            "show_id",
            F("show__event_id"),
            Value(""),
            Value(""),
            Value(""),
        ).annotate(number=Count("pk"), whole=Value(0)),
    ]
    columns = list(zip(*sorted(rows, key=lambda row: (row[0], row[3])), strict=True)) if rows else [()] * len(_NAMES)
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype="object") for name, values in zip(_NAMES, columns, strict=True)}
    )
    for name in ("show", "event", "tickets", "amount"):
        frame[name] = integers(frame[name])
    frame["by"] = frame["by"].fillna("")
    return frame
