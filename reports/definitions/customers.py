"""Customers: new, returning and lapsed ones.

A person is an e-mail address, so that a guest who has an account counts once. Box-office bookings
without an address belong to unknown people.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Case, CharField, Count, F, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils.translation import gettext

from bookings.models import Booking
from reports.definitions.tables import describe_request, percent
from reports.periods import Period, within
from reports.results import Cell, Chart, Column, Kind, ReportRequest, ReportResult, Row, Series
from reports.thousandths import Thousandths, to_decimal

YEAR = timedelta(days=365)
BEGINNING = date(2000, 1, 1)
_PERSON = Case(
    When(email__gt="", then=Lower("email")),
    When(customer__isnull=False, then=Concat(Value("account "), Cast("customer_id", CharField()))),
    default=Value(""),
)


def build(request: ReportRequest) -> ReportResult:
    period = request.period
    if period is None:
        raise ValueError("Customers are new or lapsed in a period.")
    inside = _within(request, period)
    day_before = period.first - timedelta(days=1)
    before = _within(request, Period(BEGINNING, day_before))
    year_before = _within(request, Period(period.first - YEAR, day_before))
    people = (
        Booking.objects.filter(inside | before, confirmed_at__isnull=False, kind=Booking.Kind.SALE)
        .order_by()
        .values(person=_PERSON, money=F("currency"))
        .annotate(
            inside=Count("pk", filter=inside),
            before=Count("pk", filter=before),
            lately=Count("pk", filter=year_before),
            gross=Coalesce(Sum(Thousandths("total"), filter=inside), Value(0)),
        )
    )
    # By currency and kind of customer: people, bookings, gross.
    groups: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in people.iterator(chunk_size=5000):
        if row["person"] == "":
            kind = "unknown"
        elif not row["inside"]:
            kind = "lapsed" if row["lately"] else ""
        else:
            kind = "returning" if row["before"] else "new"
        group = groups[row["money"], kind]
        group[0] += kind != "unknown"
        group[1] += row["inside"]
        group[2] += row["gross"]
    return _describe(request, groups)


def _within(request: ReportRequest, period: Period) -> Q:
    return within("confirmed_at", period, request.theaters, theater_path="theater")


def _describe(request: ReportRequest, groups: dict[tuple[str, str], list[int]]) -> ReportResult:
    names = {
        "new": gettext("New: their first booking ever"),
        "returning": gettext("Returning: had booked before"),
        "unknown": gettext("Not known: no address at the box office"),
        "lapsed": gettext("Lapsed: booked in the year before, not in these days"),
    }
    rows, totals, charts = [], [], []
    for currency in sorted({currency for currency, _kind in groups}):
        own = {kind: groups[currency, kind] for kind in names if (currency, kind) in groups}
        came = [sum(group[place] for kind, group in own.items() if kind != "lapsed") for place in range(3)]
        for kind, (number, bookings, gross) in own.items():
            figures: tuple[Cell, ...] = (None, None, None)
            if kind != "lapsed":
                figures = (bookings, to_decimal(gross, currency), percent(gross, came[2]))
            people = number if kind != "unknown" else None
            rows.append(Row((names[kind], currency, people, *figures), currency))
        whole = to_decimal(came[2], currency)
        totals.append(
            Row((gettext("Total, without lapsed"), currency, came[0], came[1], whole, percent(1, 1)), currency)
        )
        labels = [names[kind].partition(":")[0] for kind in own if kind != "unknown"]
        values = [group[0] for kind, group in own.items() if kind != "unknown"]
        charts.append(
            Chart("bar", f"{gettext('Customers')} ({currency})", labels, [Series(gettext("Customers"), values)])
        )
    return ReportResult(
        title=gettext("Customers"),
        subtitle=describe_request(request),
        columns=[
            Column(gettext("Customers")),
            Column(gettext("Paying in"), may_hide=True),
            Column(gettext("People"), Kind.INTEGER),
            Column(gettext("Bookings"), Kind.INTEGER),
            Column(gettext("Gross"), Kind.MONEY),
            Column(gettext("Share of gross"), Kind.PERCENT),
        ],
        rows=rows,
        totals=totals,
        charts=charts,
        notes=[gettext("A person is an e-mail address. People who pay in two currencies count in each.")],
    )
