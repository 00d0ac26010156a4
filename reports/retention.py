"""How long this app keeps its rows; see `operations/retention.py`."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from events.models import Event
from operations.retention import Follows, Kept, Pruned
from reports.models import Export, ReportRun, ReportSchedule, SettlementTerms
from reports.models.exports import private_storage


def delete_with_files(rows: QuerySet[Any]) -> None:
    """Delete rows now, and their files after the commit."""
    names = [str(name) for name in rows.exclude(file="").values_list("file", flat=True)]
    rows.delete()
    for name in names:
        # After the commit: a row whose deletion is rolled back must still have its file.
        transaction.on_commit(partial(private_storage().delete, name))


RETENTION = [
    Pruned(
        Export,
        "exports; their files go after `EXPORT_DAYS`",
        "KEEP_REPORT_DAYS",
        "created_at",
        when=lambda: Q(state__in=[Export.State.EXPIRED, Export.State.FAILED, Export.State.CANCELED]),
        delete=delete_with_files,
    ),
    Kept(ReportSchedule, "A report that people get, until they stop it."),
    Pruned(
        ReportRun,
        "scheduled reports that were made, with their files",
        "KEEP_REPORT_DAYS",
        "due_at",
        when=lambda: ~Q(state__in=ReportRun.OPEN),
        delete=delete_with_files,
    ),
    Follows(SettlementTerms, Event),
]

# A partner's share.
BOOKS = [SettlementTerms]
