"""Local times of a recurrence, through changes of the clocks and on left-out days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from events.timetable.recurrence import Recurrence
from lib.moments import to_moment

pytestmark = pytest.mark.once

VIENNA = ZoneInfo("Europe/Vienna")


def test_daily_at_two_times_but_mondays():
    recurrence = Recurrence(
        times=[time(20, 30), time(17, 0)],
        starts_on=date(2027, 3, 5),
        until=date(2027, 3, 9),
        weekdays={1, 2, 3, 4, 5, 6},
        but_not_on={date(2027, 3, 6)},
    )
    assert [f"{at:%a %d %H:%M}" for at in recurrence.local_times()] == [
        "Fri 05 17:00", "Fri 05 20:30", "Sun 07 17:00", "Sun 07 20:30", "Tue 09 17:00", "Tue 09 20:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        # The clocks of Vienna go forward on 28 March 2027 and back on 31 October 2027.
        (VIENNA, "2027-03-27 17:00", "2027-03-27 16:00"),
        (VIENNA, "2027-03-28 17:00", "2027-03-28 15:00"),
        (VIENNA, "2027-03-28 02:30", None),
        (VIENNA, "2027-10-31 02:30", "2027-10-31 00:30"),
        (VIENNA, "2027-10-31 17:00", "2027-10-31 16:00"),
        (ZoneInfo("America/New_York"), "2027-03-14 02:15", None),
        (ZoneInfo("Asia/Kolkata"), "2027-03-28 17:00", "2027-03-28 11:30"),
    ],
)
def test_local_times_stay_the_same(zone: ZoneInfo, local: str, moment: str | None):
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert to_moment(datetime.fromisoformat(local), zone) == expected
