"""Shows that recur: at these times, on these weekdays, from one day until another, with exceptions.

Times are by the theater's local clock, so that a show at 17:00 stays at 17:00 when clocks
change. Times in the hour skipped in spring do not exist; in the hour that occurs twice in
autumn, the first one is meant, unless the time has a `fold`. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Recurrence:
    """`weekdays` count from Monday, 0; both `starts_on` and `until` are included."""

    times: Collection[time]
    starts_on: date
    until: date
    weekdays: Collection[int] = EVERY_DAY
    but_not_on: Collection[date] = field(default=frozenset())

    def local_times(self) -> Iterator[datetime]:
        """Yield each date and time of day, without a zone, in order."""
        for number in range((self.until - self.starts_on).days + 1):
            day = self.starts_on + timedelta(days=number)
            if day.weekday() in self.weekdays and day not in self.but_not_on:
                for at in sorted(set(self.times)):
                    yield datetime.combine(day, at)
