"""When a schedule runs: "every Monday at 8:00, Europe/Vienna".

Days follow from the calendar (RFC 5545, by dateutil) and are naive and local; then the time zone turns
them into moments. If the clock is put forward over the time, the run is at the first moment after the
gap; if it is put back, at the first of the two. So there is one run for each day that the rule names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, rrule
from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lib.moments import to_moment

WORKDAYS = frozenset(range(5))
LAST = -1
# Every month has this day; if a month lacks a later one, its last day stands in.
SHORTEST_MONTH_DAYS = 28


class Rhythm(TextChoices):
    DAILY = "daily", _("every day")
    WORKDAYS = "workdays", _("on weekdays, Monday to Friday")
    WEEKLY = "weekly", _("every week, or every few weeks, on some days")
    MONTHLY_DAY = "monthly_day", _("by the month, on a day by its number")
    MONTHLY_LAST = "monthly_last", _("by the month, on its last day")
    MONTHLY_WEEKDAY = "monthly_weekday", _("by the month, on a day such as the first Monday or last weekday")


@dataclass(frozen=True)
class Recurrence:
    """A rule for days and the local time of the run. Weekdays count from Monday, 0; `nth` −1 is the last one.

    `every` counts weeks or months, by the rhythm. A `month_day` that a month lacks is its last day.
    By the month, `nth` counts all days that are one of `weekdays`: of the five workdays, −1 is the
    last workday.
    """

    rhythm: Rhythm
    at: time
    zone: ZoneInfo
    # The first day it may run on; weeks and months are counted from this day's.
    start: date
    every: int = 1
    weekdays: frozenset[int] = frozenset({0})
    month_day: int = 1
    nth: int = 1

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the runs after this moment, in UTC and in order, without end."""
        rule = self._rule()
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        # From two days before: around a change of the clock, local times and moments differ in order.
        for day in rule.xafter(local - timedelta(days=2), inc=True):
            found = moment_of_run(day, self.zone)
            if found > moment:
                yield found

    def next(self, moment: datetime) -> datetime:
        """Return the first run after this moment, in UTC."""
        return next(self.after(moment))

    def latest(self, first: datetime, now: datetime) -> datetime:
        """Return the last run from `first`, itself a run, to `now`: what a scheduler that was down catches up on."""
        found = first
        # From shortly before now, so that a year of downtime costs no more than an hour.
        for moment in self.after(max(first, now - relativedelta(months=2 + self.every))):
            if moment > now:
                return found
            found = moment
        return found

    def describe(self) -> str:
        """Return the rule in words, in the active language."""
        at = time_format(self.at, "TIME_FORMAT")
        return gettext("%(days)s at %(time)s, %(zone)s") % {
            "days": self._describe_days(),
            "time": at,
            "zone": self.zone.key,
        }

    def _rule(self) -> rrule:
        start = datetime.combine(self.start, self.at)
        match self.rhythm:
            case Rhythm.DAILY:
                return rrule(DAILY, dtstart=start)
            case Rhythm.WORKDAYS:
                return rrule(WEEKLY, dtstart=start, byweekday=sorted(WORKDAYS))
            case Rhythm.WEEKLY:
                return rrule(WEEKLY, dtstart=start, interval=self.every, wkst=MO, byweekday=sorted(self.weekdays))
            case Rhythm.MONTHLY_DAY:
                days = list(range(min(self.month_day, SHORTEST_MONTH_DAYS), self.month_day + 1))
                return rrule(MONTHLY, dtstart=start, interval=self.every, bymonthday=days, bysetpos=LAST)
            case Rhythm.MONTHLY_LAST:
                return rrule(MONTHLY, dtstart=start, interval=self.every, bymonthday=LAST)
            case Rhythm.MONTHLY_WEEKDAY:
                days = sorted(self.weekdays)
                return rrule(MONTHLY, dtstart=start, interval=self.every, byweekday=days, bysetpos=self.nth)

    def _describe_days(self) -> str:
        names = [str(WEEKDAYS[number]) for number in sorted(self.weekdays)]
        months = ngettext("Every month", "Every %(every)d months", self.every) % {"every": self.every}
        match self.rhythm:
            case Rhythm.DAILY:
                return gettext("Every day")
            case Rhythm.WORKDAYS:
                return gettext("On weekdays")
            case Rhythm.WEEKLY:
                days = ", ".join(names)
                if self.every == 1:
                    return gettext("Every %(days)s") % {"days": days}
                weeks = ngettext("Every week", "Every %(every)d weeks", self.every) % {"every": self.every}
                return gettext("%(weeks)s on %(days)s") % {"weeks": weeks, "days": days}
            case Rhythm.MONTHLY_DAY:
                words = {"months": months, "day": self.month_day}
                if self.month_day > SHORTEST_MONTH_DAYS:
                    return gettext("%(months)s on day %(day)d, or the last day of a shorter month") % words
                return gettext("%(months)s on day %(day)d") % words
            case Rhythm.MONTHLY_LAST:
                return gettext("%(months)s on the last day") % {"months": months}
            case Rhythm.MONTHLY_WEEKDAY:
                day = gettext("weekday, Monday to Friday") if self.weekdays == WORKDAYS else names[0]
                return str(ORDINALS[self.nth]) % {"months": months, "day": day}


ORDINALS = {
    1: _("%(months)s on the first %(day)s"),
    2: _("%(months)s on the second %(day)s"),
    3: _("%(months)s on the third %(day)s"),
    4: _("%(months)s on the fourth %(day)s"),
    LAST: _("%(months)s on the last %(day)s"),
}


def moment_of_run(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock in the zone first shows this local time, or the first moment after a gap, in UTC."""
    moment = to_moment(local, zone)
    if moment is not None:
        return moment
    # The offset from before the gap puts it after the gap's end. Clocks are put forward at full minutes.
    minute = timedelta(minutes=1)
    moment = local.replace(tzinfo=zone, second=0, microsecond=0).astimezone(UTC)
    offset = moment.astimezone(zone).utcoffset()
    while (moment - minute).astimezone(zone).utcoffset() == offset:
        moment -= minute
    return moment
