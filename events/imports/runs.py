"""An import from the upload to the last row. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from events.errors import SchedulingError
from events.imports.event_rows import plan_events, write_events
from events.imports.plan import Fate, Plan
from events.imports.show_rows import plan_shows
from events.imports.show_writing import write_shows
from events.imports.tables import read_table
from events.models import ImportRun
from events.models.imports import KEPT_DAYS
from theaters.models import Theater

KEPT_ERRORS = 200


class ImportRefused(Exception):
    """The import was not done and nothing of it is written; the message says why."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


def start_import(*, kind: ImportRun.Kind, theater: Theater, file_name: str, content: bytes, by: User) -> ImportRun:
    """Check a file and keep it, to be looked at and imported; nothing else is written.

    Raises `UnreadableFile`. Imports that nobody finished for `KEPT_DAYS` lose their file.
    """
    plan = _plan(kind, theater, content)
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    checked = ImportRun.objects.filter(state=ImportRun.State.CHECKED)
    checked.filter(theater=theater, created_at__lt=old).update(state=ImportRun.State.DISMISSED, content=b"")
    run = ImportRun(kind=kind, theater=theater, by=by, file_name=file_name[:200], content=content)
    _count(run, plan)
    run.save()
    return run


def plan_import(run: ImportRun) -> Plan:
    """Say what the kept file would do now. Raises `UnreadableFile`."""
    return _plan(ImportRun.Kind(run.kind), run.theater, bytes(run.content))


def finish_import(*, run: ImportRun, by: User, only_right: bool = False) -> ImportRun:
    """Write what the file says, all of it, or with `only_right` its right rows.

    Raises `ImportRefused`, and then nothing is written. An import that is done already is returned
    as it is.
    """
    try:
        with transaction.atomic():
            return _finish(run, by, only_right)
    except SchedulingError as error:
        raise ImportRefused(str(error)) from error
    except IntegrityError as error:
        raise ImportRefused(_("Somebody changed the same things at this moment. Look at the rows again.")) from error


def _finish(run: ImportRun, by: User, only_right: bool) -> ImportRun:
    checked = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKED)
    # Takes the row, so that of two who press the button at once the second finds nothing left to do.
    if not checked.update(state=ImportRun.State.DONE, done_at=timezone.now(), by=by):
        current = ImportRun.objects.select_related("theater__city").get(pk=run.pk)
        if current.state == ImportRun.State.DISMISSED:
            raise ImportRefused(_("This import was dismissed. Upload the file again."))
        return current
    run = ImportRun.objects.select_related("theater__city").get(pk=run.pk)
    plan = plan_import(run)
    if plan.count(Fate.WRONG) and not only_right:
        raise ImportRefused(_("Some rows are wrong, so that nothing was written."))
    rows = plan.of(Fate.NEW, Fate.CHANGED)
    write = write_events if run.kind == ImportRun.Kind.EVENTS else write_shows
    write(rows, run.theater, by)
    _count(run, plan)
    run.content = b""
    run.save()
    audit.record(
        by=by,
        action=f"import {run.kind}",
        on=run,
        theater_id=run.theater_id,
        after={name: getattr(run, name) for name in ("file_name", "rows", "new", "changed", "unchanged", "wrong")},
    )
    return run


def dismiss_import(*, run: ImportRun, by: User) -> bool:
    """Put an import aside that was not done, with its file, and say whether that changed anything."""
    with transaction.atomic():
        checked = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKED)
        if not checked.update(state=ImportRun.State.DISMISSED, content=b""):
            return False
        audit.record(by=by, action="dismiss import", on=run, theater_id=run.theater_id)
    return True


def _plan(kind: ImportRun.Kind, theater: Theater, content: bytes) -> Plan:
    table = read_table(content)
    return plan_events(table, theater) if kind == ImportRun.Kind.EVENTS else plan_shows(table, theater)


def _count(run: ImportRun, plan: Plan) -> None:
    run.rows = len(plan.rows)
    run.new, run.changed, run.unchanged, run.wrong = (
        plan.count(fate) for fate in (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED, Fate.WRONG)
    )
    found = [[row.line, column, text] for row in plan.rows for column, text in row.errors.items()]
    run.errors = found[:KEPT_ERRORS]
