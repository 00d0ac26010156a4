"""Exports: requested on a page, written by a worker, kept for some days.

A worker claims an export by a conditional update, which counts its attempt. Once there is a later
attempt, or the export was canceled, nothing that the worker reports is accepted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from traceback import format_exc
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.after_commit import after_commit
from lib.bounds import TEXT_LENGTH
from lib.jobs import ask_worker
from lib.replica import read_from_replica
from notifications.models import Notification
from notifications.services import notify
from reports.catalog import REPORTS, Report
from reports.exports.write import write_report
from reports.forms import ReportForm
from reports.models import Export
from reports.models.exports import private_storage

log = structlog.get_logger(__name__)

# How often a worker reports its progress: each time is one statement.
PROGRESS_SECONDS = 1.0
# A worker that has been silent for so long is gone: reading a million tickets takes two minutes.
WORKER_GONE_AFTER = timedelta(minutes=5)
# A task that has not begun by then is lost, or waits behind others: then the second one finds nothing to do.
TASK_LOST_AFTER = timedelta(minutes=1)
MAX_ATTEMPTS = 3
WRITE_FAILED = _("The file could not be written. Try again, or choose fewer days.")
# For platform admins, as tracebacks are.
WORKER_GONE = "%d workers began and fell silent: killed, out of memory, or longer than their time limit."
NOT_ALLOWED = _("What you asked for no longer exists, or you may no longer see its figures.")


class Stopped(Exception):
    """The export was canceled, or given to another worker."""


def start_export(
    *,
    report: Report,
    parameters: Mapping[str, Any],
    format: str,  # noqa: A002 the word of the field
    by: User,
    language: str = "en",
) -> Export:
    """Request a file. A second request while it is not ready returns the same export.

    Raises `ValidationError` if the parameters are wrong or `by` may not see these figures.
    """
    form = ReportForm(report, by, parameters)
    if not form.is_valid() or format not in Export.Format.values:
        raise ValidationError([error for errors in form.errors.values() for error in errors] or [str(NOT_ALLOWED)])
    wanted = {"report": report.slug, "parameters": form.parameters(), "format": format}
    for export in Export.objects.filter(asked_by=by, report=report.slug, format=format, state__in=Export.OPEN):
        if export.parameters == wanted["parameters"]:
            return export
    with transaction.atomic():
        export = Export.objects.create(asked_by=by, language=language, **wanted)
        export.theaters.set(form.chosen_theaters())
        after_commit(wake_export, export.pk)
    return export


def run_export(export_id: int) -> bool:
    """Write an export's file unless another worker does. Return True if it is ready. Call it outside a transaction."""
    claimed = Export.objects.filter(pk=export_id, state=Export.State.WAITING).update(
        state=Export.State.RUNNING, attempts=F("attempts") + 1, rows=0, rows_expected=None, seen_at=timezone.now()
    )
    if not claimed:
        return False
    export = Export.objects.select_related("asked_by").get(pk=export_id)
    try:
        with override(export.language):
            _write(export)
    except Stopped:
        return False
    except ValidationError as refusal:
        _fail(export, refusal.messages[0])
        return False
    except Exception:
        log.exception("export_failed", export=export.code)
        _fail(export, str(WRITE_FAILED), trace=format_exc())
        return False
    return True


def cancel_export(*, export: Export) -> bool:
    """Stop an export; its worker notices at its next report. Return True if it was open."""
    return bool(
        Export.objects.filter(pk=export.pk, state__in=Export.OPEN).update(
            state=Export.State.CANCELED, finished_at=timezone.now()
        )
    )


def resume_exports(*, now: datetime | None = None) -> int:
    """Restart exports whose task got lost or whose worker is gone; give up after `MAX_ATTEMPTS`."""
    now = now or timezone.now()
    gone = Export.objects.filter(state=Export.State.RUNNING, seen_at__lte=now - WORKER_GONE_AFTER)
    for export in gone:
        log.error("export_worker_gone", export=export.code, attempt=export.attempts, seen_at=export.seen_at.isoformat())
    gone.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=Export.State.FAILED, error=str(WRITE_FAILED), trace=WORKER_GONE % MAX_ATTEMPTS, finished_at=now
    )
    gone.update(state=Export.State.WAITING, seen_at=now - TASK_LOST_AFTER)
    lost = Export.objects.filter(state=Export.State.WAITING, seen_at__lte=now - TASK_LOST_AFTER)
    pks = list(lost.values_list("pk", flat=True))
    Export.objects.filter(pk__in=pks, state=Export.State.WAITING).update(seen_at=now)
    for pk in pks:
        wake_export(pk)
    return len(pks)


def delete_old_files(*, now: datetime | None = None) -> int:
    """Delete the files that have expired and mark their rows."""
    deleted = 0
    for export in Export.objects.over(now or timezone.now()):
        name = str(export.file.name)
        # The row first: a row without its file would fail, a file without a row only takes room.
        deleted += Export.objects.filter(pk=export.pk, state=Export.State.READY).update(state=Export.State.EXPIRED)
        private_storage().delete(name)
    return deleted


def wake_export(export_id: int) -> None:
    """Ask a worker to write an export now. If the broker is down, the next sweep does."""
    ask_worker("reports.tasks.write_export", export_id)


def _write(export: Export) -> None:
    report = REPORTS.get(export.report)
    form = ReportForm(report, export.asked_by, export.parameters) if report else None
    if report is None or form is None or not form.is_valid():
        raise ValidationError(str(NOT_ALLOWED))
    request = form.request()
    chosen = {theater.pk for theater in request.theaters}
    if chosen != set(export.theaters.values_list("pk", flat=True)):
        # “All of mine” may be other theaters by now; those in the file decide who may open it.
        export.theaters.set(chosen)
    with TemporaryFile() as scratch:
        progress = _Progress(export)
        written = read_from_replica(
            lambda: write_report(
                report, request, export.format, scratch, on_row=progress.count, on_built=progress.expect
            ),
            after=_own(export),
        )
        scratch.seek(0)
        name = private_storage().save(f"exports/{get_random_string(24)}/{written.name}", File(scratch))
    try:
        _finish(export, report, name, written.rows)
    except BaseException:
        private_storage().delete(name)
        raise


def _finish(export: Export, report: Report, name: str, rows: int) -> None:
    now = timezone.now()
    expires_at = now + timedelta(days=settings.EXPORT_DAYS)
    with transaction.atomic():
        is_ours = _own(export).update(
            state=Export.State.READY, file=name, rows=rows, finished_at=now, expires_at=expires_at, seen_at=now
        )
        if not is_ours:
            raise Stopped
        notify(
            kind=Notification.Kind.EXPORT_READY,
            recipient=export.asked_by.contact_email,
            user=export.asked_by,
            unique_key=f"export_ready:{export.code}",
            context={
                "name": export.asked_by.name,
                "report": str(report.title),
                "format": export.get_format_display(),
                "rows": rows,
                "expires_at": expires_at.isoformat(),
                "for_staff": True,
                "url": f"{settings.SITE_URL}{export.get_absolute_url()}",
            },
            language=export.language,
        )


def _fail(export: Export, error: str, *, trace: str = "") -> None:
    _own(export).update(
        state=Export.State.FAILED, error=error[:300], trace=trace[-TEXT_LENGTH:], finished_at=timezone.now()
    )


def _own(export: Export) -> Any:
    return Export.objects.filter(pk=export.pk, state=Export.State.RUNNING, attempts=export.attempts)


class _Progress:
    """Reports the progress now and then, and raises `Stopped` when the export is no longer this worker's."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.last = time.monotonic()

    def expect(self, rows: int | None) -> None:
        self._give(rows_expected=rows)

    def count(self, rows: int) -> None:
        if time.monotonic() - self.last >= PROGRESS_SECONDS:
            self._give(rows=rows)

    def _give(self, **fields: Any) -> None:
        self.last = time.monotonic()
        if not _own(self.export).update(seen_at=timezone.now(), **fields):
            raise Stopped


def describe_state(export: Export) -> str:
    """Return the state of an export in a few words."""
    if export.state == Export.State.RUNNING and export.percent is not None:
        return gettext("running, %d %%") % export.percent
    if export.state == Export.State.RUNNING and export.rows:
        return gettext("running, %d rows so far") % export.rows
    return str(export.get_state_display())
