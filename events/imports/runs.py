"""An import from the upload to the last row. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.errors import SchedulingError
from events.imports.columns import FILE_LIMITS
from events.imports.event_rows import plan_events, write_events
from events.imports.plan import ImportPlan, Outcome
from events.imports.show_rows import plan_shows
from events.imports.show_writing import write_shows
from events.models import ImportRun
from lib.after_commit import after_commit
from lib.jobs import ask_if_lost, ask_worker
from lib.tables import DoubtfulLetters, Sample, UnreadableTable, read_table
from lib.tables.letters import CODECS, show_samples
from lib.violations import read_violation
from theaters.models import Theater

MAX_KEPT_ERRORS = 200
# A larger file, of some 600 rows, is read and written by a worker: 3,000 rows take up to 6 s.
MAX_BYTES_READ_AT_ONCE = 64 * 1024
# The share of the work that is done once the table is read.
PERCENT_WHEN_READ = 20
# The fields that reading sets on a run.
READ_FIELDS = ("state", "refusal", "content", "percent", "rows", "new", "changed", "unchanged", "wrong", "errors")


class ImportRefused(Exception):
    """The import was refused and nothing was written; the message says why."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


def start_import(*, kind: ImportRun.Kind, theater: Theater, file_name: str, content: bytes, by: User) -> ImportRun:
    """Save a file and check it, for review; nothing else is written.

    A file of more than `MAX_BYTES_READ_AT_ONCE` bytes is checked by a worker. If it raises `UnreadableTable`, it
    is not saved.
    """
    run = ImportRun(
        kind=kind, theater=theater, by=by, file_name=file_name[:200], content=content, language=get_language() or "en"
    )
    if len(content) <= MAX_BYTES_READ_AT_ONCE:
        _read(run)
        if run.state == ImportRun.State.UNREADABLE:
            raise UnreadableTable(run.refusal)
        run.save()
    else:
        with transaction.atomic():
            run.woken_at = timezone.now()
            run.save()
            after_commit(wake_import, run.pk)
    return run


def choose_letters(*, run: ImportRun, encoding: str) -> bool:
    """Read the file in the encoding that a person chose, and return True if it was waiting for that."""
    if encoding not in CODECS:
        return False
    with transaction.atomic():
        unclear = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.UNCLEAR)
        if not unclear.update(state=ImportRun.State.READING, encoding=encoding, woken_at=timezone.now()):
            return False
        if len(run.content) > MAX_BYTES_READ_AT_ONCE:
            after_commit(wake_import, run.pk)
            return True
    return work_on_import(run.pk)


def samples_of(run: ImportRun) -> list[Sample]:
    return show_samples(bytes(run.content), run.theater.city.country)


def plan_import(run: ImportRun, report_progress: Callable[[int], object] = bool) -> ImportPlan:
    """Plan what the saved file would do now; calls `report_progress` with a percentage. Raises `UnreadableTable`."""
    table = read_table(bytes(run.content), FILE_LIMITS, encoding=run.encoding, country=run.theater.city.country)
    report_progress(PERCENT_WHEN_READ)
    plan = plan_events if run.kind == ImportRun.Kind.EVENTS else plan_shows
    return plan(table, run.theater)


def work_on_import(run_id: int) -> bool:
    """Read or write a waiting file, and return True if this call did; a second one is harmless."""
    run = ImportRun.objects.select_related("theater__city", "by").get(pk=run_id)
    with override(run.language):
        if run.state == ImportRun.State.READING:
            _read(run, partial(_save_progress, run_id))
            values = {name: getattr(run, name) for name in READ_FIELDS}
            return bool(ImportRun.objects.filter(pk=run_id, state=ImportRun.State.READING).update(**values))
        if run.state == ImportRun.State.WRITING and run.by is not None:
            try:
                _write(run, run.by)
            except ImportRefused as refusal:
                ImportRun.objects.filter(pk=run_id, state=ImportRun.State.WRITING).update(
                    state=ImportRun.State.CHECKED, refusal=str(refusal)[:500]
                )
            return True
    return False


def wake_import(run_id: int) -> None:
    """Ask a worker to continue an import. If the broker is down, its page asks again (`wake_lost`)."""
    ask_worker("events.tasks.work_on_import", run_id)


def wake_lost(run: ImportRun) -> None:
    """Ask for a worker again if there was no sign of the last one."""
    ask_if_lost(ImportRun.objects.filter(pk=run.pk, state__in=ImportRun.WORKING), wake_import)


def finish_import(*, run: ImportRun, by: User, only_right: bool = False) -> ImportRun:
    """Write the file: all of it, or with `only_right` the right rows; a worker does it for a large file.

    Raises `ImportRefused`, and then nothing is written. An import that is already done is returned
    as it is.
    """
    with transaction.atomic():
        checked = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKED)
        # Claims the row, so that of two simultaneous clicks the second finds nothing to do.
        claimed = checked.update(
            state=ImportRun.State.WRITING, by=by, only_right=only_right, refusal="", percent=0, woken_at=timezone.now()
        )
        current = ImportRun.objects.select_related("theater__city").get(pk=run.pk)
        if not claimed:
            if current.state == ImportRun.State.DISMISSED:
                raise ImportRefused(gettext("This import was dismissed. Upload the file again."))
            return current
        if len(current.content) > MAX_BYTES_READ_AT_ONCE:
            after_commit(wake_import, run.pk)
            return current
        return _write(current, by)


def _write(run: ImportRun, by: User) -> ImportRun:
    try:
        with transaction.atomic():
            return _finish(run, by)
    except (SchedulingError, UnreadableTable) as error:
        raise ImportRefused(str(error)) from error
    except DatabaseError as error:
        if (violation := read_violation(error)) is None:
            raise
        message = gettext(
            "Nothing was written, perhaps because someone changed the same things: %(reason)s Check again."
        )
        raise ImportRefused(message % {"reason": violation.sentence}) from error


def _finish(run: ImportRun, by: User) -> ImportRun:
    writing = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.WRITING)
    if not writing.update(state=ImportRun.State.DONE, done_at=timezone.now()):
        return ImportRun.objects.select_related("theater__city").get(pk=run.pk)
    plan = plan_import(run)
    if plan.count(Outcome.WRONG) and not run.only_right:
        raise ImportRefused(gettext("Some rows are wrong, so nothing was written."))
    rows = plan.of(Outcome.NEW, Outcome.CHANGED)
    write = write_events if run.kind == ImportRun.Kind.EVENTS else write_shows
    write(rows, run.theater, by)
    _count(run, plan)
    run.content = b""
    run.state, run.percent = ImportRun.State.DONE, 100
    run.save()
    audit.record(
        by=by,
        action=Action.IMPORT_EVENTS if run.kind == ImportRun.Kind.EVENTS else Action.IMPORT_SHOWS,
        on=run,
        theater_id=run.theater_id,
        after={name: getattr(run, name) for name in ("file_name", "rows", "new", "changed", "unchanged", "wrong")},
    )
    return run


def dismiss_import(*, run: ImportRun, by: User) -> bool:
    """Dismiss a pending import with its file, and return True if that changed anything."""
    with transaction.atomic():
        waiting = ImportRun.objects.filter(pk=run.pk, state__in=set(ImportRun.OPEN) - {ImportRun.State.WRITING})
        if not waiting.update(state=ImportRun.State.DISMISSED, content=b""):
            return False
        audit.record(by=by, action=Action.DISMISS_IMPORT, on=run, theater_id=run.theater_id)
    return True


def _read(run: ImportRun, report_progress: Callable[[int], object] = bool) -> None:
    """Set the file's results on the run, without saving it."""
    run.percent = 100
    try:
        plan = plan_import(run, report_progress)
    except DoubtfulLetters:
        run.state = ImportRun.State.UNCLEAR
    except UnreadableTable as error:
        run.state, run.refusal, run.content = ImportRun.State.UNREADABLE, str(error)[:500], b""
    else:
        run.state = ImportRun.State.CHECKED
        _count(run, plan)


def _save_progress(run_id: int, percent: int) -> None:
    ImportRun.objects.filter(pk=run_id).update(percent=percent, woken_at=timezone.now())


def _count(run: ImportRun, plan: ImportPlan) -> None:
    run.rows = len(plan.rows)
    run.new, run.changed, run.unchanged, run.wrong = (
        plan.count(outcome) for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.WRONG)
    )
    found = [[row.line, column, text] for row in plan.rows for column, text in row.errors.items()]
    run.errors = found[:MAX_KEPT_ERRORS]
