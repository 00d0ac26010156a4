"""Scheduled reports.

A task looks each minute for what is due. It claims a schedule by a conditional update of its due moment,
in the transaction that writes the run, so of two schedulers only one finds it. A scheduler that was down
catches up once, with the latest run that it missed. A worker claims the run in the same way, and writes
its mails in the transaction that ends it, with keys of run and recipient. So no one gets a report twice.

Every run checks again that the owner may see the figures. An owner who no longer may gets a message
instead of figures, and the schedule is paused. A schedule over all theaters of its owner goes on with the
remaining ones, by the clock of one of them, and its message names those that are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from traceback import format_exc
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from lib.after_commit import after_commit
from lib.bounds import TEXT_LENGTH
from lib.jobs import ask_worker
from lib.replica import read_from_replica
from notifications.attachments import Attachment, Shared
from notifications.models import Notification
from notifications.services import notify
from reports.access import refused_recipients, stranded_schedules
from reports.catalog import REPORTS, Report
from reports.exports.run import WORKER_GONE
from reports.exports.write import Written, mime_type_of, write_report
from reports.forms import ReportForm
from reports.models import ReportRun, ReportSchedule
from reports.models.exports import private_storage
from reports.periods import Span
from reports.results import ReportRequest

log = structlog.get_logger(__name__)

# Larger files are opened in the console: many mail servers refuse messages above 10 MB.
MAX_ATTACHED_BYTES = 6 * 1024 * 1024
# A run whose worker has been silent for so long is started again: longer than a job may take.
WORKER_GONE_AFTER = timedelta(minutes=35)
TASK_LOST_AFTER = timedelta(minutes=2)
MAX_ATTEMPTS = 3
NAMED_THEATERS = 3
REFUSED = _(
    "This report has names and addresses of customers. It can't go to %(address)s: the person may not see it in the "
    "theater, and the theater does not allow the domain. A manager can allow it, under Theaters."
)
NOT_MADE = _("The report could not be made. It will be tried again at its next time, or you can run it now.")


class NotAllowed(Exception):
    """The owner may no longer see these figures, or the report no longer exists."""


def save_schedule(
    *, schedule: ReportSchedule, report: Report, parameters: Mapping[str, Any], by: User
) -> ReportSchedule:
    """Save a new or changed schedule of its owner, due at its next moment from now.

    Raises `ValidationError` if the parameters are wrong or `by` may not see these figures.
    """
    form = ReportForm(report, by, parameters)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    if form.cleaned_data.get("span") == Span.CUSTOM:
        raise ValidationError(gettext("These days would be the same each time. Choose a period such as “last week”."))
    refused = refused_recipients(report, form.chosen_theaters(), schedule.recipients)
    if refused:
        raise ValidationError({"recipients": REFUSED % {"address": refused[0]}})
    is_new = schedule.pk is None
    schedule.report = report.slug
    schedule.parameters = form.parameters()
    schedule.theater = form.chosen_theaters()[0]
    schedule.next_run_at = schedule.recurrence().next(timezone.now())
    with transaction.atomic():
        schedule.save()
        _record(schedule, Action.ADD_REPORT_SCHEDULE if is_new else Action.CHANGE_REPORT_SCHEDULE, by)
    return schedule


def set_paused(*, schedule: ReportSchedule, is_paused: bool, by: User) -> bool:
    """Pause or resume a schedule, from its next moment on; return True if that changed it."""
    next_run_at = schedule.recurrence().next(timezone.now())
    with transaction.atomic():
        rows = ReportSchedule.objects.filter(pk=schedule.pk, is_paused=not is_paused)
        if not rows.update(is_paused=is_paused, next_run_at=next_run_at):
            return False
        _record(schedule, Action.PAUSE_REPORT_SCHEDULE if is_paused else Action.RESUME_REPORT_SCHEDULE, by)
    return True


def take_over(*, schedule: ReportSchedule, by: User) -> bool:
    """Make `by` the owner, with whose rights it is made and who receives it. Return True if that changed it.

    Raises `ValidationError` if `by` may not see what it shows.
    """
    report = REPORTS.get(schedule.report)
    form = ReportForm(report, by, schedule.parameters) if report else None
    if form is None or not form.is_valid():
        raise ValidationError(gettext("You may not see all that this schedule shows."))
    before, schedule.theater = schedule.owner, form.chosen_theaters()[0]
    next_run_at = schedule.recurrence().next(timezone.now())
    with transaction.atomic():
        rows = ReportSchedule.objects.filter(pk=schedule.pk, owner=before).exclude(owner=by)
        if not rows.update(owner=by, theater=schedule.theater, next_run_at=next_run_at):
            return False
        schedule.owner = by
        _record(schedule, Action.TAKE_OVER_REPORT_SCHEDULE, by, reason=before.email)
    return True


def follow_address(*, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any) -> None:
    """Send reports for an address that was changed to the new one; connected to allauth's `email_changed`."""
    if from_email_address is None:
        # The first address of a new account.
        return
    former, current = from_email_address.email.lower(), to_email_address.email.lower()
    for schedule in ReportSchedule.objects.exclude(recipients=[]):
        if former in schedule.recipients:
            schedule.recipients = [current if address == former else address for address in schedule.recipients]
            schedule.save(update_fields=["recipients"])


def delete_schedule(*, schedule: ReportSchedule, by: User) -> None:
    """Delete a schedule with its history and files."""
    names = [str(name) for name in schedule.runs.exclude(file="").values_list("file", flat=True)]
    with transaction.atomic():
        _record(schedule, Action.DELETE_REPORT_SCHEDULE, by)
        schedule.delete()
    for name in names:
        private_storage().delete(name)


def run_now(*, schedule: ReportSchedule, by: User) -> ReportRun:
    """Make an extra report now; the next run stays as it is. Two calls within a minute make one."""
    due_at = timezone.now().replace(second=0, microsecond=0)
    with transaction.atomic():
        run, is_new = ReportRun.objects.get_or_create(schedule=schedule, due_at=due_at)
        if is_new:
            _record(schedule, Action.RUN_REPORT_SCHEDULE, by)
            after_commit(wake_run, run.pk)
    return run


def start_due(*, now: datetime | None = None) -> int:
    """Start a run of every schedule that is due and restart lost runs, each minute; return how many were due."""
    now = now or timezone.now()
    started = 0
    for stranded in stranded_schedules():
        _take_clock(stranded, now)
    due = ReportSchedule.objects.filter(is_paused=False, next_run_at__lte=now).select_related("theater__city")
    for schedule in due:
        recurrence = schedule.recurrence()
        with transaction.atomic():
            claimed = ReportSchedule.objects.filter(
                pk=schedule.pk, is_paused=False, next_run_at=schedule.next_run_at
            ).update(next_run_at=recurrence.next(now))
            if not claimed:
                continue
            run, is_new = ReportRun.objects.get_or_create(
                schedule=schedule, due_at=recurrence.latest(schedule.next_run_at, now)
            )
            if is_new:
                after_commit(wake_run, run.pk)
                started += 1
    _resume(now)
    return started


def make_run(run_id: int) -> bool:
    """Make a run's file and send it unless another worker does. Return True if sent. Call outside a transaction."""
    claimed = ReportRun.objects.filter(pk=run_id, state=ReportRun.State.WAITING).update(
        state=ReportRun.State.RUNNING, attempts=F("attempts") + 1, seen_at=timezone.now()
    )
    if not claimed:
        return False
    run = ReportRun.objects.select_related("schedule__owner", "schedule__theater__city").get(pk=run_id)
    with override(run.schedule.language):
        try:
            return _make(run)
        except NotAllowed:
            _fail(run, gettext("You may no longer see these figures, so the schedule is paused."), pauses=True)
        except ValidationError as refusal:
            _fail(run, refusal.messages[0])
        except Exception:
            log.exception("report_run_failed", run=run.code)
            _fail(run, str(NOT_MADE), trace=format_exc())
    return False


def attach_file(shared: Shared, code: str) -> Attachment | None:
    """Return the file of a run for its mail, or None if it is gone."""
    run = ReportRun.objects.filter(code=code).exclude(file="").first()
    if run is None or not private_storage().exists(str(run.file.name)):
        return None
    name = str(run.file.name).rpartition("/")[2]
    with run.file.open("rb") as file:
        return Attachment(name, file.read(), mime_type_of(name))


def wake_run(run_id: int) -> None:
    """Ask a worker to make a run now. If the broker is down, the next sweep does."""
    ask_worker("reports.tasks.make_run", run_id)


def _resume(now: datetime) -> None:
    """Restart runs whose task got lost or whose worker is gone; fail them after `MAX_ATTEMPTS`."""
    gone = ReportRun.objects.filter(state=ReportRun.State.RUNNING, seen_at__lte=now - WORKER_GONE_AFTER)
    for run in gone.filter(attempts__gte=MAX_ATTEMPTS).select_related("schedule__owner", "schedule__theater__city"):
        with override(run.schedule.language):
            log.error("report_worker_gone", run=run.code, attempt=run.attempts, seen_at=run.seen_at.isoformat())
            _fail(run, str(NOT_MADE), trace=WORKER_GONE % MAX_ATTEMPTS)
    gone.filter(attempts__lt=MAX_ATTEMPTS).update(state=ReportRun.State.WAITING, seen_at=now - TASK_LOST_AFTER)
    lost = ReportRun.objects.filter(state=ReportRun.State.WAITING, seen_at__lte=now - TASK_LOST_AFTER)
    for pk in list(lost.values_list("pk", flat=True)):
        if lost.filter(pk=pk).update(seen_at=now):
            wake_run(pk)


def _make(run: ReportRun) -> bool:
    schedule = run.schedule
    report, request = _read_request(schedule)
    with TemporaryFile() as scratch:
        written = read_from_replica(lambda: write_report(report, request, schedule.format, scratch), after=_own(run))
        size = scratch.tell()
        scratch.seek(0)
        name = private_storage().save(f"reports/{get_random_string(24)}/{written.name}", File(scratch))
    try:
        with transaction.atomic():
            is_ours = _own(run).update(
                state=ReportRun.State.SENT, file=name, rows=written.rows, size=size, finished_at=timezone.now()
            )
            if is_ours:
                dropped = _find_dropped(run, request)
                run.theaters.set(request.theaters)
                _deliver(run, request, written, size, dropped)
    except BaseException:
        private_storage().delete(name)
        raise
    if not is_ours:
        private_storage().delete(name)
    return bool(is_ours)


def _take_clock(schedule: ReportSchedule, now: datetime) -> None:
    """Run a schedule over all theaters by the clock of one that its owner still has, if there is any."""
    report = REPORTS.get(schedule.report)
    form = ReportForm(report, schedule.owner, schedule.parameters) if report else None
    if form is None or not form.is_valid():
        # Its next run pauses it and notifies the owner.
        return
    lost, schedule.theater = schedule.theater, form.chosen_theaters()[0]
    # A run that is due stays due.
    next_run_at = schedule.next_run_at if schedule.next_run_at <= now else schedule.recurrence().next(now)
    with transaction.atomic():
        rows = ReportSchedule.objects.filter(pk=schedule.pk, theater=lost)
        if rows.update(theater=schedule.theater, next_run_at=next_run_at):
            _record(schedule, Action.CHANGE_REPORT_SCHEDULE, None, reason=gettext("Without %s") % lost.name)


def _read_request(schedule: ReportSchedule) -> tuple[Report, ReportRequest]:
    """Return the report and its request, with the owner's rights of this moment. Raises `NotAllowed`."""
    report = REPORTS.get(schedule.report)
    if report is None or not schedule.owner.is_active:
        raise NotAllowed
    form = ReportForm(report, schedule.owner, schedule.parameters)
    if not form.is_valid():
        raise NotAllowed
    return report, form.request()


def _find_dropped(run: ReportRun, request: ReportRequest) -> list[str]:
    """Return the names of the theaters that were in the last report and are not in this one."""
    last = run.schedule.runs.filter(state=ReportRun.State.SENT).exclude(pk=run.pk).first()
    if last is None:
        return []
    gone = last.theaters.exclude(pk__in=[theater.pk for theater in request.theaters])
    return list(gone.order_by("name").values_list("name", flat=True))


def _deliver(run: ReportRun, request: ReportRequest, written: Written, size: int, dropped: list[str]) -> None:
    schedule, report = run.schedule, REPORTS[run.schedule.report]
    is_attached = size <= MAX_ATTACHED_BYTES
    places = [theater.name for theater in request.theaters]
    context = {
        "name": schedule.owner.name,
        "report": str(report.title),
        "place": ", ".join(places[:NAMED_THEATERS]) + (" …" if len(places) > NAMED_THEATERS else ""),
        "period": _describe_period(request),
        "dropped": ", ".join(dropped),
        "figures": [],
        "error": "",
        "for_staff": True,
    }
    # Checked again: people leave teams, and theaters remove domains.
    refused = refused_recipients(report, request.theaters, schedule.recipients)
    if refused:
        _record(schedule, Action.LEAVE_OUT_REPORT_RECIPIENTS, None, reason=", ".join(refused))
    allowed = [address for address in schedule.recipients if address not in refused]
    for recipient in dict.fromkeys([schedule.owner.contact_email, *allowed]):
        is_owner = recipient == schedule.owner.contact_email
        has_link = is_owner or not is_attached
        notify(
            kind=Notification.Kind.REPORT_DELIVERY,
            recipient=recipient,
            user=schedule.owner if is_owner else None,
            unique_key=f"report_delivery:{run.code}:{recipient}"[:160],
            language=schedule.language,
            context={
                **context,
                "name": context["name"] if is_owner else "",
                "url": f"{settings.SITE_URL}{schedule.get_absolute_url()}" if has_link else "",
            },
            attachments=[("report.file", run.code)] if is_attached else [],
            theater_id=schedule.theater_id,
        )


def _describe_period(request: ReportRequest) -> str:
    if request.period is None:
        return date_format(timezone.localtime(request.now, request.theaters[0].tz), "DATE_FORMAT")
    first, last = (date_format(day, "DATE_FORMAT") for day in (request.period.first, request.period.last))
    return first if first == last else f"{first} – {last}"


def _fail(run: ReportRun, error: str, *, pauses: bool = False, trace: str = "") -> None:
    """End a run without its report, and tell the owner."""
    schedule = run.schedule
    with transaction.atomic():
        if not _own(run).update(
            state=ReportRun.State.FAILED, error=error[:300], trace=trace[-TEXT_LENGTH:], finished_at=timezone.now()
        ):
            return
        if pauses:
            ReportSchedule.objects.filter(pk=schedule.pk).update(is_paused=True)
            _record(schedule, Action.PAUSE_REPORT_SCHEDULE, None, reason=error)
        if not schedule.owner.is_active:
            return
        report = REPORTS.get(schedule.report)
        notify(
            kind=Notification.Kind.REPORT_DELIVERY,
            recipient=schedule.owner.contact_email,
            user=schedule.owner,
            unique_key=f"report_failed:{run.code}",
            language=schedule.language,
            context={
                "name": schedule.owner.name,
                "report": str(report.title) if report else schedule.report,
                "place": schedule.theater.name,
                "period": "",
                "dropped": "",
                "figures": [],
                "error": error,
                "url": f"{settings.SITE_URL}{schedule.get_absolute_url()}",
                "for_staff": True,
            },
            theater_id=schedule.theater_id,
        )


def _own(run: ReportRun) -> Any:
    return ReportRun.objects.filter(pk=run.pk, state=ReportRun.State.RUNNING, attempts=run.attempts)


def _record(schedule: ReportSchedule, action: str, by: User | None, *, reason: str = "") -> None:
    audit.record(
        by=by,
        action=action,
        on=schedule,
        theater_id=schedule.theater_id,
        after={
            "report": schedule.report,
            "parameters": schedule.parameters,
            "when": schedule.recurrence().describe(),
            "recipients": list(_recipients(schedule)),
        },
        reason=reason[:300],
    )


def _recipients(schedule: ReportSchedule) -> Iterable[str]:
    return dict.fromkeys([schedule.owner.contact_email, *schedule.recipients])
