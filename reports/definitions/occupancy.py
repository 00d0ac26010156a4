"""Occupancy of past shows by zone of the hall, weekday or show, and the forecast of coming ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from babel.dates import get_day_names
from django.db.models import Count, Q, Sum
from django.utils import formats
from django.utils.translation import get_language, gettext

from bookings.models import Ticket
from events.models import Show
from reports.definitions.tables import CHART_POINTS, describe_request, local, percent
from reports.forecast import forecast_show, read_curves, read_earlier, with_places
from reports.periods import Span, find_period, within
from reports.results import Cell, Chart, Column, Kind, ReportRequest, ReportResult, Row, Series
from theaters.models import Area, Seat, SeatCategory


def build(request: ReportRequest) -> ReportResult:
    if request.group_by == "forecast":
        request = _look_ahead(request)
    found = within("starts_at", request.period, request.theaters, theater_path="hall__theater")
    if request.event is not None:
        found &= Q(event=request.event)
    rows = Show.objects.filter(found, state__in=[Show.State.ON_SALE, Show.State.ENDED])
    shows = list(with_places(rows.order_by("starts_at", "pk")))
    if request.group_by == "forecast":
        return _forecast(request, [show for show in shows if show.starts_at > request.now])
    keys = {"zone": _by_zone, "weekday": _by_weekday, "show": _by_show}
    return keys[request.group_by](request, shows)


def _look_ahead(request: ReportRequest) -> ReportRequest:
    """Return the request for the next 30 days if its own are over: the past has no forecast."""
    today = request.now.astimezone(request.theaters[0].tz).date()
    if request.period is not None and request.period.last < today:
        return replace(request, period=find_period(Span.NEXT_30_DAYS, today))
    return request


def _by_zone(request: ReportRequest, shows: Sequence[Show]) -> ReportResult:
    """Add up zones of the same name, whatever their seat map's version: staff think of “the balcony”."""
    capacities = _read_capacities({show.seat_map_id for show in shows})
    taken: Counter[int] = Counter()
    tickets = Ticket.objects.issued().filter(show__in=shows).order_by()
    for category, number in tickets.values_list("category_id").annotate(number=Count("pk")):
        taken[category] += number
    categories = {
        row.pk: row
        for row in SeatCategory.objects.filter(seat_map__in={show.seat_map_id for show in shows}).select_related(
            "seat_map__hall"
        )
    }
    theaters = {show.seat_map_id: show.hall.theater for show in shows}
    played = Counter(show.seat_map_id for show in shows)
    zones: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for pk, category in categories.items():
        theater = theaters[category.seat_map_id]
        zone = zones[theater.name, category.seat_map.hall.name, category.rank, category.name]
        zone[0] += played[category.seat_map_id]
        zone[1] += capacities.get(pk, 0) * played[category.seat_map_id]
        zone[2] += taken[pk]
    table = [_Line((name, hall, theater), *numbers) for (theater, hall, _rank, name), numbers in sorted(zones.items())]
    columns = [Column(gettext("Zone")), Column(gettext("Hall")), Column(gettext("Theater"), may_hide=True)]
    return _result(request, columns, table)


def _by_weekday(request: ReportRequest, shows: Sequence[Show]) -> ReportResult:
    taken = _count_taken(shows)
    days: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for show in shows:
        day = days[show.starts_at.astimezone(show.hall.theater.tz).weekday()]
        day[0] += 1
        day[1] += show.seat_map.capacity
        day[2] += taken[show.pk]
    names = get_day_names("wide", "stand-alone", locale=(get_language() or "en").replace("-", "_"))
    table = [_Line((str(names[day]),), *numbers) for day, numbers in sorted(days.items())]
    return _result(request, [Column(gettext("Weekday"))], table)


def _by_show(request: ReportRequest, shows: Sequence[Show]) -> ReportResult:
    taken = _count_taken(shows)
    table = [_Line(_name(show), 1, show.seat_map.capacity, taken[show.pk]) for show in shows]
    return _result(request, _show_columns(), table)


def _forecast(request: ReportRequest, shows: Sequence[Show]) -> ReportResult:
    earlier = read_earlier(request.theaters, request.now)
    curves = {curve.pk: curve for curve in read_curves(shows)}
    rows, unknown = [], 0
    for show in shows:
        curve = curves[show.pk]
        found = forecast_show(curve, earlier, request.now)
        unknown += found is None
        rows.append(
            Row(
                (
                    *_name(show),
                    curve.capacity,
                    curve.sold,
                    percent(curve.sold, curve.capacity),
                    found.expected if found else None,
                    percent(found.expected, curve.capacity) if found else None,
                    Decimal(f"{found.error:.1f}") if found else None,
                    found.based_on if found else None,
                )
            )
        )
    columns = [
        *_show_columns(),
        Column(gettext("Places"), Kind.INTEGER),
        Column(gettext("Taken now"), Kind.INTEGER),
        Column(gettext("Occupancy now"), Kind.PERCENT),
        Column(gettext("Forecast"), Kind.INTEGER),
        Column(gettext("Forecast occupancy"), Kind.PERCENT),
        Column(gettext("Past error, points"), Kind.DECIMAL),
        Column(gettext("From shows"), Kind.INTEGER),
    ]
    labels = [f"{row.cells[1]} {_write(row.cells[0])}" for row in rows[:CHART_POINTS]]
    series = [
        Series(gettext("Occupancy now"), [_percent_of(row, 6) for row in rows[:CHART_POINTS]]),
        Series(gettext("Forecast occupancy"), [_percent_of(row, 8) for row in rows[:CHART_POINTS]]),
    ]
    notes = [
        gettext("A forecast, not a figure: each coming show gains as much of its hall as similar earlier shows did."),
        gettext(
            "Past error: by how many points of occupancy this missed when each of those earlier shows was forecast."
        ),
    ]
    if unknown:
        notes.append(gettext("Not enough history for %d of these shows: fewer than five earlier ones.") % unknown)
    return ReportResult(
        title=gettext("Occupancy: forecast"),
        subtitle=describe_request(request),
        columns=columns,
        rows=rows,
        charts=[Chart("bar", gettext("Occupancy, %"), labels, series)],
        notes=notes,
    )


def _percent_of(row: Row, place: int) -> Decimal | None:
    cell = row.cells[place]
    return cell if isinstance(cell, Decimal) else None


class _Line(NamedTuple):
    """One row: its names, how many shows, their places and how many are taken."""

    names: tuple[Cell, ...]
    shows: int
    places: int
    taken: int


def _result(request: ReportRequest, names: list[Column], table: Sequence[_Line]) -> ReportResult:
    columns = [
        *names,
        Column(gettext("Shows"), Kind.INTEGER),
        Column(gettext("Places"), Kind.INTEGER),
        Column(gettext("Taken"), Kind.INTEGER),
        Column(gettext("Occupancy"), Kind.PERCENT),
    ]
    rows = [Row((*line.names, line.shows, line.places, line.taken, percent(line.taken, line.places))) for line in table]
    places, taken = sum(line.places for line in table), sum(line.taken for line in table)
    # A show counts in each of its zones, so the counts do not add up.
    shows = None if request.group_by == "zone" else sum(line.shows for line in table)
    total = Row((gettext("Total"), *[None] * (len(names) - 1), shows, places, taken, percent(taken, places)))
    shown = table[:CHART_POINTS]
    labels = [" ".join(_write(cell) for cell in line.names[:2]) for line in shown]
    values = Series(gettext("Occupancy"), [percent(line.taken, line.places) for line in shown])
    return ReportResult(
        title=gettext("Occupancy"),
        subtitle=describe_request(request),
        columns=columns,
        rows=rows,
        totals=[total] if rows else [],
        charts=[Chart("bar", gettext("Occupancy, %"), labels, [values])],
        notes=[gettext("Taken places are those with a valid ticket; held places and canceled shows do not count.")],
    )


def _write(cell: Cell) -> str:
    return formats.date_format(cell, "SHORT_DATETIME_FORMAT") if isinstance(cell, datetime) else str(cell)


def _show_columns() -> list[Column]:
    return [
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("Event")),
        Column(gettext("Hall")),
        Column(gettext("Theater"), may_hide=True),
    ]


def _name(show: Show) -> tuple[Cell, ...]:
    theater = show.hall.theater
    return (local(show.starts_at, theater.tz), show.event.title, show.hall.name, theater.name)


def _count_taken(shows: Sequence[Show]) -> Counter[int]:
    tickets = Ticket.objects.issued().filter(show__in=shows).order_by()
    return Counter(dict(tickets.values_list("show_id").annotate(number=Count("pk"))))


def _read_capacities(seat_maps: set[int]) -> Counter[int]:
    """Return how many places each category has, in seats and areas. Two queries."""
    places: Counter[int] = Counter()
    for rows in (
        Seat.objects.filter(seat_map__in=seat_maps).order_by().values_list("category_id").annotate(number=Count("pk")),
        Area.objects.filter(seat_map__in=seat_maps)
        .order_by()
        .values_list("category_id")
        .annotate(number=Sum("capacity")),
    ):
        for category, number in rows:
            places[category] += number
    return places
