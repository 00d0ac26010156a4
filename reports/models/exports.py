"""Files that staff request."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from lib.bounds import TEXT_LENGTH
from theaters.models import Theater


def make_export_code() -> str:
    return get_random_string(20)


def private_storage() -> Storage:
    """Return the storage for files without a public address."""
    return storages["private"]


class ExportQuerySet(models.QuerySet["Export"]):
    def over(self, now: datetime) -> ExportQuerySet:
        """Keep exports whose file has expired."""
        return self.filter(expires_at__lte=now, state=Export.State.READY)


class Export(models.Model):
    """A report written to a file by a worker.

    `attempts` counts the workers that began: only the last one's file is accepted, so that a job that
    was given to two workers makes one file.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELED = "canceled", _("canceled")
        EXPIRED = "expired", _("deleted after its time")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        PDF = "pdf", "PDF"

    OPEN = (State.WAITING, State.RUNNING)

    code = models.CharField(max_length=20, unique=True, default=make_export_code, editable=False)
    report = models.CharField(_("report"), max_length=40)
    # The data of the report's form, validated again when a worker begins.
    parameters = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices)
    language = models.CharField(max_length=10, default="en")
    theaters = models.ManyToManyField(Theater, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # Rows written so far, and how many there will be, where that is known.
    rows = models.PositiveIntegerField(_("rows"), default=0)
    rows_expected = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to="exports/%Y/%m/", blank=True, max_length=200)
    error = models.CharField(_("error"), max_length=300, blank=True)
    # The traceback of what failed, for platform admins.
    trace = models.TextField(max_length=TEXT_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When its worker last reported.
    seen_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["seen_at"], condition=Q(state__in=["waiting", "running"]), name="export_open")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(expires_at__isnull=False)),
                name="export_ready_has_file",
                violation_error_message=_("A finished export has a file and a time at which it expires."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="export_expires_later",
                violation_error_message=_("An export expires after it was made, not before."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("admin:export", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int | None:
        """Return the progress from 0 to 100; None if it is unknown."""
        if self.state == self.State.READY:
            return 100
        return min(100, 100 * self.rows // self.rows_expected) if self.rows_expected else None
