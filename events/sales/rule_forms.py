"""The form of an on-sale rule."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from events.models import SalesRule
from events.models.sales_rules import MAX_DAYS_BEFORE
from lib.forms import ModelForm


class SalesRuleForm(ModelForm):
    """A rule; its fixed times are by the clock of the page, which is its theater's."""

    class Meta:
        model = SalesRule
        fields = [
            "theater",
            "event",
            "opens_at",
            "opens_days_before",
            "opens_clock",
            "closes_at",
            "closes_minutes_before",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        theater = cleaned.get("theater") or (self.instance.theater if self.instance.pk else None)
        if cleaned.get("opens_at") and cleaned.get("opens_days_before") is not None:
            self.add_error("opens_days_before", _("Enter either a fixed time or the days before, not both."))
        if cleaned.get("opens_clock") and cleaned.get("opens_days_before") is None:
            self.add_error("opens_days_before", _("Enter how many days before; 0 is the day of the show."))
        if (cleaned.get("opens_days_before") or 0) > MAX_DAYS_BEFORE:
            self.add_error("opens_days_before", _("At most %(days)d days.") % {"days": MAX_DAYS_BEFORE})
        if cleaned.get("closes_at") and cleaned.get("closes_minutes_before") is not None:
            self.add_error("closes_minutes_before", _("Enter either a fixed time or the minutes before, not both."))
        if cleaned.get("opens_at") and cleaned.get("closes_at") and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_at", _("The sale must end after it begins."))
        event = cleaned.get("event")
        if theater is not None and event is not None and event.theater_id not in (None, theater.pk):
            self.add_error("event", _("This event belongs to another theater."))
        same = SalesRule.objects.filter(theater=theater, event=event).exclude(pk=self.instance.pk)
        if theater is not None and same.exists():
            self.add_error("event", _("There is already such a rule; change that one."))
        return cleaned
