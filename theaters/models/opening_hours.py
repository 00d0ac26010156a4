"""When the box office is open: each week, and on dates that differ."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from theaters.models.places import Theater

MIDNIGHT = time(0)


class OpeningHours(models.Model):
    """A span of hours by the theater's clock, on a day of each week or on one date.

    A date replaces the whole day of its week: without hours the box office is closed. Several spans of one day make
    pauses. A span that closes at midnight ends with the day.
    """

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), choices=list(WEEKDAYS.items()), null=True, blank=True
    )
    date = models.DateField(_("date"), null=True, blank=True)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True, help_text=_("0:00 is midnight."))
    note = models.CharField(
        _("note"), max_length=80, blank=True, help_text=_("Shown beside the date, such as “Christmas Eve”.")
    )

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["theater", "date", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday=None, date__isnull=False) | Q(weekday__isnull=False, date=None),
                name="opening_hours_one_day",
                violation_error_message=_("Choose a day of the week or a date."),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=False, closes__isnull=False) | Q(opens=None, closes=None, date__isnull=False),
                name="opening_hours_both_ends",
                violation_error_message=_("Enter when it opens and when it closes."),
            ),
            models.CheckConstraint(
                condition=Q(opens=None) | Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT, opens__gt=MIDNIGHT),
                name="opening_hours_close_later",
                violation_error_message=_("It must close after it opens."),
            ),
            models.UniqueConstraint(
                fields=["theater", "weekday", "opens"],
                name="opening_hours_once_a_weekday",
                violation_error_message=_("This day has these hours already."),
            ),
            models.UniqueConstraint(
                fields=["theater", "date", "opens"],
                name="opening_hours_once_a_date",
                violation_error_message=_("This date has these hours already."),
            ),
        ]

    def __str__(self) -> str:
        day = self.date.isoformat() if self.date else str(WEEKDAYS.get(self.weekday or 0, ""))
        return f"{day} {self.opens:%H:%M}–{self.closes:%H:%M}" if self.opens and self.closes else f"{day} –"
