"""Changes to the timetable, kept so that they can be undone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from theaters.models import Theater


class TimetableChange(models.Model):
    """One change to a theater's timetable: shows that were made together, or one that was moved.

    `shows` are the pks of the shows; `before` and `after` are where a moved one was and is: its
    hall, seat map and start.
    """

    class Kind(models.TextChoices):
        MADE = "made", _("made")
        MOVED = "moved", _("moved")

    theater = models.ForeignKey(Theater, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    shows = models.JSONField(default=list)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of the timetable")
        verbose_name_plural = _("changes of the timetable")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["by", "theater", "-id"], condition=Q(undone_at__isnull=True), name="timetable_undo")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {len(self.shows)}"
