"""Attendance: tickets that were admitted, and no-shows."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Max, Min, Q
from django.utils import formats
from django.utils.translation import gettext

from door.attendance import with_attendance
from door.models import CheckIn, UnticketedPerson
from events.models import Show
from reports.definitions.tables import describe_request, local, percent
from reports.periods import within
from reports.results import Chart, Column, Kind, ReportRequest, ReportResult, Row, Series

CHART_SHOWS = 40


def build(request: ReportRequest) -> ReportResult:
    found = within("starts_at", request.period, request.theaters, theater_path="hall__theater")
    found &= Q(starts_at__lte=request.now, state__in=[Show.State.ON_SALE, Show.State.ENDED])
    if request.event is not None:
        found &= Q(event=request.event)
    counted = with_attendance(Show.objects.filter(found))
    shows = list(counted.select_related("event", "hall__theater__city").order_by("starts_at", "pk"))
    entries = CheckIn.objects.filter(ticket__show__in=shows).order_by()
    arrivals = entries.arrivals().values_list("ticket__show_id").annotate(first=Min("at"), last=Max("at"))
    times = {pk: (first, last) for pk, first, last in arrivals}
    turned_away = dict(entries.turned_away().values_list("ticket__show_id").annotate(number=Count("pk")))
    unticketed = dict(
        UnticketedPerson.objects.filter(show__in=shows, undone_at=None)
        .order_by()
        .values_list("show_id")
        .annotate(number=Count("pk"))
    )
    rows, drawn = [], []
    sums: Counter[str] = Counter()
    for show in shows:
        zone = show.hall.theater.tz
        tickets, number, refused = show.issued, show.came, turned_away.get(show.pk, 0)
        first, last = times.get(show.pk, (None, None))
        missing = tickets - number
        sums["unticketed"] += unticketed.get(show.pk, 0)
        is_known = bool(number or refused)
        if is_known:
            label = f"{show.event.title} {formats.date_format(local(show.starts_at, zone), 'SHORT_DATETIME_FORMAT')}"
            drawn.append((label, number, missing))
            sums.update(tickets=tickets, came=number, missing=missing, refused=refused)
        rows.append(
            Row(
                (
                    local(show.starts_at, zone),
                    show.event.title,
                    show.hall.name,
                    show.hall.theater.name,
                    tickets,
                    number if is_known else None,
                    missing if is_known else None,
                    percent(missing, tickets) if is_known else None,
                    refused,
                    unticketed.get(show.pk, 0),
                    local(first, zone) if first else None,
                    local(last, zone) if last else None,
                )
            )
        )
    columns = [
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("Event")),
        Column(gettext("Hall")),
        Column(gettext("Theater"), may_hide=True),
        Column(gettext("Tickets"), Kind.INTEGER),
        Column(gettext("Came"), Kind.INTEGER),
        Column(gettext("Did not come"), Kind.INTEGER),
        Column(gettext("No-shows"), Kind.PERCENT),
        Column(gettext("Refused scans"), Kind.INTEGER),
        Column(gettext("Without a ticket"), Kind.INTEGER, hides_zero=True),
        Column(gettext("First entry"), Kind.DATETIME),
        Column(gettext("Last entry"), Kind.DATETIME),
    ]
    share = percent(sums["missing"], sums["tickets"])
    names = (gettext("Total of those scanned"), None, None, None)
    total = Row(
        (*names, sums["tickets"], sums["came"], sums["missing"], share, sums["refused"], sums["unticketed"], None, None)
    )
    labels = [label for label, _came, _missing in drawn[-CHART_SHOWS:]]
    series = [
        Series(gettext("Came"), [came for _label, came, _missing in drawn[-CHART_SHOWS:]]),
        Series(gettext("Did not come"), [missing for _label, _came, missing in drawn[-CHART_SHOWS:]]),
    ]
    return ReportResult(
        title=gettext("Check-in and no-shows"),
        subtitle=describe_request(request),
        columns=columns,
        rows=rows,
        totals=[total] if rows else [],
        charts=[Chart("bar", gettext("Who came"), labels, series)],
        notes=[
            gettext("Shows that have begun. A ticket counts once it was admitted, however often it went in and out."),
            gettext("A show without any scans says nothing about who came."),
            gettext("Press, staff and guests whom the door counted in stand apart from the tickets."),
        ],
    )
