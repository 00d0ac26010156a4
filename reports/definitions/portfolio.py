"""A theater's portfolio: each event with its shows, bookings and ratings. As CSV, one file per theater."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from django.db.models import Q
from django.utils.translation import gettext

from events.models import Show
from reports.definitions.tables import chart_by, count, describe_request, exchanged, make_totals, money, percent
from reports.figures import read_lines_where, total_by
from reports.forecast import with_places
from reports.periods import within
from reports.results import Column, Kind, ReportRequest, ReportResult, Row
from reports.thousandths import integers, to_decimal


def build(request: ReportRequest) -> ReportResult:
    found = within("starts_at", request.period, request.theaters, theater_path="hall__theater")
    shows = list(with_places(Show.objects.filter(found).exclude(state=Show.State.DRAFT).order_by("starts_at", "pk")))
    lines = read_lines_where(Q(show__in=shows))
    lines["bookings"] = (~lines["booking"].duplicated()).astype("Int64")
    lines["good"] = lines["sold"] + lines["free"] - lines["canceled"]
    sums = total_by(lines, ["theater", "event"], ["bookings", "good", "gross", "refunded", "exchanged", "net"])
    sold = {(int(row["theater"]), int(row["event"])): row for row in sums.to_dict("records")}
    records = []
    for (theater_id, event_id), own in _group(shows).items():
        figures: dict[str, Any] = sold.get((theater_id, event_id), {})
        played = [show for show in own if show.state != Show.State.CANCELED]
        records.append(
            {
                "theater": own[0].hall.theater,
                "event": own[0].event,
                "currency": figures.get("currency", own[0].hall.theater.currency),
                "shows": len(own),
                "off": len(own) - len(played),
                "places": sum(show.seat_map.capacity for show in played),
                **{
                    name: int(figures.get(name, 0))
                    for name in ("bookings", "good", "gross", "refunded", "exchanged", "net")
                },
            }
        )
    records.sort(key=lambda record: (record["theater"].name, record["event"].title))
    counts = [
        count("shows", gettext("Shows")),
        count("off", gettext("Canceled shows")),
        count("places", gettext("Places")),
        count("bookings", gettext("Bookings")),
        count("good", gettext("Tickets")),
    ]
    amounts = [
        money("gross", gettext("Gross")),
        money("refunded", gettext("Refunded")),
        exchanged(),
        money("net", gettext("Net")),
    ]
    measures = [*counts, *amounts]
    rows = [
        Row(
            (
                record["theater"].name,
                record["event"].title,
                str(record["event"].get_kind_display()),
                record["event"].rating_average,
                record["event"].rating_count,
                *(record[measure.name] for measure in counts),
                percent(record["good"], record["places"]),
                *(to_decimal(record[measure.name], record["currency"]) for measure in amounts),
            ),
            record["currency"],
        )
        for record in records
    ]
    return ReportResult(
        title=gettext("Portfolio"),
        subtitle=describe_request(request),
        columns=[
            Column(gettext("Theater"), may_hide=True),
            Column(gettext("Event")),
            Column(gettext("Kind")),
            Column(gettext("Stars"), Kind.DECIMAL),
            Column(gettext("Reviews"), Kind.INTEGER),
            *(measure.column for measure in counts),
            Column(gettext("Occupancy"), Kind.PERCENT),
            *(measure.column for measure in amounts),
        ],
        rows=rows,
        totals=_total(records, measures, len(counts)),
        charts=_chart(records),
        notes=[
            gettext("Shows in this period, with everything ever sold for them. Stars are the event’s in all theaters.")
        ],
    )


def _group(shows: list[Show]) -> dict[tuple[int, int], list[Show]]:
    groups: dict[tuple[int, int], list[Show]] = {}
    for show in shows:
        groups.setdefault((show.hall.theater_id, show.event_id), []).append(show)
    return groups


def _frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(records)
    for name in frame.columns.difference(["theater", "event", "currency"]):
        frame[name] = integers(frame[name])
    return frame


def _total(records: list[dict[str, Any]], measures: list[Any], width: int) -> list[Row]:
    if not records:
        return []
    places, good = Counter[str](), Counter[str]()
    for record in records:
        places[record["currency"]] += record["places"]
        good[record["currency"]] += record["good"]
    totals = make_totals(_frame(records), measures, 5)
    return [
        Row(
            (
                *total.cells[: 5 + width],
                percent(good[total.currency], places[total.currency]),
                *total.cells[5 + width :],
            ),
            total.currency,
        )
        for total in totals
    ]


def _chart(records: list[dict[str, Any]]) -> list[Any]:
    if not records:
        return []
    return chart_by(_frame(records), "net", gettext("Net"), label_of=lambda record: str(record["event"].title))
