"""The days that a report covers, in each theater's own time zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from theaters.models import Theater


class Span(TextChoices):
    """Days by name, so that a schedule covers other days at each run."""

    TODAY = "today", _("today")
    YESTERDAY = "yesterday", _("yesterday")
    LAST_7_DAYS = "last_7_days", _("the last 7 days")
    LAST_30_DAYS = "last_30_days", _("the last 30 days")
    THIS_WEEK = "this_week", _("this week")
    LAST_WEEK = "last_week", _("last week")
    THIS_MONTH = "this_month", _("this month")
    LAST_MONTH = "last_month", _("last month")
    THIS_YEAR = "this_year", _("this year")
    LAST_YEAR = "last_year", _("last year")
    NEXT_30_DAYS = "next_30_days", _("the next 30 days")
    CUSTOM = "custom", _("from … to …")


@dataclass(frozen=True)
class Period:
    """Whole days, the last one included."""

    first: date
    last: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return its first moment and the first one after it in that zone; a day may have 23 or 25 hours."""
        start = datetime.combine(self.first, time.min, tzinfo=zone)
        return start, datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=zone)

    def days(self) -> int:
        return (self.last - self.first).days + 1


def find_period(span: str, today: date) -> Period:
    """Return the days that a span means on `today`. “The last days” end yesterday: today is not over."""
    day = timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    first_of_month = today.replace(day=1)
    first_of_year = today.replace(month=1, day=1)
    last_of_last_month = first_of_month - day
    periods = {
        Span.TODAY: Period(today, today),
        Span.YESTERDAY: Period(today - day, today - day),
        Span.LAST_7_DAYS: Period(today - 7 * day, today - day),
        Span.LAST_30_DAYS: Period(today - 30 * day, today - day),
        Span.THIS_WEEK: Period(monday, monday + 6 * day),
        Span.LAST_WEEK: Period(monday - 7 * day, monday - day),
        Span.THIS_MONTH: Period(first_of_month, _end_of_month(first_of_month)),
        Span.LAST_MONTH: Period(last_of_last_month.replace(day=1), last_of_last_month),
        Span.THIS_YEAR: Period(first_of_year, today.replace(month=12, day=31)),
        Span.LAST_YEAR: Period(first_of_year.replace(year=today.year - 1), first_of_year - day),
        Span.NEXT_30_DAYS: Period(today, today + 29 * day),
    }
    return periods[Span(span)]


def within(field: str, period: Period | None, theaters: Iterable[Theater], *, theater_path: str) -> Q:
    """Return a condition: rows of these theaters whose `field` is in the period by their theater's clock."""
    by_zone: dict[ZoneInfo, list[int]] = defaultdict(list)
    for theater in theaters:
        by_zone[theater.tz].append(theater.pk)
    found = Q(pk__in=[])
    for zone, pks in by_zone.items():
        rows = Q(**{f"{theater_path}__in": pks})
        if period is not None:
            start, end = period.bounds(zone)
            rows &= Q(**{f"{field}__gte": start, f"{field}__lt": end})
        found |= rows
    return found


def _end_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
