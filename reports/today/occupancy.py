"""How full shows are: coming ones each, past ones by weekday and hour."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import time, timedelta

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format, time_format
from django.utils.text import Truncator
from django.utils.translation import gettext

from accounts.roles import Capability
from events.models import Show
from lib.moments import write_moment
from reports.today.scope import Scope
from reports.today.selling import SellingShow

OCCUPANCY_WEEKS = 12
# The past changes little: no need to read twelve weeks again each minute.
OCCUPANCY_CACHE_SECONDS = 900
MAX_SHOWS = 6000
HEAT_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """Shows that began in one hour of one weekday: how many, and how full in percent; empty without any."""

    shows: int = 0
    percent: int = 0

    @property
    def level(self) -> int:
        """From 1, nearly empty, to 5, nearly full."""
        return min(self.percent * HEAT_LEVELS // 100 + 1, HEAT_LEVELS)


@dataclass(frozen=True)
class Occupancy:
    """`rows` are weekdays from the first of the week, each with a cell for every hour in `hours`."""

    hours: list[str]
    rows: list[tuple[str, list[Cell]]]
    weeks: int = OCCUPANCY_WEEKS


def read_occupancy(scope: Scope) -> Occupancy:
    """Read how full the shows of the last weeks were, by the clocks of their theaters. One statement."""
    filled = scope.keep(
        "occupancy", Capability.SEE_BOOKINGS, read=lambda: _add_up(scope), seconds=OCCUPANCY_CACHE_SECONDS
    )
    hours = sorted({hour for _weekday, hour in filled})
    # 0 is Sunday in the languages' formats, and Monday in dates.
    first = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7
    order = [(first + step) % 7 for step in range(7)]
    rows = [(str(WEEKDAYS[weekday]), [_make_cell(filled.get((weekday, hour))) for hour in hours]) for weekday in order]
    return Occupancy([time_format(time(hour), "TIME_FORMAT") for hour in hours], rows)


def chart_of(coming: list[SellingShow]) -> tuple[str, str]:
    """Return the chart of the next shows as Chart.js takes it: data and options."""
    starts = [write_moment(row.starts_at, row.starts_at.tzinfo, "D j M H:i") for row in coming]
    labels = [[start, Truncator(row.title).chars(24)] for start, row in zip(starts, coming, strict=True)]
    bars = {
        "label": gettext("sold, in percent"),
        "data": [row.percent for row in coming],
        "backgroundColor": "var(--color-primary-600)",
        "maxBarThickness": 14,
        "borderRadius": 2,
    }
    options = {
        "indexAxis": "y",
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"display": False}},
        "scales": {
            "x": {"min": 0, "max": 100, "ticks": {"color": "#808080"}},
            "y": {"ticks": {"color": "#808080", "autoSkip": False}, "grid": {"display": False}},
        },
    }
    return json.dumps({"labels": labels, "datasets": [bars]}), json.dumps(options)


def _add_up(scope: Scope) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Return shows, tickets and places by weekday and hour."""
    shows = (
        Show.objects.filter(
            hall__theater__in=scope.ids(Capability.SEE_BOOKINGS),
            state__in=(Show.State.ON_SALE, Show.State.ENDED),
            starts_at__gte=scope.now - timedelta(weeks=OCCUPANCY_WEEKS),
            starts_at__lt=scope.now,
        )
        .order_by("-starts_at", "pk")
        .values_list("starts_at", "hall__theater_id", F("seat_map__capacity"))
        .annotate(sold=Count("tickets", filter=Q(tickets__state="issued")))[:MAX_SHOWS]
    )
    zones = {place.id: place.zone for place in scope.places}
    filled: dict[tuple[int, int], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for starts_at, theater, places, sold in shows:
        starts = timezone.localtime(starts_at, zones[theater])
        count, tickets, capacity = filled[starts.weekday(), starts.hour]
        filled[starts.weekday(), starts.hour] = count + 1, tickets + sold, capacity + places
    return dict(filled)


def _make_cell(filled: tuple[int, int, int] | None) -> Cell:
    if filled is None:
        return Cell()
    shows, sold, places = filled
    return Cell(shows, round(100 * sold / places) if places else 0)
