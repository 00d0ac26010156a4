"""Which shows sell fast, and which sell slowly.

`per_day` is the mean number of tickets that a show sold a day in the last seven days. At that rate it
sells on until it starts. It is *fast* when it is sold out or will be before it starts, and *slow* when
it starts within two weeks and will not fill two fifths of its places.
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

COMING_WITHIN = timedelta(days=60)
SLOW_WITHIN = timedelta(days=14)
SLOW_BELOW_PERCENT = 40
SELLING_DAYS = 7
LISTED_SHOWS = 5
# The next shows: two months of a house with 50 shows a day.
MAX_SHOWS = 3000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SellingShow:
    """One show on sale and how fast it sells; `title`, `hall` and `url` are set once it is listed."""

    show_id: int
    starts_at: datetime
    capacity: int
    sold: int
    last_day: int
    last_week: int
    days_left: float
    per_day: float
    title: str = ""
    hall: str = ""
    url: str = ""

    @property
    def percent(self) -> int:
        return round(100 * self.sold / self.capacity) if self.capacity else 0

    @property
    def forecast(self) -> int:
        """How full it will be when it starts, in percent, if it goes on selling like this."""
        full = 100 * (self.sold + self.per_day * self.days_left) / self.capacity if self.capacity else 0
        return min(round(full), 100)

    @property
    def is_sold_out(self) -> bool:
        return self.sold >= self.capacity

    @property
    def days_to_sell_out(self) -> float:
        left = max(self.capacity - self.sold, 0)
        return left / self.per_day if self.per_day else float("inf") if left else 0.0

    @property
    def is_fast(self) -> bool:
        return self.is_sold_out or self.days_to_sell_out < self.days_left

    @property
    def is_slow(self) -> bool:
        return self.days_left <= SLOW_WITHIN.days and self.forecast < SLOW_BELOW_PERCENT


@dataclass(frozen=True)
class Selling:
    fast: list[SellingShow]
    slow: list[SellingShow]
    # The next shows in order, for the chart of how full they are.
    coming: list[SellingShow]
    shows: int


def read_selling(scope: Scope, coming: int = 12) -> Selling:
    """Find the shows that sell fastest and slowest. Two statements."""
    rows = [_weigh(row, scope.now) for row in _count(scope)]
    rows = [row for row in rows if row.capacity]
    fast = sorted((row for row in rows if row.is_fast), key=lambda row: (row.days_to_sell_out, row.starts_at))[
        :LISTED_SHOWS
    ]
    slow = sorted((row for row in rows if row.is_slow), key=lambda row: (row.forecast, row.starts_at))[:LISTED_SHOWS]
    named = _name({row.show_id for row in (*fast, *slow, *rows[:coming])})

    def finish(part: list[SellingShow]) -> list[SellingShow]:
        # A show that was deleted meanwhile has no name.
        return [_with_name(row, named) for row in part if row.show_id in named]

    return Selling(finish(fast), finish(slow), finish(rows[:coming]), shows=len(rows))


def _count(scope: Scope) -> Any:
    now = scope.now
    issued = Q(tickets__state="issued")
    shows = Show.objects.filter(
        hall__theater__in=scope.ids(Capability.SEE_BOOKINGS),
        state=Show.State.ON_SALE,
        starts_at__gt=now,
        starts_at__lt=now + COMING_WITHIN,
    )
    return (
        shows.order_by("starts_at", "pk")
        .values("pk", "starts_at", "sales_open_at", capacity=F("seat_map__capacity"))
        .annotate(
            sold=Count("tickets", filter=issued),
            last_day=Count("tickets", filter=issued & Q(tickets__booking__confirmed_at__gte=now - DAY)),
            last_week=Count("tickets", filter=issued & Q(tickets__booking__confirmed_at__gte=now - SELLING_DAYS * DAY)),
        )[:MAX_SHOWS]
    )


def _weigh(row: dict[str, Any], now: datetime) -> SellingShow:
    # A show that went on sale yesterday has had one day to sell, not seven.
    days_on_sale = (now - row["sales_open_at"]) / DAY if row["sales_open_at"] else float(SELLING_DAYS)
    days = min(max(days_on_sale, 1.0), float(SELLING_DAYS))
    return SellingShow(
        show_id=row["pk"],
        starts_at=row["starts_at"],
        capacity=row["capacity"],
        sold=row["sold"],
        last_day=row["last_day"],
        last_week=row["last_week"],
        days_left=(row["starts_at"] - now) / DAY,
        per_day=row["last_week"] / days,
    )


def _name(shows: set[int]) -> dict[int, Show]:
    return Show.objects.select_related("event", "hall__theater__city").in_bulk(shows)


def _with_name(row: SellingShow, named: dict[int, Show]) -> SellingShow:
    show = named[row.show_id]
    return replace(
        row,
        starts_at=timezone.localtime(row.starts_at, show.hall.theater.tz),
        title=show.event.title,
        hall=show.hall.name,
        url=reverse("admin:events_show_change", args=[show.pk]),
    )
