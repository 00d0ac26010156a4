"""Pictures of real plans, to trace in the seat-map editor."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from theaters.models.places import Hall


class Backdrop(models.Model):
    """What the editor shows below the seats of a hall. Only those who may edit the theater see it.

    The picture is in the row, so that it is as private as the row, and goes with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="backdrops", verbose_name=_("hall"))
    # In pixels.
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The last day on which an editor showed it.
    seen_at = models.DateTimeField(default=timezone.now, editable=False)
    # WebP.
    picture = models.BinaryField()

    class Meta:
        verbose_name = _("backdrop")
        verbose_name_plural = _("backdrops")
        ordering = ["hall", "-created_at"]

    def __str__(self) -> str:
        return f"{self.hall} {self.created_at:%Y-%m-%d}"
