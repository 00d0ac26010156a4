"""A note that a theater writes to the customers of one show."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Show


class ShowNote(models.Model):
    """What was written, and how far its messages are; see `notes.py`."""

    show = models.ForeignKey(Show, models.PROTECT, verbose_name=_("show"), related_name="notes")
    # A subject and a text for each language, with placeholders; the first is for all who read none of the others.
    texts = models.JSONField(default=list)
    # Of the form that it was sent from: sent twice, it is one note.
    key = models.UUIDField(unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    # How many bookings were to get it, and how many have it: in the order of their keys, as far as `last_booking`.
    bookings = models.PositiveIntegerField(_("bookings"), default=0)
    done = models.PositiveIntegerField(default=0)
    last_booking = models.BigIntegerField(default=0)
    messages = models.PositiveIntegerField(_("messages"), default=0)
    # When a worker last made progress: if that is a while ago, it was killed, and another goes on.
    worked_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("note to customers")
        verbose_name_plural = _("notes to customers")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return str(self.show)

    @property
    def subject(self) -> str:
        return str(self.texts[0]["subject"]) if self.texts else ""

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.bookings, 100) if self.bookings else 100
