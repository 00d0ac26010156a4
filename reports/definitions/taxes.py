"""Net, tax and gross of receipts by kind of sale and tax rate, on the day on which the money moved.

An exchange for which nothing was paid counts on its own day: it may change which rate applies.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.db.models import Sum
from django.utils.translation import gettext

from fiscal.models import ReceiptLine
from lib.money import format_percent
from reports.definitions.tables import describe_request, make_rows, make_totals, money
from reports.figures import total_by
from reports.periods import within
from reports.results import Column, ReportRequest, ReportResult
from reports.thousandths import Thousandths, integers

_SUMS = ("net", "tax", "gross")


def build(request: ReportRequest) -> ReportResult:
    moved = within("receipt__moved_at", request.period, request.theaters, theater_path="receipt__theater")
    lines = ReceiptLine.objects.filter(moved, kind__in=ReceiptLine.SOLD).order_by()
    rows = list(
        lines.values_list("kind", "tax_rate", "receipt__currency").annotate(
            gross=Sum(Thousandths("gross")), tax=Sum(Thousandths("tax"))
        )
    )
    frame = pd.DataFrame(rows, columns=["kind", "rate", "currency", "gross", "tax"])
    for name in ("gross", "tax"):
        frame[name] = integers(pd.array(frame[name].tolist(), dtype="Int64"))
    frame["net"] = frame["gross"] - frame["tax"]
    table = total_by(frame, ["kind", "rate"], _SUMS)
    kinds = {str(value): str(label) for value, label in ReceiptLine.Kind.choices}

    def name_of(record: dict[str, Any]) -> tuple[Any, ...]:
        return (kinds[record["kind"]], format_percent(record["rate"]))

    measures = [money("net", gettext("Net")), money("tax", gettext("Tax")), money("gross", gettext("Gross"))]
    return ReportResult(
        title=gettext("Taxes"),
        subtitle=describe_request(request),
        columns=[Column(gettext("Kind")), Column(gettext("Tax rate")), *(measure.column for measure in measures)],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, 2),
        charts=[],
        notes=[
            gettext("From receipts, on the day on which the money came or went back."),
            gettext("Online sales get their receipts within a minute."),
        ],
    )
