"""Personal data in this app; see `accounts/privacy.py`.

When a person is erased, files of reports that name customers are not searched: those of theaters where
the person has booked are deleted, and one that is being written is started again.
"""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts.privacy import Holding, Person
from bookings.personal_data import bookings_of
from reports.catalog import REPORTS
from reports.models import Export, ReportRun, ReportSchedule
from reports.models.exports import private_storage
from reports.retention import delete_with_files
from theaters.models import Theater

_NAMING_CUSTOMERS = [slug for slug, report in REPORTS.items() if report.names_customers]


def _schedules(person: Person) -> QuerySet[ReportSchedule]:
    """Return the schedules that write to the person. Filtered in Python: SQLite cannot search a JSON list."""
    wanted = set(person.addresses)
    rows = ReportSchedule.objects.exclude(recipients=[]).values_list("pk", "recipients")
    return ReportSchedule.objects.filter(pk__in=[pk for pk, recipients in rows if wanted & set(recipients)])


def _forget_schedules(person: Person, rows: QuerySet[ReportSchedule]) -> None:
    """Take the person out of the recipients."""
    for schedule in rows:
        schedule.recipients = [address for address in schedule.recipients if address not in person.addresses]
        schedule.save(update_fields=["recipients"])


def _exports(person: Person) -> QuerySet[Export]:
    named = Export.objects.filter(report__in=_NAMING_CUSTOMERS, theaters__in=_theaters(person))
    return Export.objects.filter(pk__in=named.values("pk"), state__in=[*Export.OPEN, Export.State.READY])


def _runs(person: Person) -> QuerySet[ReportRun]:
    named = ReportRun.objects.filter(schedule__report__in=_NAMING_CUSTOMERS, theaters__in=_theaters(person))
    return ReportRun.objects.filter(pk__in=named.values("pk"))


def _theaters(person: Person) -> QuerySet[Theater]:
    return Theater.objects.filter(halls__shows__tickets__booking__in=bookings_of(person))


def _delete_exports(_person: Person, rows: QuerySet[Export]) -> None:
    ready = rows.filter(state=Export.State.READY)
    for name in ready.values_list("file", flat=True):
        transaction.on_commit(partial(private_storage().delete, name))
    ready.update(state=Export.State.EXPIRED)
    # The figures that its worker has read are out of date; the sweep gives it to another one.
    rows.filter(state=Export.State.RUNNING).update(state=Export.State.WAITING)


def _delete_runs(_person: Person, rows: QuerySet[ReportRun]) -> None:
    rows.filter(state=ReportRun.State.RUNNING).update(state=ReportRun.State.WAITING)
    delete_with_files(rows.exclude(state__in=ReportRun.OPEN))


HOLDINGS = [
    Holding(Export, _exports, erase=_delete_exports),
    Holding(ReportRun, _runs, erase=_delete_runs),
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
