"""Form fields for moments, typed by the clock of the page (`timezone.get_current_timezone`).

Where clocks show the typed time twice, the field asks which one is meant. The question appears with the
error, and stays while the value needs it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from lib.forms import Form
from lib.moments import Which, list_choices, read_moment, which_of

_BROWSER = "%Y-%m-%dT%H:%M"
_BROWSER_FORMATS = [_BROWSER, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
# The choice before one is made.
_UNSAID = [("", _("Choose which one"))]


class MomentWidget(UnfoldAdminSplitDateTimeWidget):
    """Date, time and, if the clocks show that time twice, which one."""

    template_name = "widgets/moment.html"
    widgets: list[Any]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets.append(UnfoldAdminSelectWidget(attrs={"aria-label": _("Which one")}))
        self.widgets_names.append("_2")

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, None, ""]
        zone = timezone.get_current_timezone()
        local = value.astimezone(zone) if timezone.is_aware(value) else value
        which = which_of(value, zone) if timezone.is_aware(value) else ""
        return [local.date(), local.time().replace(fold=0), which]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        values = value if isinstance(value, list) else self.decompress(value)
        choices = _choices_of(*values[:2])
        self.widgets[2].choices = [*_UNSAID, *choices]
        context: dict[str, Any] = super().get_context(name, values, attrs)
        context["widget"]["asks_which"] = bool(choices)
        return context


class MomentField(forms.SplitDateTimeField):
    """A moment as the console asks for it: a date and a time of day."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"require_all_fields": False, **kwargs})
        day, clock = self.fields
        day.error_messages["incomplete"], clock.error_messages["incomplete"] = (
            _("Enter a valid date."),
            _("Enter a valid time."),
        )
        day.required = clock.required = True
        self.fields = [day, clock, forms.ChoiceField(choices=[(one.value, one.value) for one in Which], required=False)]

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        return read_moment(datetime.combine(*data_list[:2]), timezone.get_current_timezone(), data_list[2])


class BrowserMomentWidget(forms.MultiWidget):
    """One input with the browser's own picker and, if a time comes twice, which one."""

    template_name = "widgets/browser_moment.html"
    widgets: list[Any]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_BROWSER)
        super().__init__({"": moment, "which": forms.Select(attrs={"aria-label": _("Which one")})}, attrs)

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, ""]
        zone = timezone.get_current_timezone()
        return [value.astimezone(zone).replace(tzinfo=None), which_of(value, zone)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        values = value if isinstance(value, list) else self.decompress(value)
        local = _read(NaiveField(input_formats=_BROWSER_FORMATS), values[0])
        choices = list_choices(local, timezone.get_current_timezone())
        self.widgets[1].choices = [*_UNSAID, *choices]
        context = super().get_context(name, values, attrs)
        context["widget"]["asks_which"] = bool(choices)
        return context


class BrowserMomentField(forms.MultiValueField):
    """A moment as browsers ask for it, in a single input."""

    widget = BrowserMomentWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (
            NaiveField(input_formats=_BROWSER_FORMATS),
            forms.ChoiceField(choices=[(one.value, one.value) for one in Which], required=False),
        )
        super().__init__(fields, **{"require_all_fields": False, **kwargs})

    def compress(self, data_list: Any) -> datetime | None:
        return read_moment(data_list[0], timezone.get_current_timezone(), data_list[1]) if data_list else None


class NaiveField(forms.DateTimeField):
    """A local date and time, in no zone yet."""

    def to_python(self, value: Any) -> Any:
        with timezone.override(UTC):
            return _naive(super().to_python(value))


class MomentFormMixin(Form):
    """For forms with a `day` and a `time` of one theater: adds `which` if the clocks show that time twice.

    The cleaned `time` then has the `fold` that was chosen.
    """

    zone: ZoneInfo

    def add_which(self, zone: ZoneInfo) -> None:
        """Ask which one is meant if the time that was sent, or is initially shown, comes twice in this zone."""
        self.zone = zone
        choices = _choices_of(self["day"].value(), self["time"].value(), self.zone)
        if choices:
            shown = self.initial.get("time")
            self.fields["which"] = forms.ChoiceField(
                label=_("Which one"),
                choices=[*_UNSAID, *choices],
                required=False,
                widget=UnfoldAdminSelectWidget,
                initial=list(Which)[shown.fold].value if isinstance(shown, time) else "",
            )
            self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, clock = cleaned.get("day"), cleaned.get("time")
        if day is not None and clock is not None:
            try:
                moment = read_moment(datetime.combine(day, clock), self.zone, cleaned.get("which", ""))
            except ValidationError as error:
                self.add_error("time", error)
            else:
                cleaned["time"] = clock.replace(fold=moment.astimezone(self.zone).fold)
        return cleaned


def _choices_of(day: Any, clock: Any, zone: ZoneInfo | None = None) -> list[tuple[str, str]]:
    """Return the choices for a date and time, typed or parsed, that come twice; otherwise none."""
    local_day, local_time = _read(forms.DateField(), day), _read(forms.TimeField(), clock)
    if not isinstance(local_day, date) or not isinstance(local_time, time):
        return []
    return list_choices(datetime.combine(local_day, local_time), zone or timezone.get_current_timezone())


def _read(field: forms.Field, value: Any) -> Any:
    try:
        return field.to_python(value)
    except ValidationError:
        return None


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment is not None else None
