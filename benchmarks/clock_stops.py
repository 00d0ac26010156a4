"""The moments of the clock drill, and what has to come at each, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

ZONES = {
    "vienna": "Europe/Vienna",
    "new-york": "America/New_York",
    "kolkata": "Asia/Kolkata",
    "lord-howe": "Australia/Lord_Howe",
}
# A daily report each, at an hour that a change of the clocks skips or repeats.
SCHEDULES = {
    "vienna": ["02:30"],
    "new-york": ["02:30", "01:30"],
    "kolkata": ["02:30"],
    "lord-howe": ["02:10", "01:45"],
}


@dataclass(frozen=True)
class Stop:
    """`due` is what must come, and when, in UTC; `local` is what the clock there shows then."""

    place: str
    due: datetime
    local: str
    what: str
    is_sent: bool = True
    before: Callable[[Stop], None] | None = None

    @property
    def name(self) -> str:
        return f"{self.place} {self.local} {self.what}"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


REPORT, EVENING, MONTH, SHOW, REVIEW = "report", "digest", "monthly_report", "show_reminder", "review_ask"
LOST = "report_failed"


def lose_right(stop: Stop) -> None:
    from theaters.models import StaffMembership

    StaffMembership.objects.filter(user__email=f"manager-{stop.place}@example.com").delete()


def announce(stop: Stop) -> None:
    """Put a show on sale for the evening reminder to mention."""
    from testing.builders import make_event, make_show
    from theaters.models import Hall

    hall = Hall.objects.get(theater__slug=stop.place)
    make_show(hall=hall, event=make_event(f"News of {stop.due:%B} in {stop.place}"), in_hours=24 * 14)


STOPS = [
    # New York puts its clock forward on 14 March, from 2:00 to 3:00.
    Stop("new-york", at("2027-03-13T07:30"), "Sat 02:30 -0500", f"{REPORT} 02:30"),
    Stop("new-york", at("2027-03-14T07:00"), "Sun 03:00 -0400", f"{REPORT} 02:30"),
    Stop("new-york", at("2027-03-15T06:30"), "Mon 02:30 -0400", f"{REPORT} 02:30"),
    # Vienna on 28 March, from 2:00 to 3:00.
    Stop("vienna", at("2027-03-27T01:30"), "Sat 02:30 +0100", f"{REPORT} 02:30"),
    # 24 hours by the clock before a show on Sunday at 19:30 are 23.
    Stop("vienna", at("2027-03-27T18:30"), "Sat 19:30 +0100", SHOW),
    Stop("kolkata", at("2027-03-27T21:00"), "Sun 02:30 +0530", f"{REPORT} 02:30"),
    Stop("vienna", at("2027-03-28T01:00"), "Sun 03:00 +0200", f"{REPORT} 02:30"),
    Stop("kolkata", at("2027-03-28T12:30"), "Sun 18:00 +0530", EVENING, before=announce),
    Stop("vienna", at("2027-03-28T16:00"), "Sun 18:00 +0200", EVENING, before=announce),
    Stop("vienna", at("2027-03-29T00:30"), "Mon 02:30 +0200", f"{REPORT} 02:30"),
    Stop("vienna", at("2027-03-29T08:00"), "Mon 10:00 +0200", REVIEW),
    Stop("kolkata", at("2027-04-01T03:30"), "Thu 09:00 +0530", MONTH),
    Stop("vienna", at("2027-04-01T07:00"), "Thu 09:00 +0200", MONTH),
    Stop("new-york", at("2027-04-01T13:00"), "Thu 09:00 -0400", MONTH),
    # Lord Howe puts its clock back on 4 April, from 2:00 to 1:30.
    Stop("lord-howe", at("2027-04-03T14:45"), "Sun 01:45 +1100", f"{REPORT} 01:45"),
    Stop("lord-howe", at("2027-04-03T15:15"), "Sun 01:45 +1030", f"{REPORT} 01:45", is_sent=False),
    Stop("lord-howe", at("2027-04-04T15:15"), "Mon 01:45 +1030", f"{REPORT} 01:45"),
    # And forward on 3 October, from 2:00 to 2:30.
    Stop("lord-howe", at("2027-10-01T15:40"), "Sat 02:10 +1030", f"{REPORT} 02:10"),
    Stop("lord-howe", at("2027-10-02T15:30"), "Sun 02:30 +1100", f"{REPORT} 02:10"),
    Stop("lord-howe", at("2027-10-03T15:10"), "Mon 02:10 +1100", f"{REPORT} 02:10"),
    # Vienna back on 31 October, from 3:00 to 2:00.
    Stop("vienna", at("2027-10-30T00:30"), "Sat 02:30 +0200", f"{REPORT} 02:30"),
    Stop("kolkata", at("2027-10-30T21:00"), "Sun 02:30 +0530", f"{REPORT} 02:30"),
    Stop("vienna", at("2027-10-31T00:30"), "Sun 02:30 +0200", f"{REPORT} 02:30"),
    Stop("vienna", at("2027-10-31T01:30"), "Sun 02:30 +0100", f"{REPORT} 02:30", is_sent=False),
    Stop("vienna", at("2027-10-31T17:00"), "Sun 18:00 +0100", EVENING, before=announce),
    Stop("vienna", at("2027-10-31T18:00"), "Sun 19:00 +0100", EVENING, is_sent=False),
    Stop("vienna", at("2027-11-01T01:30"), "Mon 02:30 +0100", f"{REPORT} 02:30"),
    Stop("vienna", at("2027-11-01T08:00"), "Mon 09:00 +0100", MONTH),
    Stop("new-york", at("2027-11-01T13:00"), "Mon 09:00 -0400", MONTH),
    # New York back on 7 November, from 2:00 to 1:00.
    Stop("new-york", at("2027-11-06T05:30"), "Sat 01:30 -0400", f"{REPORT} 01:30"),
    Stop("new-york", at("2027-11-07T05:30"), "Sun 01:30 -0400", f"{REPORT} 01:30"),
    Stop("new-york", at("2027-11-07T06:30"), "Sun 01:30 -0500", f"{REPORT} 01:30", is_sent=False),
    Stop("kolkata", at("2027-11-07T21:00"), "Mon 02:30 +0530", f"{REPORT} 02:30"),
    Stop("new-york", at("2027-11-07T23:00"), "Sun 18:00 -0500", EVENING, before=announce),
    Stop("new-york", at("2027-11-08T06:30"), "Mon 01:30 -0500", f"{REPORT} 01:30"),
    # Its manager has left: a message instead of figures, and the schedule is paused.
    Stop("kolkata", at("2027-11-08T21:00"), "Tue 02:30 +0530", LOST, before=lose_right),
    Stop("kolkata", at("2027-11-09T21:00"), "Wed 02:30 +0530", f"{REPORT} 02:30", is_sent=False),
]
