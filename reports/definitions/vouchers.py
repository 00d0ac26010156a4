"""Vouchers: their discounts, and the sales made with them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from bookings.models import Voucher
from reports.definitions.tables import chart_by, count, describe_request, exchanged, make_rows, make_totals, money
from reports.figures import read_lines, total_by
from reports.results import Column, ReportRequest, ReportResult


def build(request: ReportRequest) -> ReportResult:
    also = Q(booking__voucher__isnull=False)
    if request.event is not None:
        also &= Q(show__event=request.event)
    lines = read_lines(request.theaters, request.period, also=also)
    # 1 at the first line of each booking, so that sums count bookings.
    lines["bookings"] = (~lines["booking"].duplicated()).astype("Int64")
    measures = [
        count("bookings", gettext("Bookings")),
        count("sold", gettext("Tickets")),
        count("canceled", gettext("Canceled")),
        money("face", gettext("Prices")),
        money("discount", gettext("Discount")),
        money("gross", gettext("Gross")),
        money("refunded", gettext("Refunded")),
        exchanged(),
        money("net", gettext("Net")),
    ]
    table = total_by(lines, ["voucher"], [measure.name for measure in measures])
    vouchers = Voucher.objects.select_related("theater").in_bulk([int(pk) for pk in table["voucher"]])
    table = table.assign(code=[vouchers[pk].code for pk in table["voucher"]]).sort_values("code")

    def name_of(record: dict[str, Any]) -> tuple[str, ...]:
        voucher = vouchers[record["voucher"]]
        return (voucher.code, voucher.theater.name, voucher.takes_off, f"{voucher.used} / {voucher.limit}")

    columns = [
        Column(gettext("Voucher")),
        Column(gettext("Theater"), may_hide=True),
        Column(gettext("Takes off")),
        Column(gettext("Used ever")),
    ]
    return ReportResult(
        title=gettext("Vouchers"),
        subtitle=describe_request(request),
        columns=[*columns, *(measure.column for measure in measures)],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, len(columns)),
        charts=chart_by(table, "discount", gettext("Discount"), label_of=lambda record: str(record["code"])),
        notes=[
            gettext(
                "Bookings confirmed in this period with a voucher. A voucher stays used when its booking is canceled."
            )
        ],
    )
