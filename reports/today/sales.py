"""Tickets sold on each of the last thirty days, by the clock of each theater."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.roles import Capability
from bookings.models import Ticket
from lib.money import format_money, round_money
from payments.models import Payment
from reports.today.scope import Scope

SALES_DAYS = 30


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    tickets: int
    # Amounts by currency, for people who may see money.
    taken: dict[str, Decimal] = field(default_factory=dict)

    @property
    def money(self) -> str:
        return ", ".join(format_money(amount, currency) for currency, amount in sorted(self.taken.items()))


@dataclass(frozen=True)
class Sales:
    days: list[DayRow]
    sees_money: bool

    @property
    def is_empty(self) -> bool:
        return not any(row.tickets for row in self.days)

    @property
    def newest_first(self) -> list[DayRow]:
        return self.days[::-1]

    @property
    def chart(self) -> str:
        """Return the chart as Chart.js takes it."""
        bars = {
            "label": gettext("tickets sold"),
            "data": [row.tickets for row in self.days],
            "backgroundColor": "var(--color-primary-600)",
            "maxBarThickness": 18,
            "borderRadius": 2,
            "displayYAxis": True,
            "maxTicksXLimit": 10,
        }
        return json.dumps({"labels": [date_format(row.day, "j M") for row in self.days], "datasets": [bars]})


def read_sales(scope: Scope) -> Sales:
    """Read tickets by the day of their confirmation, and money by the day of its payment. Two statements."""
    counts = _count_tickets(scope)
    sees_money = bool(scope.ids(Capability.SEE_MONEY))
    taken = _add_up(scope) if sees_money else {}
    last = max((scope.today(zone) for zone in scope.zones), default=scope.now.date())
    days = [last - timedelta(days=ago) for ago in reversed(range(SALES_DAYS))]
    return Sales([DayRow(day, counts.get(day, 0), taken.get(day, {})) for day in days], sees_money)


def _since(scope: Scope) -> Any:
    return min(scope.starts_of_day(SALES_DAYS).values(), default=scope.now)


def _count_tickets(scope: Scope) -> dict[date, int]:
    sold = Ticket.objects.issued().filter(
        booking__kind="sale",
        booking__confirmed_at__gte=_since(scope),
        show__hall__theater__in=scope.ids(Capability.SEE_BOOKINGS),
    )
    days = sold.order_by().annotate(day=scope.local_day("booking__confirmed_at", "show__hall__theater"))
    return dict(days.values_list("day").annotate(Count("pk")))


def _add_up(scope: Scope) -> dict[date, dict[str, Decimal]]:
    theater = "booking__theater"
    taken = Payment.objects.received().filter(
        captured_at__gte=_since(scope), **{f"{theater}__in": scope.ids(Capability.SEE_MONEY)}
    )
    rows = (
        taken.order_by().annotate(day=scope.local_day("captured_at", theater)).values_list("received_currency", "day")
    )
    days: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for currency, day, amount in rows.annotate(Sum("received_amount")):
        days[day][currency] = round_money(Decimal(amount), currency)
    return dict(days)
