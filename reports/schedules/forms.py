"""The form of a schedule: days in plain words, a time, and recipients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, validate_email
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from console.forms import DateInput, TimeInput
from lib.forms import Form
from reports.models import Export, ReportSchedule
from reports.schedules.recurrence import LAST, WORKDAYS, Rhythm

MAX_RECIPIENTS = 20
# Runs are counted one by one from the first day.
EARLIEST_START = date(2020, 1, 1)
MAX_START_AHEAD = timedelta(days=2 * 366)
# The choice for “any workday”, after the seven days of the week.
ANY_WORKDAY = 7
MONTHLY = frozenset({Rhythm.MONTHLY_DAY, Rhythm.MONTHLY_LAST, Rhythm.MONTHLY_WEEKDAY})


class ScheduleForm(Form):
    """The page hides fields that the rhythm does not need, and the form ignores them."""

    rhythm = forms.ChoiceField(label=_("Days"), choices=Rhythm.choices, widget=UnfoldAdminSelectWidget)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    every = forms.IntegerField(
        label=_("Every so many weeks"),
        min_value=1,
        max_value=52,
        required=False,
        help_text=_("2 is every second week, counted from the first day below."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    months = forms.TypedChoiceField(
        label=_("How often"),
        choices=[
            (1, _("every month")),
            (2, _("every second month")),
            (3, _("every quarter of a year")),
            (6, _("every half year")),
            (12, _("every year")),
        ],
        coerce=int,
        required=False,
        help_text=_("Counted from the month of the first day below."),
        widget=UnfoldAdminSelectWidget,
    )
    month_day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=_("In a month without this day, it runs on the last day: 31 is the 30th in April."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    nth = forms.TypedChoiceField(
        label=_("Which"),
        choices=[
            (1, _("the first")),
            (2, _("the second")),
            (3, _("the third")),
            (4, _("the fourth")),
            (LAST, _("the last")),
        ],
        coerce=int,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"),
        choices=[*WEEKDAYS.items(), (ANY_WORKDAY, _("weekday, Monday to Friday"))],
        coerce=int,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    at = forms.TimeField(label=_("Time"), widget=TimeInput, help_text=_("By the clock of the theater."))
    start_on = forms.DateField(
        label=_("First day"),
        required=False,
        validators=[MinValueValidator(EARLIEST_START)],
        widget=DateInput,
        help_text=_("It does not run before this day. Empty: from today."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=Export.Format.choices, widget=UnfoldAdminSelectWidget)
    recipients = forms.CharField(
        label=_("Also to"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Addresses besides your own, one on each line. They get the same file as you."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, schedule: ReportSchedule | None = None) -> None:
        super().__init__(data, initial=_read(schedule) if schedule else DEFAULTS)

    def clean_start_on(self) -> date | None:
        found: date | None = self.cleaned_data["start_on"]
        if found is not None and found > timezone.localdate() + MAX_START_AHEAD:
            raise ValidationError(_("Choose a day within two years."))
        return found

    def clean_recipients(self) -> list[str]:
        found = list(dict.fromkeys(self.cleaned_data["recipients"].replace(",", "\n").lower().split()))
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("“%(address)s” is not an address."), params={"address": address}) from None
        if len(found) > MAX_RECIPIENTS:
            raise ValidationError(_("%(limit)d addresses at most."), params={"limit": MAX_RECIPIENTS})
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        rhythm = found.get("rhythm")
        needed = {Rhythm.WEEKLY.value: "weekdays", Rhythm.MONTHLY_DAY.value: "month_day"}.get(str(rhythm))
        if needed and not found.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Choose at least one day."))
        return found

    def fill(self, schedule: ReportSchedule) -> ReportSchedule:
        """Set the schedule's fields from the form without saving it."""
        wish = self.cleaned_data
        schedule.rhythm = wish["rhythm"]
        schedule.at = wish["at"]
        schedule.start_on = wish["start_on"] or schedule.start_on
        if schedule.rhythm == Rhythm.MONTHLY_WEEKDAY:
            schedule.weekdays = sorted(WORKDAYS) if wish["weekday"] == ANY_WORKDAY else [wish["weekday"] or 0]
        else:
            schedule.weekdays = wish["weekdays"] or [0]
        every = {Rhythm.WEEKLY: wish["every"], **dict.fromkeys(MONTHLY, wish["months"])}
        schedule.every = every.get(Rhythm(schedule.rhythm)) or 1
        schedule.month_day = wish["month_day"] or 1
        schedule.nth = wish["nth"] or 1
        schedule.format = wish["format"]
        schedule.recipients = wish["recipients"]
        return schedule


DEFAULTS = {
    "rhythm": Rhythm.WEEKLY,
    "weekdays": [0],
    "every": 1,
    "months": 1,
    "month_day": 1,
    "nth": 1,
    "weekday": 0,
    "at": time(8),
    "format": Export.Format.PDF,
}


def _read(schedule: ReportSchedule) -> dict[str, Any]:
    names = ("rhythm", "weekdays", "month_day", "nth", "at", "start_on", "format")
    days = schedule.weekdays or [0]
    return {
        **DEFAULTS,
        **{name: getattr(schedule, name) for name in names},
        "months" if schedule.rhythm in MONTHLY else "every": schedule.every,
        "weekday": days[0] if len(days) == 1 else ANY_WORKDAY,
        "recipients": "\n".join(schedule.recipients),
    }
