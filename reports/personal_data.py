"""What this app keeps about people; see `accounts/privacy.py`.

The files of exports and scheduled reports may name anybody. They are not searched for a person who is
erased: they are deleted after their time.
"""

from django.db.models import QuerySet

from accounts.privacy import Holding, Person
from reports.models import ReportSchedule


def _schedules(person: Person) -> QuerySet[ReportSchedule]:
    """Return the schedules that write to the person. Read in Python: SQLite looks into no JSON list."""
    wanted = set(person.addresses)
    rows = ReportSchedule.objects.exclude(recipients=[]).values_list("pk", "recipients")
    return ReportSchedule.objects.filter(pk__in=[pk for pk, recipients in rows if wanted & set(recipients)])


def _forget_schedules(person: Person, rows: QuerySet[ReportSchedule]) -> None:
    """Write to the others only."""
    for schedule in rows:
        schedule.recipients = [address for address in schedule.recipients if address not in person.addresses]
        schedule.save(update_fields=["recipients"])


HOLDINGS = [
    Holding(
        ReportSchedule,
        _schedules,
        section="scheduled_reports",
        personal=("recipients",),
        tells={"report": "report", "theater": "theater__name"},
        withheld={"recipients": "Names the others, too."},
        erase=_forget_schedules,
    ),
]

NOT_PERSONAL = {
    "reports.Export": ["code", "report", "parameters", "language", "file", "error", "trace"],
    "reports.ReportSchedule": ["code", "report", "parameters", "language", "weekdays"],
    "reports.ReportRun": ["code", "file", "error", "trace"],
    # Whom a theater settles with for a title.
    "reports.SettlementTerms": ["partner"],
}
