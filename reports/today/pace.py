"""What sells fast and what does not.

A show's pace is the tickets of the last seven days, by day. At that pace it will have sold so many
when it starts. It is *fast* when it is sold out or will be before it starts, and *slow* when it
starts within two weeks and will not fill two fifths of its places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Capability
from events.models import Show
from reports.today.scope import Scope

AHEAD = timedelta(days=60)
SLOW_WITHIN = timedelta(days=14)
SLOW_BELOW = 40
PACE_DAYS = 7
LISTED = 5
# Shows ahead that are looked at, the next first: two months of a house with 50 shows a day.
MOST = 3000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PaceRow:
    """One show on sale, as far as its pace goes; `title`, `hall` and `url` once it is to be shown."""

    show_id: int
    starts_at: datetime
    capacity: int
    sold: int
    last_day: int
    last_week: int
    days_left: float
    pace: float
    title: str = ""
    hall: str = ""
    url: str = ""

    @property
    def percent(self) -> int:
        return round(100 * self.sold / self.capacity) if self.capacity else 0

    @property
    def forecast(self) -> int:
        """How full it will be, in percent, when the pace stays."""
        full = 100 * (self.sold + self.pace * self.days_left) / self.capacity if self.capacity else 0
        return min(round(full), 100)

    @property
    def is_sold_out(self) -> bool:
        return self.sold >= self.capacity

    @property
    def days_to_sell_out(self) -> float:
        left = max(self.capacity - self.sold, 0)
        return left / self.pace if self.pace else float("inf") if left else 0.0

    @property
    def is_fast(self) -> bool:
        return self.is_sold_out or self.days_to_sell_out < self.days_left

    @property
    def is_slow(self) -> bool:
        return self.days_left <= SLOW_WITHIN.days and self.forecast < SLOW_BELOW


@dataclass(frozen=True)
class Pace:
    fast: list[PaceRow]
    slow: list[PaceRow]
    # The next shows in order, for the chart of how full they are.
    coming: list[PaceRow]
    shows: int


def read_pace(scope: Scope, coming: int = 12) -> Pace:
    """Find the shows that sell fastest and slowest. Two statements."""
    return scope.keep("pace", Capability.SEE_BOOKINGS, lambda: _read(scope, coming))


def _read(scope: Scope, coming: int) -> Pace:
    rows = [_weigh(row, scope.now) for row in _count(scope)]
    rows = [row for row in rows if row.capacity]
    fast = sorted((row for row in rows if row.is_fast), key=lambda row: (row.days_to_sell_out, row.starts_at))[:LISTED]
    slow = sorted((row for row in rows if row.is_slow), key=lambda row: (row.forecast, row.starts_at))[:LISTED]
    named = _name({row.show_id for row in (*fast, *slow, *rows[:coming])})

    def finish(part: list[PaceRow]) -> list[PaceRow]:
        # One that was deleted since it was counted has no name.
        return [_with_name(row, named) for row in part if row.show_id in named]

    return Pace(finish(fast), finish(slow), finish(rows[:coming]), shows=len(rows))


def _count(scope: Scope) -> Any:
    now = scope.now
    issued = Q(tickets__state="issued")
    shows = Show.objects.filter(
        hall__theater__in=scope.ids(Capability.SEE_BOOKINGS),
        state=Show.State.ON_SALE,
        starts_at__gt=now,
        starts_at__lt=now + AHEAD,
    )
    return (
        shows.order_by("starts_at", "pk")
        .values("pk", "starts_at", "sales_open_at", capacity=F("seat_map__capacity"))
        .annotate(
            sold=Count("tickets", filter=issued),
            last_day=Count("tickets", filter=issued & Q(tickets__booking__confirmed_at__gte=now - DAY)),
            last_week=Count("tickets", filter=issued & Q(tickets__booking__confirmed_at__gte=now - PACE_DAYS * DAY)),
        )[:MOST]
    )


def _weigh(row: dict[str, Any], now: datetime) -> PaceRow:
    # A show that went on sale yesterday has had one day to sell, not seven.
    days_on_sale = (now - row["sales_open_at"]) / DAY if row["sales_open_at"] else float(PACE_DAYS)
    days = min(max(days_on_sale, 1.0), float(PACE_DAYS))
    return PaceRow(
        show_id=row["pk"],
        starts_at=row["starts_at"],
        capacity=row["capacity"],
        sold=row["sold"],
        last_day=row["last_day"],
        last_week=row["last_week"],
        days_left=(row["starts_at"] - now) / DAY,
        pace=row["last_week"] / days,
    )


def _name(shows: set[int]) -> dict[int, Show]:
    return Show.objects.select_related("event", "hall__theater__city").in_bulk(shows)


def _with_name(row: PaceRow, named: dict[int, Show]) -> PaceRow:
    show = named[row.show_id]
    return replace(
        row,
        starts_at=timezone.localtime(row.starts_at, show.hall.theater.tz),
        title=show.event.title,
        hall=show.hall.name,
        url=reverse("admin:events_show_change", args=[show.pk]),
    )
