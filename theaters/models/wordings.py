"""What a theater says itself in messages, on pages and on documents, and what it said before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from theaters.models.places import Theater

MAX_TEXT_LENGTH = 2000


class Wording(models.Model):
    """A theater's own text for a place, in one language; see `theaters/wordings/`. Empty: none."""

    theater = models.ForeignKey(Theater, models.CASCADE, related_name="wordings", verbose_name=_("theater"))
    # A key of `PLACES`, such as "booking_confirmed.closing"; one that is gone is ignored.
    place = models.CharField(_("place"), max_length=80)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"), max_length=MAX_TEXT_LENGTH, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "place", "language"],
                name="wording_unique",
                violation_error_message=_("There is already a text for this place in this language."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.theater} ({self.language})"


class FormerWording(models.Model):
    """A text that a wording had before, for undo."""

    wording = models.ForeignKey(Wording, models.CASCADE, related_name="former")
    text = models.TextField(max_length=MAX_TEXT_LENGTH, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former wording")
        verbose_name_plural = _("former wordings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.wording)
