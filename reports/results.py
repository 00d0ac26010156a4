"""The result of a report: typed columns, rows, totals for each currency, and charts, for files and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.text import Truncator

from events.models import Event
from reports.periods import Period
from theaters.models import Theater

MAX_LABEL_LENGTH = 22

Cell = str | int | Decimal | date | datetime | None


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    PERCENT = "percent"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True)
class Column:
    """Moments are local to their theater and naive; percentages are `Decimal`, 12.5 for 12.5 %."""

    title: str
    kind: Kind = Kind.TEXT
    # Left out on pages and paper if it is the same in every row.
    may_hide: bool = False
    # Left out on pages and paper if it is zero in every row.
    hides_zero: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in {Kind.INTEGER, Kind.MONEY, Kind.PERCENT, Kind.DECIMAL}


@dataclass(frozen=True)
class Row:
    """Amounts in `cells` are in `currency`."""

    cells: tuple[Cell, ...]
    currency: str = ""


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[int | Decimal | None]


@dataclass(frozen=True)
class Chart:
    """A picture of figures that the table has, too."""

    kind: str  # "bar" or "line"
    title: str
    labels: Sequence[str]
    series: Sequence[Series]

    def short_labels(self) -> list[str]:
        """Return the labels, cut to fit below a chart; the table has them in full."""
        return [Truncator(label).chars(MAX_LABEL_LENGTH) for label in self.labels]


@dataclass(frozen=True)
class ReportResult:
    """`rows` may be a generator, to be read once; `expected` is how many it yields.

    Files bear the brand of `theater_id`, or the site's if it covers theaters of several.
    """

    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    totals: Sequence[Row] = ()
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = ()
    expected: int | None = None
    theater_id: int | None = None

    @property
    def drawn_charts(self) -> list[Chart]:
        """Charts with more than one label: with one, there is nothing to compare."""
        return [chart for chart in self.charts if len(chart.labels) > 1]

    @property
    def has_money(self) -> bool:
        return any(column.kind == Kind.MONEY for column in self.columns)


def compact(result: ReportResult) -> ReportResult:
    """Return a result for people to read, without columns that say nothing."""
    rows = list(result.rows)
    columns = list(zip(*(row.cells for row in rows), strict=True)) if rows else [()] * len(result.columns)
    kept = [
        place
        for place, column in enumerate(result.columns)
        if not (column.may_hide and len(set(columns[place])) <= 1)
        and not (column.hides_zero and not any(columns[place]))
    ]

    def narrow(row: Row) -> Row:
        return Row(tuple(row.cells[place] for place in kept), row.currency)

    return replace(
        result,
        columns=[result.columns[place] for place in kept],
        rows=[narrow(row) for row in rows],
        totals=[narrow(row) for row in result.totals],
    )


@dataclass(frozen=True)
class ReportRequest:
    """What a report is to cover: theaters whose figures the person may see, days, and the report's own choices."""

    theaters: Sequence[Theater]
    now: datetime
    period: Period | None = None
    event: Event | None = None
    group_by: str = ""
    options: dict[str, str] = field(default_factory=dict)
