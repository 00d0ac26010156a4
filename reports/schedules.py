"""When a schedule runs: "every Monday at 8:00, Europe/Vienna".

Days follow from the calendar (RFC 5545, by dateutil), naive and local; only then does the time zone
make moments of them. Where the clock is put forward over the time, the run is at the first moment
after the gap; where it is put back, at the first of the two. So there is one run for each day that
the rule names, whatever the clock does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, rrule, weekday
from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

WORKDAYS = frozenset(range(5))
LAST = -1


class Rhythm(TextChoices):
    DAILY = "daily", gettext_lazy("every day")
    WORKDAYS = "workdays", gettext_lazy("on weekdays, Monday to Friday")
    WEEKLY = "weekly", gettext_lazy("every week, or every few weeks, on some days")
    MONTHLY_DAY = "monthly_day", gettext_lazy("every month on a day by its number")
    MONTHLY_LAST = "monthly_last", gettext_lazy("on the last day of every month")
    MONTHLY_WEEKDAY = "monthly_weekday", gettext_lazy("every month on a day of the week, such as the first Monday")


@dataclass(frozen=True)
class Recurrence:
    """A rule for days and the local time of the run. Weekdays count from Monday, 0; `nth` −1 is the last one."""

    rhythm: Rhythm
    at: time
    zone: ZoneInfo
    # The first day it may run on; weeks are counted from its week.
    start: date
    every: int = 1
    weekdays: frozenset[int] = frozenset({0})
    month_day: int = 1
    nth: int = 1

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments of its runs after this one, in UTC, each later than the one before; without end."""
        rule = self._rule()
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        # Two days earlier, because a moment after a gap or in an hour that comes twice sorts otherwise.
        for day in rule.xafter(local - timedelta(days=2), inc=True):
            found = to_moment(day, self.zone)
            if found > moment:
                yield found

    def next(self, moment: datetime) -> datetime:
        """Return the first run after this moment, in UTC."""
        return next(self.after(moment))

    def latest(self, first: datetime, now: datetime) -> datetime:
        """Return the last run from `first`, itself a run, until `now`: what a scheduler that was down catches up."""
        found = first
        # From shortly before now, so that a year of silence costs no more than an hour.
        for moment in self.after(max(first, now - relativedelta(months=2 + self.every))):
            if moment > now:
                return found
            found = moment
        return found

    def describe(self) -> str:
        """Say it in words, in the active language."""
        at = time_format(self.at, "TIME_FORMAT")
        return _("%(days)s at %(time)s, %(zone)s") % {"days": self._describe_days(), "time": at, "zone": self.zone.key}

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
                return rrule(MONTHLY, dtstart=start, bymonthday=self.month_day)
            case Rhythm.MONTHLY_LAST:
                return rrule(MONTHLY, dtstart=start, bymonthday=LAST)
            case Rhythm.MONTHLY_WEEKDAY:
                return rrule(MONTHLY, dtstart=start, byweekday=weekday(min(self.weekdays), self.nth))

    def _describe_days(self) -> str:
        names = [str(WEEKDAYS[number]) for number in sorted(self.weekdays)]
        match self.rhythm:
            case Rhythm.DAILY:
                return _("Every day")
            case Rhythm.WORKDAYS:
                return _("On weekdays")
            case Rhythm.WEEKLY:
                days = ", ".join(names)
                if self.every == 1:
                    return _("Every %(days)s") % {"days": days}
                weeks = ngettext("Every week", "Every %(every)d weeks", self.every) % {"every": self.every}
                return _("%(weeks)s on %(days)s") % {"weeks": weeks, "days": days}
            case Rhythm.MONTHLY_DAY:
                return _("Every month on day %(day)d") % {"day": self.month_day}
            case Rhythm.MONTHLY_LAST:
                return _("On the last day of every month")
            case Rhythm.MONTHLY_WEEKDAY:
                return str(ORDINALS[self.nth]) % {"day": names[0]}


ORDINALS = {
    1: gettext_lazy("Every first %(day)s of the month"),
    2: gettext_lazy("Every second %(day)s of the month"),
    3: gettext_lazy("Every third %(day)s of the month"),
    4: gettext_lazy("Every fourth %(day)s of the month"),
    LAST: gettext_lazy("Every last %(day)s of the month"),
}


def to_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock there first shows this naive time, or else the first moment after the gap, in UTC."""
    # The first of two; in a gap it counts by the offset before it, and so comes after its end.
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # Clocks are put forward at full minutes.
    minute = timedelta(minutes=1)
    moment = moment.replace(second=0, microsecond=0)
    offset = moment.astimezone(zone).utcoffset()
    while (moment - minute).astimezone(zone).utcoffset() == offset:
        moment -= minute
    return moment
