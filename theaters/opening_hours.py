"""When the box office of a theater is open, by the theater's own clock. Pure, but for `read_opening_hours`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from theaters.models import OpeningHours

# Dates that differ are told so many days ahead, and the next opening is looked for among them.
DAYS_TOLD = 30
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Span:
    opens: time
    closes: time

    def ends(self, day: date, zone: ZoneInfo) -> datetime:
        """Return when it closes on this day; midnight is the end of it."""
        if self.closes == MIDNIGHT:
            return datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
        return datetime.combine(day, self.closes, zone)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that differs from its week; closed without spans."""

    date: date
    spans: tuple[Span, ...]
    note: str


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether the box office is open: until when, or from when again; None if not within `DAYS_TOLD` days."""

    is_open: bool
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpeningTimes:
    """The spans of each weekday, from Monday on, and the dates that differ, the first ones first."""

    week: tuple[tuple[Span, ...], ...]
    dates: tuple[SpecialDay, ...]

    @property
    def is_known(self) -> bool:
        return any(self.week) or bool(self.dates)

    def on(self, day: date) -> tuple[Span, ...]:
        special = next((one for one in self.dates if one.date == day), None)
        return self.week[day.weekday()] if special is None else special.spans

    def coming_dates(self, today: date) -> list[SpecialDay]:
        """Return the dates that differ from today on, as far ahead as they are told."""
        return [one for one in self.dates if today <= one.date < today + timedelta(days=DAYS_TOLD)]

    def state(self, now: datetime, zone: ZoneInfo) -> OpenState:
        """Return whether it is open now, and when that changes. Spans that touch count as one."""
        end: datetime | None = None
        for opens, closes in self._coming(now.astimezone(zone).date(), zone):
            if end is not None and opens > end:
                break
            if end is not None or opens <= now < closes:
                end = closes if end is None else max(end, closes)
            elif opens > now:
                return OpenState(is_open=False, changes_at=opens)
        return OpenState(is_open=end is not None, changes_at=end)

    def _coming(self, today: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(DAYS_TOLD):
            day = today + timedelta(days=ahead)
            for span in self.on(day):
                yield datetime.combine(day, span.opens, zone), span.ends(day, zone)


def read_opening_hours(theater_id: int, today: date) -> OpeningTimes:
    """Return a theater's opening hours with its dates from today on. One query."""
    week: dict[int, list[Span]] = defaultdict(list)
    dates: dict[date, list[Span]] = {}
    notes: dict[date, str] = {}
    rows = OpeningHours.objects.filter(theater=theater_id).order_by("opens")
    for weekday, day, opens, closes, note in rows.values_list("weekday", "date", "opens", "closes", "note"):
        if day is not None and day < today:
            continue
        spans = week[weekday or 0] if day is None else dates.setdefault(day, [])
        if opens is not None and closes is not None:
            spans.append(Span(opens, closes))
        if day is not None:
            notes[day] = notes.get(day) or note
    return OpeningTimes(
        week=tuple(tuple(week[number]) for number in range(7)),
        dates=tuple(SpecialDay(day, tuple(spans), notes[day]) for day, spans in sorted(dates.items())),
    )
