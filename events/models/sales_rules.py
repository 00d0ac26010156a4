"""When the sale of a theater's shows opens and closes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from lib.bounds import MINUTES_OF_A_DAY, between
from theaters.models import Theater

MAX_DAYS_BEFORE = 730


class SaleTimes(NamedTuple):
    """When a sale opens and closes; None means at once, and at the start."""

    opens_at: datetime | None
    closes_at: datetime | None


class SalesRule(models.Model):
    """When shows of an event, or all of a theater, are sold, unless a show differs.

    Each end of the sale is a fixed moment, or relative to the start, or neither: at once, and at the start.
    """

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="sales_rules")
    event = models.ForeignKey(
        Event,
        models.CASCADE,
        verbose_name=_("event"),
        null=True,
        blank=True,
        related_name="sales_rules",
        help_text=_("Empty: for all events that have no rule of their own."),
    )
    opens_at = models.DateTimeField(_("opens at a fixed time"), null=True, blank=True)
    opens_days_before = models.PositiveSmallIntegerField(
        _("opens days before"),
        null=True,
        blank=True,
        validators=between(0, MAX_DAYS_BEFORE),
        help_text=_("Days before the show; 42 is six weeks."),
    )
    opens_clock = models.TimeField(
        _("at this time of day"), null=True, blank=True, help_text=_("Empty: at the time of day that the show starts.")
    )
    closes_at = models.DateTimeField(_("closes at a fixed time"), null=True, blank=True)
    closes_minutes_before = models.PositiveIntegerField(
        _("closes minutes before"),
        null=True,
        blank=True,
        validators=between(0, MAX_DAYS_BEFORE * MINUTES_OF_A_DAY),
        help_text=_("Minutes before the show starts."),
    )

    class Meta:
        verbose_name = _("on-sale rule")
        verbose_name_plural = _("on-sale rules")
        ordering = ["theater", "event__sort_title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "event"],
                name="sales_rule_one_per_event",
                violation_error_message=_("This theater has a rule for this event already."),
            ),
            models.UniqueConstraint(
                fields=["theater"],
                condition=Q(event=None),
                name="sales_rule_one_default",
                violation_error_message=_("This theater has a rule for all other events already."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(opens_days_before=None),
                name="sales_rule_opens_in_one_way",
                violation_error_message=_("Choose one opening: a fixed time, or days before the show."),
            ),
            models.CheckConstraint(
                condition=Q(opens_clock=None) | Q(opens_days_before__isnull=False),
                name="sales_rule_clock_of_a_day",
                violation_error_message=_("A time of day needs a number of days before the show."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_minutes_before=None),
                name="sales_rule_closes_in_one_way",
                violation_error_message=_("Choose one closing: a fixed time, or minutes before the show."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=F("opens_at")),
                name="sales_rule_closes_after_opening",
                violation_error_message=_("The sale must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theater}: {self.event}" if self.event_id else str(self.theater)

    def times(self, starts_at: datetime, zone: ZoneInfo) -> SaleTimes:
        """Return when the sale of a show with this start opens and closes, by the clock of its theater.

        An opening that would not come before the closing is left out, because such a show could
        never be sold; a fixed closing after the start closes at the start.
        """
        opens_at, closes_at = self.opens_at, self.closes_at
        local = starts_at.astimezone(zone)
        if self.opens_days_before is not None:
            day = local.date() - timedelta(days=self.opens_days_before)
            opens_at = datetime.combine(day, self.opens_clock or local.time(), zone).astimezone(starts_at.tzinfo)
        if self.closes_minutes_before:
            closes_at = starts_at - timedelta(minutes=self.closes_minutes_before)
        if closes_at is not None and closes_at >= starts_at:
            closes_at = None
        if opens_at is not None and opens_at >= (closes_at or starts_at):
            opens_at = None
        return SaleTimes(opens_at, closes_at)
