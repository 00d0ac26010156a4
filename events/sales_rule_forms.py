"""What staff say when they write an on-sale rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import SalesRule
from events.models.sales_rules import MAX_DAYS


class SalesRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule whose fixed times are by the clock of its theater."""

    TIMES: ClassVar[list[str]] = ["opens_at", "closes_at"]

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            zone = self.instance.theater.tz
            for name in self.TIMES:
                moment = getattr(self.instance, name)
                self.initial[name] = moment and timezone.localtime(moment, zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        theater = cleaned.get("theater") or (self.instance.theater if self.instance.pk else None)
        if theater is not None:
            for name in self.TIMES:
                if cleaned.get(name):
                    cleaned[name] = self._read_local(name, cleaned[name], theater)
        if cleaned.get("opens_at") and cleaned.get("opens_days_before") is not None:
            self.add_error("opens_days_before", _("Say either a fixed time or the days before, not both."))
        if cleaned.get("opens_clock") and cleaned.get("opens_days_before") is None:
            self.add_error("opens_days_before", _("Say how many days before; 0 is the day of the show."))
        if (cleaned.get("opens_days_before") or 0) > MAX_DAYS:
            self.add_error("opens_days_before", _("At most %(days)d days.") % {"days": MAX_DAYS})
        if cleaned.get("closes_at") and cleaned.get("closes_minutes_before") is not None:
            self.add_error("closes_minutes_before", _("Say either a fixed time or the minutes before, not both."))
        if cleaned.get("opens_at") and cleaned.get("closes_at") and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_at", _("The sale ends after it begins."))
        event = cleaned.get("event")
        if theater is not None and event is not None and event.theater_id not in (None, theater.pk):
            self.add_error("event", _("This event is another theater's."))
        same = SalesRule.objects.filter(theater=theater, event=event).exclude(pk=self.instance.pk)
        if theater is not None and same.exists():
            self.add_error("event", _("There is such a rule already; change that one."))
        return cleaned

    def _read_local(self, name: str, moment: datetime, theater: Any) -> datetime | None:
        naive = timezone.make_naive(moment) if timezone.is_aware(moment) else moment
        try:
            with timezone.override(theater.tz):
                return from_current_timezone(naive)
        except ValidationError as error:
            self.add_error(name, error)
            return None
