"""Scheduled reports and their files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from reports.models import Export, ReportRun, ReportSchedule
from reports.models.exports import private_storage
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


# A Friday; eight o'clock in Vienna is six in UTC.
FRIDAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
MONDAY = datetime(2026, 5, 4, 6, tzinfo=UTC)


def keep_export(theater: Theater, by: User, report: str, **fields: Any) -> Export:
    name = private_storage().save("exports/test.csv", ContentFile(b"Asha"))
    values = {"state": "ready", "expires_at": timezone.now() + timedelta(days=7), **fields}
    export = Export.objects.create(report=report, format="csv", asked_by=by, file=name, **values)
    export.theaters.add(theater)
    return export


def keep_run(theater: Theater, by: User, report: str, state: str) -> ReportRun:
    name = private_storage().save("reports/test.csv", ContentFile(b"Asha"))
    schedule = make_schedule(theater, by, report=report)
    run = ReportRun.objects.create(schedule=schedule, due_at=timezone.now(), state=state, file=name)
    run.theaters.add(theater)
    return run
