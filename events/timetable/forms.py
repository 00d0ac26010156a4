"""Forms of the timetable; times are by the clock of the theater."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from console.forms import DateInput, TimeInput
from events.models import Event, PriceTemplate, Show
from events.timetable.plans import MAX_PLANNED_SHOWS
from events.timetable.recurrence import EVERY_DAY, Recurrence
from lib.forms import Form
from lib.moment_fields import MomentFormMixin
from theaters.models import Hall, Theater

MAX_REPEATED_DAYS = 800
MAX_COPIED_DAYS = 31
NO_PRICES, LAST_PRICES = "", "last"


class TimesField(forms.CharField):
    """Times of day with commas or spaces between them: “17:00, 20:30”."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value: Any) -> Any:
        times = []
        for text in re.split(r"[\s,;]+", str(super().to_python(value)).strip()):
            if text:
                try:
                    times.append(datetime.strptime(text.replace(".", ":"), "%H:%M").time())  # noqa: DTZ007 a time of day
                except ValueError:
                    raise ValidationError(
                        _("“%(text)s” is not a time, such as “17:00”."), params={"text": text}
                    ) from None
        return sorted(set(times))


class DatesField(forms.CharField):
    """Dates with commas or spaces between them: “2027-12-24, 2027-12-31”."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value: Any) -> Any:
        days = set()
        for text in re.split(r"[\s,;]+", str(super().to_python(value)).strip()):
            if text:
                try:
                    days.add(date.fromisoformat(text))
                except ValueError:
                    raise ValidationError(
                        _("“%(text)s” is not a date, such as “2027-12-24”."), params={"text": text}
                    ) from None
        return days


class TimetableForm(Form):
    """Capitalizes labels, as model forms do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)


class VersionForm(TimetableForm):
    """The event, hall and version: shared by a single show and recurring ones."""

    event = forms.ModelChoiceField(Event.objects.none(), label=_("event"), widget=UnfoldAdminSelectWidget)
    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("hall"), widget=UnfoldAdminSelectWidget)
    format = forms.CharField(
        label=_("format"), required=False, max_length=40, widget=UnfoldAdminTextInputWidget,
        help_text=_("For example 35 mm, 3D or concert version."),
    )  # fmt: skip
    language = forms.CharField(
        label=_("language"), required=False, max_length=20, widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: the event's own, where it has one."),
    )  # fmt: skip
    prices = forms.ChoiceField(label=_("prices"), required=False, initial=LAST_PRICES, widget=UnfoldAdminSelectWidget)
    is_on_sale = forms.BooleanField(label=_("Put on sale at once"), required=False, widget=UnfoldBooleanWidget)

    def __init__(self, theater: Theater, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theater = theater
        events = Event.objects.filter(Q(theater=theater) | Q(theater=None)).order_by("sort_title", "pk")
        self.fields["event"].queryset = events  # type: ignore[attr-defined]
        halls = Hall.objects.filter(theater=theater).select_related("theater__city").order_by("name")
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["hall"].label_from_instance = lambda hall: hall.name  # type: ignore[attr-defined]
        templates = PriceTemplate.objects.filter(theater=theater).values_list("pk", "name")
        self.fields["prices"].choices = [  # type: ignore[attr-defined]
            (LAST_PRICES, _("same as the event's last show here")),
            *((str(pk), name) for pk, name in templates),
            (NO_PRICES, _("none yet")),
        ]

    def prices_of(self) -> Show | PriceTemplate | None:
        """Return the show or template that prices are copied from. One query, two if the hall differs."""
        chosen = self.cleaned_data["prices"]
        if chosen == NO_PRICES:
            return None
        if chosen != LAST_PRICES:
            return PriceTemplate.objects.get(pk=chosen, theater=self.theater)
        shows = Show.objects.filter(
            event=self.cleaned_data["event"], hall__theater=self.theater, lowest_price__isnull=False
        ).order_by("-starts_at")
        return shows.filter(hall=self.cleaned_data["hall"]).first() or shows.first()

    def details(self) -> dict[str, Any]:
        return {"format": self.cleaned_data["format"], "language": self.cleaned_data["language"]}


class MakeForm(MomentFormMixin, VersionForm):
    """One show."""

    day = forms.DateField(label=_("day"), widget=DateInput)
    time = forms.TimeField(label=_("time"), widget=TimeInput, input_formats=["%H:%M"])
    field_order = (
        "event", "hall", "day", "time", "which", "format", "language", "prices", "is_on_sale",
    )  # fmt: skip

    def __init__(self, theater: Theater, *args: Any, **kwargs: Any) -> None:
        super().__init__(theater, *args, **kwargs)
        self.add_which(theater.tz)

    def recurrence(self) -> Recurrence:
        day = self.cleaned_data["day"]
        return Recurrence([self.cleaned_data["time"]], day, day)


class RepeatForm(VersionForm):
    """Recurring shows."""

    times = TimesField(label=_("times"), help_text=_("One or more, such as 17:00, 20:30."))
    starts_on = forms.DateField(label=_("from"), widget=DateInput)
    until = forms.DateField(label=_("until"), widget=DateInput)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("on"), coerce=int, choices=list(WEEKDAYS.items()), initial=sorted(EVERY_DAY),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )  # fmt: skip
    but_not_on = DatesField(
        label=_("but not on"), required=False, help_text=_("Days that are left out, such as 2027-12-24.")
    )
    field_order = (
        "event", "hall", "times", "starts_on", "until", "weekdays", "but_not_on", "format", "language", "prices",
        "is_on_sale",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, until = cleaned.get("starts_on"), cleaned.get("until")
        if starts_on and until:
            if until < starts_on:
                self.add_error("until", _("This is before the first day."))
            elif (until - starts_on).days > MAX_REPEATED_DAYS:
                self.add_error("until", _("This is more than two years after the first day."))
            elif not self.errors and len(list(self.recurrence().local_times())) > MAX_PLANNED_SHOWS:
                self.add_error(None, _("This is more than %(limit)d shows.") % {"limit": MAX_PLANNED_SHOWS})
        return cleaned

    def recurrence(self) -> Recurrence:
        cleaned = self.cleaned_data
        return Recurrence(
            cleaned["times"], cleaned["starts_on"], cleaned["until"], set(cleaned["weekdays"]), cleaned["but_not_on"]
        )


class CopyForm(TimetableForm):
    """Consecutive days, and the date that they are copied to."""

    starts_on = forms.DateField(label=_("copy from"), widget=DateInput)
    until = forms.DateField(label=_("until"), widget=DateInput, help_text=_("For a single day, the same date."))
    target = forms.DateField(label=_("to the days from"), widget=DateInput)
    halls = forms.ModelMultipleChoiceField(
        Hall.objects.none(),
        label=_("halls"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None selected: all halls."),
    )

    def __init__(self, theater: Theater, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["halls"].queryset = Hall.objects.filter(theater=theater).order_by("name")  # type: ignore[attr-defined]
        self.fields["halls"].label_from_instance = lambda hall: hall.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, until, target = cleaned.get("starts_on"), cleaned.get("until"), cleaned.get("target")
        if starts_on and until:
            if until < starts_on:
                self.add_error("until", _("This is before the first day."))
            elif (until - starts_on).days >= MAX_COPIED_DAYS:
                self.add_error("until", _("At most %(limit)d days are copied at once.") % {"limit": MAX_COPIED_DAYS})
        if starts_on and target and starts_on == target:
            self.add_error("target", _("These are the same days."))
        return cleaned

    def source(self) -> list[date]:
        first = self.cleaned_data["starts_on"]
        return [first + timedelta(days=number) for number in range((self.cleaned_data["until"] - first).days + 1)]


class MoveForm(MomentFormMixin, TimetableForm):
    """The new hall and start of a show."""

    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("hall"), widget=UnfoldAdminSelectWidget)
    day = forms.DateField(label=_("day"), widget=DateInput)
    time = forms.TimeField(label=_("time"), widget=TimeInput, input_formats=["%H:%M"])

    def __init__(self, theater: Theater, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        halls = Hall.objects.filter(theater=theater).select_related("theater__city").order_by("name")
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["hall"].label_from_instance = lambda hall: hall.name  # type: ignore[attr-defined]
        self.add_which(theater.tz)

    def moment(self) -> datetime:
        """Return when the show is to start."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], self.zone).astimezone(UTC)


def format_local(moments: Iterable[datetime]) -> str:
    """Return local dates and times, separated by commas."""
    return ", ".join(f"{date_format(at, 'SHORT_DATE_FORMAT')} {date_format(at, 'TIME_FORMAT')}" for at in moments)


def read_time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
