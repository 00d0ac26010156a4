"""From frames to results: columns that reports share, names for keys, totals by currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext

from events.models import Show
from reports.results import Cell, Chart, Column, Kind, ReportRequest, Row, Series
from reports.thousandths import to_decimal

# With more bars or points, a chart is unreadable.
CHART_POINTS = 62


@dataclass(frozen=True)
class Measure:
    """A column of figures: its name in the frame, and its title and kind."""

    name: str
    column: Column

    def cell(self, value: Any, currency: str) -> Cell:
        return to_decimal(value, currency) if self.column.kind == Kind.MONEY else int(value)


def count(name: str, title: str) -> Measure:
    return Measure(name, Column(title, Kind.INTEGER))


def money(name: str, title: str) -> Measure:
    return Measure(name, Column(title, Kind.MONEY))


def exchanged() -> Measure:
    """Return the column of what exchanges carried over, which pages leave out if there was none."""
    return Measure("exchanged", Column(gettext("Exchanged"), Kind.MONEY, hides_zero=True))


def sales_measures() -> list[Measure]:
    return [
        count("sold", gettext("Sold")),
        count("free", gettext("Complimentary")),
        count("canceled", gettext("Canceled")),
        money("face", gettext("Prices")),
        money("discount", gettext("Discount")),
        money("fees", gettext("Fees")),
        money("gross", gettext("Gross")),
        money("refunded", gettext("Refunded")),
        exchanged(),
        money("tax", gettext("Tax")),
        money("net", gettext("Net")),
    ]


def make_rows(
    table: pd.DataFrame, measures: Sequence[Measure], name_of: Callable[[dict[str, Any]], tuple[Cell, ...]]
) -> list[Row]:
    """Return a row for each row of a table: its names, then its measures."""
    rows = []
    for record in table.to_dict("records"):
        currency = str(record["currency"])
        cells = (measure.cell(record[measure.name], currency) for measure in measures)
        rows.append(Row((*name_of(record), *cells), currency))
    return rows


def make_totals(table: pd.DataFrame, measures: Sequence[Measure], width: int) -> list[Row]:
    """Return a total for each currency, below `width` columns of names."""
    if table.empty:
        return []
    sums = table.groupby("currency", sort=True)[[measure.name for measure in measures]].sum().reset_index()
    return make_rows(sums, measures, lambda _record: (gettext("Total"), *[None] * (width - 1)))


def chart_by(
    table: pd.DataFrame, measure: str, title: str, *, label_of: Callable[[dict[str, Any]], str], kind: str = "bar"
) -> list[Chart]:
    """Chart one measure of money, a chart for each currency, with the largest values if there are too many."""
    charts = []
    for currency, part in table.groupby("currency", sort=True):
        shown = part
        if kind == "bar" and len(part) > CHART_POINTS:
            shown = part.sort_values(measure, ascending=False).head(CHART_POINTS)
        records = shown.to_dict("records")
        values = [to_decimal(record[measure], str(currency)) for record in records]
        labels = [label_of(record) for record in records]
        charts.append(Chart(kind, f"{title} ({currency})", labels, [Series(title, values)]))
    return charts


def describe_request(request: ReportRequest) -> str:
    """Name the theaters, days and event of a report, for the line below its title."""
    parts = [", ".join(theater.name for theater in request.theaters[:4])]
    if len(request.theaters) > 4:  # noqa: PLR2004 (a line)
        parts[0] += gettext(" and %d more") % (len(request.theaters) - 4)
    if request.period is not None:
        days = [formats.date_format(day, "SHORT_DATE_FORMAT") for day in (request.period.first, request.period.last)]
        parts.append(days[0] if days[0] == days[1] else " – ".join(days))
    if request.event is not None:
        parts.append(request.event.title)
    if len({theater.tz for theater in request.theaters}) > 1:
        parts.append(gettext("days and times by each theater's own clock"))
    return " · ".join(parts)


@dataclass(frozen=True)
class ShowName:
    code: str
    title: str
    starts_at: datetime  # local and naive, as tables hold moments
    hall: str
    theater: str

    @property
    def short(self) -> str:
        return f"{self.title} {formats.date_format(self.starts_at, 'SHORT_DATETIME_FORMAT')}"


def name_shows(pks: Iterable[int]) -> Mapping[int, ShowName]:
    """Return the names of shows by pk. One query."""
    shows = Show.objects.filter(Q(pk__in=[int(pk) for pk in pks])).select_related("event", "hall__theater__city")
    return {
        show.pk: ShowName(
            show.code,
            show.event.title,
            local(show.starts_at, show.hall.theater.tz),
            show.hall.name,
            show.hall.theater.name,
        )
        for show in shows
    }


def local(moment: datetime, zone: Any) -> datetime:
    """Return a moment as local time without a zone, as tables and spreadsheets need it."""
    return timezone.make_naive(moment, zone).replace(microsecond=0)


def percent(part: int, whole: int) -> Decimal | None:
    """Return the part of the whole in percent with one decimal; None if the whole is 0."""
    if not whole:
        return None
    return (Decimal(100 * int(part)) / Decimal(int(whole))).quantize(Decimal("0.1"))
