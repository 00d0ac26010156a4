"""Schedules of reports."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from accounts.models import User
from reports.models import ReportSchedule
from reports.tests.test_schedules import MONDAY
from theaters.models import Theater

WISH = {"rhythm": "weekly", "weekdays": [0], "every": 1, "at": "08:00", "format": "csv", "nth": 1, "weekday": 0}


def make_schedule(theater: Theater, owner: User, **fields: Any) -> ReportSchedule:
    defaults = {
        "report": "sales",
        "parameters": {"theater": str(theater.pk), "span": "last_week", "group_by": "day"},
        "format": "csv",
        "recipients": [],
        "rhythm": "weekly",
        "at": time(8),
        "weekdays": [0],
        "start_on": date(2026, 1, 1),
        "next_run_at": MONDAY,
    }
    return ReportSchedule.objects.create(theater=theater, owner=owner, **{**defaults, **fields})
