"""Sales by day, show, event, channel or ticket type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext

from bookings.models import Booking
from events.models import Event, TicketType
from reports.definitions.tables import chart_by, describe_request, make_rows, make_totals, name_shows, sales_measures
from reports.figures import add_local_days, read_lines, total_by
from reports.results import Cell, Column, Kind, ReportRequest, ReportResult

Names = tuple[list[Column], Callable[[dict[str, Any]], tuple[Cell, ...]], Callable[[dict[str, Any]], str]]


def build(request: ReportRequest) -> ReportResult:
    also = Q(show__event=request.event) if request.event else None
    lines = read_lines(request.theaters, request.period, also=also)
    key = request.group_by
    if key == "day":
        add_local_days(lines, "at", "day")
    table = total_by(lines, [key])
    columns, name_of, label_of = _name(key, list(table[key]))
    if key in ("show", "event", "ticket_type"):
        table = table.assign(label=[name_of(row) for row in table.to_dict("records")]).sort_values("label")
    measures = sales_measures()
    kind = "line" if key == "day" else "bar"
    return ReportResult(
        title=gettext("Sales"),
        subtitle=describe_request(request),
        columns=[*columns, *(measure.column for measure in measures)],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, len(columns)),
        charts=chart_by(table, "gross", gettext("Gross"), label_of=label_of, kind=kind),
        notes=[gettext("Sales count on the day they were confirmed. Later refunds are deducted from that day.")],
    )


def _name(key: str, values: list[Any]) -> Names:
    if key == "day":
        return (
            [Column(gettext("Day"), Kind.DATE)],
            lambda record: (record["day"],),
            lambda record: formats.date_format(record["day"], "SHORT_DATE_FORMAT"),
        )
    if key == "show":
        shows = name_shows(values)
        return (
            [
                Column(gettext("Starts"), Kind.DATETIME),
                Column(gettext("Event")),
                Column(gettext("Hall")),
                Column(gettext("Theater"), may_hide=True),
            ],
            lambda record: (
                (show := shows[record["show"]]).starts_at,
                show.title,
                show.hall,
                show.theater,
            ),
            lambda record: shows[record["show"]].short,
        )
    if key == "event":
        events = Event.objects.in_bulk([int(value) for value in values])
        return (
            [Column(gettext("Event")), Column(gettext("Kind"))],
            lambda record: ((event := events[record["event"]]).title, str(event.get_kind_display())),
            lambda record: events[record["event"]].title,
        )
    if key == "ticket_type":
        types = TicketType.objects.select_related("theater").in_bulk([int(value) for value in values])
        return (
            [Column(gettext("Ticket type")), Column(gettext("Theater"), may_hide=True)],
            lambda record: ((found := types[record["ticket_type"]]).name, found.theater.name),
            lambda record: f"{(found := types[record['ticket_type']]).name}, {found.theater.name}",
        )
    labels = {str(value): str(label) for value, label in Booking.Channel.choices}
    return (
        [Column(gettext("Channel"))],
        lambda record: (labels[record["channel"]],),
        lambda record: labels[record["channel"]],
    )
