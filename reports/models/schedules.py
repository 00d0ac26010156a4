"""Reports that are sent regularly, and their runs."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from lib.bounds import TEXT_LENGTH, between
from reports.models.exports import Export, private_storage
from reports.schedules.recurrence import Recurrence, Rhythm
from theaters.models import Theater


def make_code() -> str:
    return get_random_string(20)


class ReportSchedule(models.Model):
    """Which report goes to whom and when. `schedules/run.py` keeps `next_run_at`.

    It runs by the clock of its theater. Every run checks that the owner may see the figures.
    """

    code = models.CharField(max_length=20, unique=True, default=make_code, editable=False)
    report = models.CharField(_("report"), max_length=40)
    parameters = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Export.Format.choices, default=Export.Format.PDF)
    language = models.CharField(max_length=10, default="en")
    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_schedules")
    # Addresses beside the owner's.
    recipients = models.JSONField(_("also to"), default=list, blank=True)
    rhythm = models.CharField(_("days"), max_length=20, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    at = models.TimeField(_("time"), default=time(8))
    start_on = models.DateField(_("from"))
    every = models.PositiveSmallIntegerField(_("every so many weeks or months"), default=1, validators=between(1, 52))
    weekdays = models.JSONField(_("on"), default=list)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), default=1, validators=between(1, 31))
    nth = models.SmallIntegerField(_("which"), default=1, validators=between(-1, 4))
    is_paused = models.BooleanField(_("paused"), default=False)
    next_run_at = models.DateTimeField(_("next run"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        ordering = ["report", "pk"]
        indexes = [models.Index(fields=["is_paused", "next_run_at"], name="report_schedule_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(every__gte=1, every__lte=52, month_day__gte=1, month_day__lte=31)
                & Q(nth__in=[1, 2, 3, 4, -1]),
                name="report_schedule_rule",
                violation_error_message=_("Repeat every 1 to 52 weeks or months, on a day from 1 to 31."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.recurrence().describe()}"

    def get_absolute_url(self) -> str:
        return reverse("admin:report-schedule", args=[self.code])

    @property
    def tz(self) -> ZoneInfo:
        return self.theater.tz

    def recurrence(self) -> Recurrence:
        return Recurrence(
            rhythm=Rhythm(self.rhythm),
            at=self.at,
            zone=self.theater.tz,
            start=self.start_on,
            every=self.every,
            weekdays=frozenset(self.weekdays or [0]),
            month_day=self.month_day,
            nth=self.nth,
        )


class ReportRun(models.Model):
    """One making of a scheduled report; unique for the moment at which it was due."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    OPEN = (State.WAITING, State.RUNNING)

    code = models.CharField(max_length=20, unique=True, default=make_code, editable=False)
    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="runs")
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # The theaters whose figures the file shows; they decide who may open it.
    theaters = models.ManyToManyField(Theater, related_name="+")
    rows = models.PositiveIntegerField(_("rows"), default=0)
    size = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to="reports/%Y/%m/", blank=True, max_length=200)
    error = models.CharField(_("error"), max_length=300, blank=True)
    # The traceback of what failed, for platform admins.
    trace = models.TextField(max_length=TEXT_LENGTH, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When its worker began, or when it was requested.
    seen_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("run of a report")
        verbose_name_plural = _("runs of reports")
        ordering = ["-due_at", "-pk"]
        indexes = [models.Index(fields=["state", "seen_at"], name="report_run_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "due_at"],
                name="report_run_once",
                violation_error_message=_("This report was already requested for this time."),
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(file=""),
                name="report_run_sent_has_file",
                violation_error_message=_("A report that was sent has a file."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule.report} {self.due_at:%Y-%m-%d %H:%M}"
