"""The form of a report. It reads a page's address and the parameters of exports and schedules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.roles import Person
from console.forms import DateInput
from events.models import Event
from lib.forms import Form
from reports.access import report_theaters
from reports.catalog import Report
from reports.periods import Period, Span, find_period
from reports.results import ReportRequest
from theaters.models import Theater

MAX_PERIOD_DAYS = 3660


class ReportForm(Form):
    """Offers only theaters whose figures the person may see; without any, it is never valid."""

    theater = forms.ModelChoiceField(
        Theater.objects.none(),
        label=_("Theater"),
        required=False,
        empty_label=_("all of mine"),
        widget=UnfoldAdminSelectWidget,
    )
    span = forms.ChoiceField(label=_("Period"), choices=Span.choices, required=False, widget=UnfoldAdminSelectWidget)
    date_from = forms.DateField(label=_("From"), required=False, widget=DateInput)
    date_to = forms.DateField(label=_("To"), required=False, widget=DateInput)
    event = forms.ModelChoiceField(
        Event.objects.none(), label=_("Event"), required=False, empty_label=_("all"), widget=UnfoldAdminSelectWidget
    )
    group_by = forms.ChoiceField(label=_("Grouped by"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, report: Report, user: Person, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data if data is not None else {})
        self.report = report
        own = report_theaters(user, report)
        self.fields["theater"].queryset = own  # type: ignore[attr-defined]
        self.theaters = own
        if report.span is None:
            for name in ("span", "date_from", "date_to"):
                del self.fields[name]
        if report.groupings:
            self.fields["group_by"].choices = report.groupings  # type: ignore[attr-defined]
        else:
            del self.fields["group_by"]
        if "event" in report.asks:
            played = Event.objects.filter(shows__hall__theater__in=own).distinct().order_by("sort_title", "pk")
            self.fields["event"].queryset = played  # type: ignore[attr-defined]
        else:
            del self.fields["event"]

    def shown(self) -> ReportForm:
        """Return the form filled with what was understood, to match what the page shows."""
        if self.is_valid():
            self.data = {**self.parameters(), **self._dates()}
        return self

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if "date_from" not in self.fields:
            return found
        first, last = found.get("date_from"), found.get("date_to")
        span = found.get("span") or (Span.CUSTOM if first or last else self.report.span)
        if span == Span.CUSTOM and not self.errors:
            if first is None or last is None:
                self.add_error("date_from" if first is None else "date_to", _("Enter a date."))
            elif first > last:
                self.add_error("date_to", _("The last day is before the first one."))
            elif (last - first).days > MAX_PERIOD_DAYS:
                self.add_error("date_to", _("A report covers ten years at most."))
        found["span"] = span
        return found

    def clean_theater(self) -> Theater | None:
        theater: Theater | None = self.cleaned_data["theater"]
        if theater is None and not self.theaters:
            raise forms.ValidationError(_("There is no theater whose figures you may see."))
        return theater

    def chosen_theaters(self) -> list[Theater]:
        chosen = self.cleaned_data["theater"]
        return [chosen] if chosen else list(self.theaters)

    def request(self) -> ReportRequest:
        """Return the request. A span is counted from today in the (first) theater's time zone."""
        theaters, now = self.chosen_theaters(), timezone.now()
        return ReportRequest(
            theaters=theaters,
            now=now,
            period=self._period(timezone.localtime(now, theaters[0].tz).date()),
            event=self.cleaned_data.get("event"),
            group_by=self.cleaned_data.get("group_by")
            or (self.report.groupings[0][0] if self.report.groupings else ""),
        )

    def parameters(self) -> dict[str, str]:
        """Return the form's data as plain JSON, from which the same form can be made again."""
        return {
            name: str(getattr(value, "pk", value))
            for name, value in self.cleaned_data.items()
            if value not in (None, "") and (name not in ("date_from", "date_to") or self._is_custom())
        }

    def _is_custom(self) -> bool:
        return bool(self.cleaned_data.get("span") == Span.CUSTOM)

    def _period(self, today: date) -> Period | None:
        if self.report.span is None:
            return None
        if self._is_custom():
            return Period(self.cleaned_data["date_from"], self.cleaned_data["date_to"])
        return find_period(self.cleaned_data["span"], today)

    def _dates(self) -> dict[str, date]:
        period = self.request().period
        return {"date_from": period.first, "date_to": period.last} if period else {}
