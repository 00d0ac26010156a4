"""Advance sales: coming shows against earlier ones at the same point before their start."""

from __future__ import annotations

from statistics import fmean

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext

from events.models import Show
from reports.definitions.tables import CHART_POINTS, describe_request, local
from reports.figures import read_lines_where
from reports.forecast import BookingCurve, find_similar, read_curves, read_earlier, with_places
from reports.periods import within
from reports.results import Chart, Column, Kind, ReportRequest, ReportResult, Row, Series
from reports.thousandths import to_decimal


def build(request: ReportRequest) -> ReportResult:
    found = within("starts_at", request.period, request.theaters, theater_path="hall__theater")
    found &= Q(starts_at__gt=request.now, state=Show.State.ON_SALE)
    if request.event is not None:
        found &= Q(event=request.event)
    shows = list(with_places(Show.objects.filter(found).order_by("starts_at", "pk")))
    earlier = read_earlier(request.theaters, request.now)
    curves = {curve.pk: curve for curve in read_curves(shows)}
    lines = read_lines_where(Q(show__in=shows))
    gross = lines.groupby("show")[["gross", "refunded", "exchanged"]].sum()
    kept = {int(pk): int(row["gross"] - row["refunded"] - row["exchanged"]) for pk, row in gross.iterrows()}
    rows, drawn = [], []
    for show in shows:
        theater, curve = show.hall.theater, curves[show.pk]
        lead = show.starts_at - request.now
        compared, what = _compare(curve, earlier)
        then = round(fmean(one.sold_before(lead) for one in compared)) if compared else None
        starts_at = formats.date_format(local(show.starts_at, theater.tz), "SHORT_DATETIME_FORMAT")
        drawn.append((f"{show.event.title} {starts_at}", curve.sold, then))
        rows.append(
            Row(
                (
                    local(show.starts_at, theater.tz),
                    show.event.title,
                    show.hall.name,
                    theater.name,
                    lead.days,
                    curve.sold,
                    to_decimal(kept.get(show.pk, 0), theater.currency),
                    then,
                    curve.sold - then if then is not None else None,
                    round(fmean(one.sold for one in compared)) if compared else None,
                    len(compared),
                    what,
                ),
                theater.currency,
            )
        )
    series = [
        Series(gettext("Sold"), [sold for _label, sold, _then in drawn[:CHART_POINTS]]),
        Series(gettext("Earlier shows then"), [then for _label, _sold, then in drawn[:CHART_POINTS]]),
    ]
    columns = [
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("Event")),
        Column(gettext("Hall")),
        Column(gettext("Theater"), may_hide=True),
        Column(gettext("Days to go"), Kind.INTEGER),
        Column(gettext("Sold"), Kind.INTEGER),
        Column(gettext("Gross less refunds"), Kind.MONEY),
        Column(gettext("Earlier shows then"), Kind.INTEGER),
        Column(gettext("Difference"), Kind.INTEGER),
        Column(gettext("Earlier shows in the end"), Kind.INTEGER),
        Column(gettext("Compared with"), Kind.INTEGER),
        Column(gettext("which are")),
    ]
    return ReportResult(
        title=gettext("Advance sales"),
        subtitle=describe_request(request),
        columns=columns,
        rows=rows,
        charts=[Chart("bar", gettext("Tickets"), [label for label, _sold, _then in drawn[:CHART_POINTS]], series)],
        notes=[
            gettext("Valid tickets now, and the mean of earlier shows at the same point before their start."),
            gettext("Compared with earlier shows of the same event there; where there are none, with similar shows."),
        ],
    )


def _compare(curve: BookingCurve, earlier: list[BookingCurve]) -> tuple[list[BookingCurve], str]:
    same = [one for one in earlier if one.event == curve.event and one.theater == curve.theater]
    if same:
        return same, gettext("of the same event")
    similar = find_similar(curve, earlier)
    return similar, gettext("similar") if similar else gettext("none: not enough history")
