"""Local days: a day begins and ends by the clock of the place, not the server's."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

DAYS_OF_A_WEEK = 7
# Later and earlier days do not exist in every time zone and database, and have no shows.
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2500, 1, 1)


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the moment when `day` begins there, in UTC; also on days of 23 or 25 hours."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def today_in(time_zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()


def whole_weeks(first: date, last: date, *, first_weekday: int) -> list[list[date]]:
    """Return the days from `first` to `last` in whole weeks, with those around them; a week begins on `first_weekday`.

    Monday is 0.
    """
    start = first - timedelta(days=(first.weekday() - first_weekday) % DAYS_OF_A_WEEK)
    count = -(-((last - start).days + 1) // DAYS_OF_A_WEEK)
    days = [start + timedelta(days=number) for number in range(count * DAYS_OF_A_WEEK)]
    return [days[at : at + DAYS_OF_A_WEEK] for at in range(0, len(days), DAYS_OF_A_WEEK)]


def starts_within(first: date | None, last: date | None, time_zones: Iterable[str]) -> Q:
    """Return the condition that a show starts on a local day from `first` to `last`, both included.

    `time_zones` are those of the halls in question; with several, each hall's own decides.
    """
    zones = sorted(set(time_zones))
    if (first is None and last is None) or not zones:
        return Q()
    ranges = {zone: _range(first, last, zone) for zone in zones}
    widest = Q()
    if first is not None:
        widest &= Q(starts_at__gte=min(start for start, _end in ranges.values() if start))
    if last is not None:
        widest &= Q(starts_at__lt=max(end for _start, end in ranges.values() if end))
    if len(set(ranges.values())) == 1:
        return widest
    each = Q()
    for zone, (start, end) in ranges.items():
        within = Q(hall__theater__city__time_zone=zone)
        if start is not None:
            within &= Q(starts_at__gte=start)
        if end is not None:
            within &= Q(starts_at__lt=end)
        each |= within
    return widest & each


def _range(first: date | None, last: date | None, zone: str) -> tuple[datetime | None, datetime | None]:
    first, last = (day and min(max(day, EARLIEST_DAY), LATEST_DAY) for day in (first, last))
    start = start_of_day(first, zone) if first is not None else None
    end = start_of_day(last + timedelta(days=1), zone) if last is not None else None
    return start, end
