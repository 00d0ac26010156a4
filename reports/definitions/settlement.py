"""Settlement of each show with the producer or distributor of its event.

The period is that of the shows, not of the sales: a show is settled with everything that was ever
sold for it. The net box office is the gross less refunds, fees and tax. The partner gets the agreed
share of it, and at least the guarantee; the theater keeps the rest, fees included.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from django.db.models import Q
from django.utils.translation import gettext

from lib.money import format_percent
from reports.definitions.tables import (
    chart_by,
    count,
    describe_request,
    exchanged,
    make_rows,
    make_totals,
    money,
    name_shows,
)
from reports.figures import AMOUNTS, COUNTS, read_lines_where, total_by
from reports.models import SettlementTerms
from reports.periods import within
from reports.results import Column, Kind, ReportRequest, ReportResult
from reports.thousandths import divide, to_thousandths, unit_of


def build(request: ReportRequest) -> ReportResult:
    shows = within("show__starts_at", request.period, request.theaters, theater_path="show__hall__theater")
    if request.event is not None:
        shows &= Q(show__event=request.event)
    lines = read_lines_where(shows)
    table = total_by(lines, ["show", "event", "theater"], [*COUNTS, *AMOUNTS])
    table["box_office"] = table["net"] - table["net_fees"]
    table["tickets"] = table["sold"] + table["free"] - table["canceled"]
    terms = {
        (found.event_id, found.theater_id): found
        for found in SettlementTerms.objects.filter(theater__in=request.theaters)
    }
    table = _divide(table, terms)
    names = name_shows(table["show"])
    table = table.assign(starts=[names[pk].starts_at for pk in table["show"]]).sort_values(["starts", "show"])

    def name_of(record: dict[str, Any]) -> tuple[Any, ...]:
        show, found = names[record["show"]], terms.get((record["event"], record["theater"]))
        agreed = format_percent(found.percent) if found else ""
        return (show.starts_at, show.title, show.hall, show.theater, found.partner if found else "", agreed)

    measures = [
        # The result comes first, so that no screen cuts it off.
        money("partner", gettext("Partner gets")),
        money("theirs", gettext("Theater keeps")),
        count("tickets", gettext("Tickets")),
        money("gross", gettext("Gross")),
        money("refunded", gettext("Refunded")),
        exchanged(),
        money("tax", gettext("Tax")),
        money("net", gettext("Net")),
        money("net_fees", gettext("Fees in net")),
        money("box_office", gettext("Net box office")),
    ]
    columns = [
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("Event")),
        Column(gettext("Hall")),
        Column(gettext("Theater"), may_hide=True),
        Column(gettext("Partner"), may_hide=True),
        Column(gettext("Share"), may_hide=True),
    ]
    return ReportResult(
        title=gettext("Settlement"),
        subtitle=describe_request(request),
        columns=[*columns, *(measure.column for measure in measures)],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, len(columns)),
        charts=chart_by(
            table, "box_office", gettext("Net box office"), label_of=lambda record: names[record["show"]].short
        ),
        notes=[
            gettext("Shows in this period, with everything ever sold for them."),
            gettext(
                "The partner gets the share of the net box office, and at least the guarantee. Fees are the theater’s."
            ),
        ],
    )


def _divide(table: pd.DataFrame, terms: dict[tuple[int, int], SettlementTerms]) -> pd.DataFrame:
    """Add what the partner and the theater get; the partner's part is rounded half up to the smallest coin."""
    keys = list(zip(table["event"], table["theater"], strict=True))
    percents = [to_hundredths(terms[key].percent) if key in terms else 0 for key in keys]
    guarantees = [to_thousandths(terms[key].guarantee) if key in terms else 0 for key in keys]
    unit = pd.Series([unit_of(code) for code in table["currency"]], index=table.index, dtype="Int64")
    base = table["box_office"].clip(lower=0)
    part = base * pd.Series(percents, index=table.index, dtype="Int64")
    part = divide(part, unit * 10_000) * unit
    guarantee = pd.Series(guarantees, index=table.index, dtype="Int64")
    table["partner"] = part.where(part >= guarantee, guarantee)
    table["theirs"] = table["net"] - table["partner"]
    return table


def to_hundredths(percent: Decimal) -> int:
    return int((percent * 100).quantize(Decimal(1), ROUND_HALF_UP))
