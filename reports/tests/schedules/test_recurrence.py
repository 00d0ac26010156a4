"""When schedules run: on the days that the rule names, at the right local minute, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.clock_stops import LOST, STOPS, ZONES, Stop
from reports.schedules.recurrence import Recurrence, Rhythm, moment_of_run

pytestmark = pytest.mark.once
R = Rhythm
LOST_AT = next(stop.due for stop in STOPS if stop.what == LOST)


def rule(rhythm: Rhythm = R.DAILY, at: str = "08:00", zone: str = "Europe/Vienna", **fields) -> Recurrence:
    return Recurrence(
        rhythm,
        time.fromisoformat(at),
        ZoneInfo(zone),
        **{"start": date(2026, 1, 1), **{k: frozenset(v) if k == "weekdays" else v for k, v in fields.items()}},
    )


def runs(recurrence: Recurrence, after: str, count: int) -> list[str]:
    """Return the next runs after a UTC time, as the local clock shows them."""
    moments = islice(recurrence.after(datetime.fromisoformat(after).replace(tzinfo=UTC)), count)
    return [f"{moment.astimezone(recurrence.zone):%a %Y-%m-%d %H:%M %z}" for moment in moments]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rhythm": R.DAILY}, ["Fri 2026-05-01", "Sat 2026-05-02", "Sun 2026-05-03"]),
        ({"rhythm": R.WORKDAYS}, ["Fri 2026-05-01", "Mon 2026-05-04", "Tue 2026-05-05"]),
        ({"rhythm": R.WEEKLY, "weekdays": {0, 3}}, ["Mon 2026-05-04", "Thu 2026-05-07", "Mon 2026-05-11"]),
        ({"rhythm": R.WEEKLY, "weekdays": {0}, "every": 2}, ["Mon 2026-05-04", "Mon 2026-05-18", "Mon 2026-06-01"]),
        ({"rhythm": R.MONTHLY_DAY, "month_day": 5}, ["Tue 2026-05-05", "Fri 2026-06-05", "Sun 2026-07-05"]),
        ({"rhythm": R.MONTHLY_LAST}, ["Sun 2026-05-31", "Tue 2026-06-30", "Fri 2026-07-31"]),
        ({"rhythm": R.MONTHLY_WEEKDAY, "nth": 1}, ["Mon 2026-05-04", "Mon 2026-06-01", "Mon 2026-07-06"]),
        (
            {"rhythm": R.MONTHLY_WEEKDAY, "nth": -1, "weekdays": {4}},
            ["Fri 2026-05-29", "Fri 2026-06-26", "Fri 2026-07-31"],
        ),
        # The day that a month lacks is its last one.
        ({"rhythm": R.MONTHLY_DAY, "month_day": 31}, ["Sun 2026-05-31", "Tue 2026-06-30", "Fri 2026-07-31"]),
        (
            {"rhythm": R.MONTHLY_DAY, "month_day": 30, "start": date(2028, 1, 31)},
            ["Tue 2028-02-29", "Thu 2028-03-30", "Sun 2028-04-30"],
        ),
        # The first and the last workday.
        (
            {"rhythm": R.MONTHLY_WEEKDAY, "nth": 1, "weekdays": range(5)},
            ["Fri 2026-05-01", "Mon 2026-06-01", "Wed 2026-07-01"],
        ),
        (
            {"rhythm": R.MONTHLY_WEEKDAY, "nth": -1, "weekdays": range(5)},
            ["Fri 2026-05-29", "Tue 2026-06-30", "Fri 2026-07-31"],
        ),
        # Quarters and years are counted from the month of the first day.
        ({"rhythm": R.MONTHLY_LAST, "every": 3}, ["Fri 2026-07-31", "Sat 2026-10-31", "Sun 2027-01-31"]),
        (
            {"rhythm": R.MONTHLY_DAY, "month_day": 29, "every": 12, "start": date(2026, 2, 1)},
            ["Sun 2027-02-28", "Tue 2028-02-29", "Wed 2029-02-28"],
        ),
    ],
)
def test_the_days_are_those_of_the_rule(fields: dict, expected: list[str]):
    assert [run[:14] for run in runs(rule(**fields), "2026-04-30T22:30", 3)] == expected


@pytest.mark.parametrize(
    ("zone", "at", "after", "expected"),
    [
        # Put forward: the same hour of the clock before and after.
        ("Europe/Vienna", "08:00", "2026-03-28T00:00", ["Sat 2026-03-28 08:00 +0100", "Sun 2026-03-29 08:00 +0200"]),
        ("America/New_York", "08:00", "2026-03-07T00:00", ["Sat 2026-03-07 08:00 -0500", "Sun 2026-03-08 08:00 -0400"]),
        ("Asia/Kolkata", "08:00", "2026-03-28T00:00", ["Sat 2026-03-28 08:00 +0530", "Sun 2026-03-29 08:00 +0530"]),
        # In the gap: the first moment after it, once.
        (
            "Europe/Vienna",
            "02:30",
            "2026-03-28T12:00",
            ["Sun 2026-03-29 03:00 +0200", "Mon 2026-03-30 02:30 +0200"],
        ),
        (
            "America/New_York",
            "02:15",
            "2026-03-08T00:00",
            ["Sun 2026-03-08 03:00 -0400", "Mon 2026-03-09 02:15 -0400"],
        ),
        (
            "Australia/Lord_Howe",
            "02:10",
            "2026-10-03T12:00",
            ["Sun 2026-10-04 02:30 +1100", "Mon 2026-10-05 02:10 +1100"],
        ),
        # Put back: the first of the two, once.
        (
            "Europe/Vienna",
            "02:30",
            "2026-10-24T12:00",
            ["Sun 2026-10-25 02:30 +0200", "Mon 2026-10-26 02:30 +0100"],
        ),
        (
            "America/New_York",
            "01:30",
            "2026-10-31T12:00",
            ["Sun 2026-11-01 01:30 -0400", "Mon 2026-11-02 01:30 -0500"],
        ),
        # Between the two, the first is over and the second does not count.
        ("Europe/Vienna", "02:30", "2026-10-25T00:45", ["Mon 2026-10-26 02:30 +0100", "Tue 2026-10-27 02:30 +0100"]),
    ],
)
def test_the_clock_may_be_put_forward_and_back(zone: str, at: str, after: str, expected: list[str]):
    assert runs(rule(at=at, zone=zone), after, 2) == expected


@pytest.mark.parametrize(
    "stop", [stop for stop in STOPS if stop.what.startswith("report ")], ids=lambda stop: stop.name
)
def test_the_moments_that_the_clock_drill_waits_for_are_those_of_the_rule(stop: Stop):
    recurrence = rule(at=stop.what.split()[1], zone=ZONES[stop.place])
    assert f"{stop.due.astimezone(recurrence.zone):%a %H:%M %z}" == stop.local
    is_paused = stop.due > LOST_AT and not stop.is_sent
    assert (recurrence.next(stop.due - timedelta(seconds=1)) == stop.due) == (stop.is_sent or is_paused)


def test_what_was_missed_is_caught_up_by_the_latest_run_alone():
    recurrence = rule(R.WEEKLY, weekdays={0})
    first = recurrence.next(datetime(2026, 1, 1, tzinfo=UTC))
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert recurrence.latest(first, now) == datetime(2026, 4, 27, 6, tzinfo=UTC)
    assert recurrence.latest(first, first) == first


@pytest.mark.slow
@settings(max_examples=40)
@given(
    rhythm=st.sampled_from(list(Rhythm)),
    # As people type it: which of two equal times is meant can't be said.
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0)),
    zone=st.sampled_from(
        ["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana"]
    ),
    moment=st.integers(0, 3 * 366 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    every=st.integers(1, 4),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    month_day=st.integers(1, 31),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
)
def test_runs_come_one_after_the_other_on_days_of_the_rule(rhythm, at, zone, moment, **fields):
    recurrence = Recurrence(rhythm, at, ZoneInfo(zone), date(2026, 1, 1), **fields)
    found = list(islice(recurrence.after(moment), 6))
    assert found[0] > moment
    assert all(earlier < later for earlier, later in pairwise(found))
    assert recurrence.next(found[0]) == found[1]
    # A moment before each, the same run is still to come.
    assert recurrence.next(found[2] - timedelta(seconds=1)) == found[2]
    for run in found:
        local = run.astimezone(recurrence.zone).replace(tzinfo=None)
        wanted = datetime.combine(local.date(), at)
        day = wanted if moment_of_run(wanted, recurrence.zone) == run else wanted - timedelta(days=1)
        assert moment_of_run(day, recurrence.zone) == run
        assert is_named(recurrence, day.date())


def is_named(recurrence: Recurrence, day: date) -> bool:
    """Say by counting, not by dateutil, whether the rule names a day."""
    tomorrow = day + timedelta(days=1)
    match recurrence.rhythm:
        case R.WORKDAYS:
            return day.weekday() < 5
        case R.WEEKLY:
            weeks = (day - timedelta(days=day.weekday()) - date(2025, 12, 29)).days // 7
            return day.weekday() in recurrence.weekdays and weeks % recurrence.every == 0
        case R.MONTHLY_DAY | R.MONTHLY_LAST | R.MONTHLY_WEEKDAY if (day.month - 1) % recurrence.every:
            return False
        case R.MONTHLY_DAY:
            return day.day == recurrence.month_day or (tomorrow.day == 1 and day.day < recurrence.month_day)
        case R.MONTHLY_LAST:
            return tomorrow.day == 1
        case R.MONTHLY_WEEKDAY:
            month = [day.replace(day=1) + timedelta(days=number) for number in range(31)]
            named = [one for one in month if one.month == day.month and one.weekday() in recurrence.weekdays]
            return named[recurrence.nth - (recurrence.nth > 0)] == day
    return True


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rhythm": R.WEEKLY, "weekdays": {0}}, "Every Monday at 08:00, Europe/Vienna"),
        (
            {"rhythm": R.WEEKLY, "weekdays": {0, 3}, "every": 2},
            "Every 2 weeks on Monday, Thursday at 08:00, Europe/Vienna",
        ),
        ({"rhythm": R.MONTHLY_LAST, "at": "23:00"}, "Every month on the last day at 23:00, Europe/Vienna"),
        ({"rhythm": R.MONTHLY_WEEKDAY}, "Every month on the first Monday at 08:00, Europe/Vienna"),
        (
            {"rhythm": R.MONTHLY_WEEKDAY, "nth": -1, "weekdays": range(5), "every": 3},
            "Every 3 months on the last weekday, Monday to Friday at 08:00, Europe/Vienna",
        ),
        (
            {"rhythm": R.MONTHLY_DAY, "month_day": 31},
            "Every month on day 31, or the last day of a shorter month at 08:00, Europe/Vienna",
        ),
        ({"rhythm": R.WORKDAYS}, "On weekdays at 08:00, Europe/Vienna"),
        ({"rhythm": R.MONTHLY_DAY, "month_day": 5}, "Every month on day 5 at 08:00, Europe/Vienna"),
        ({"rhythm": R.DAILY}, "Every day at 08:00, Europe/Vienna"),
    ],
)
def test_it_is_said_in_words(fields: dict, words: str):
    assert rule(**fields).describe() == words
    with translation.override("de"):
        # Names of days come with Django, and the clock has 24 hours.
        assert "a.m." not in rule(**fields).describe()
