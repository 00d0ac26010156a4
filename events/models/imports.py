"""Uploaded files of events and shows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.shows import Show
from lib.bounds import between
from theaters.models import Theater


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def awaiting_decision(self) -> ImportRunQuerySet:
        """Return imports with wrong rows that were neither written nor dismissed."""
        return self.filter(state=ImportRun.State.CHECKED, wrong__gt=0)


class ImportRun(models.Model):
    """One uploaded file of events or shows: what it would do, and what it did."""

    class Kind(models.TextChoices):
        EVENTS = "events", _("events")
        SHOWS = "shows", _("shows")

    class State(models.TextChoices):
        READING = "reading", _("being read")
        UNCLEAR = "unclear", _("encoding unclear")
        UNREADABLE = "unreadable", _("unreadable")
        CHECKED = "checked", _("checked, nothing written")
        WRITING = "writing", _("being imported")
        DONE = "done", _("imported")
        DISMISSED = "dismissed", _("dismissed")

    # States in which a worker is busy, and those that are still open.
    WORKING = (State.READING, State.WRITING)
    OPEN = (*WORKING, State.UNCLEAR, State.CHECKED)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="import_runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), null=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    wrong = models.PositiveIntegerField(_("wrong"), default=0)
    # The first errors, as lists of line, column and sentence.
    errors = models.JSONField(_("errors"), default=list, blank=True)
    # The encoding, if a person had to choose it.
    encoding = models.CharField(max_length=20, blank=True, editable=False)
    # Why it could not be read, or was not written.
    refusal = models.CharField(_("why not"), max_length=500, blank=True, editable=False)
    # The language of the worker's messages.
    language = models.CharField(max_length=10, default="en", editable=False)
    # Write only the right rows.
    only_right = models.BooleanField(default=False, editable=False)
    # How far a worker is, and when it was last asked to continue or reported progress.
    percent = models.PositiveSmallIntegerField(default=0, editable=False, validators=between(0, 100))
    woken_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("imported at"), null=True, blank=True, editable=False)
    # The file itself, until it is imported or dismissed.
    content = models.BinaryField(default=b"")

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows=F("new") + F("changed") + F("unchanged") + F("wrong")),
                name="import_run_counts_add_up",
                violation_error_message=_("The counts of an import do not add up to its rows."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ShowKey(models.Model):
    """The key that a theater's files give a show, so that a file finds it even after its time has changed."""

    theater = models.ForeignKey(Theater, models.CASCADE, related_name="show_keys")
    key = models.CharField(_("key"), max_length=60)
    show = models.OneToOneField(Show, models.CASCADE, related_name="import_key")

    class Meta:
        verbose_name = _("key of a show")
        verbose_name_plural = _("keys of shows")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "key"],
                name="show_key_unique",
                violation_error_message=_("This theater already has a show with this key."),
            )
        ]

    def __str__(self) -> str:
        return self.key
