"""The programme's filter form, read from the URL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.catalogue import EventFilters, EventSort, FilterChoices
from events.models import Access
from lib.forms import DateInput, Form
from lib.templatetags.formats import language_name
from theaters.cities import ALL_CITIES, read_cities

RATING_CHOICES = [("", _("Any")), ("3", _("3 and better")), ("4", _("4 and better")), ("4.5", _("4.5 and better"))]


class PositionForm(Form):
    """A position on earth, in degrees."""

    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)


class EventFilterForm(Form):
    """Reads the URL. Invalid parts are reported by name; the rest still applies."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Title, person, theater"), "enterkeyhint": "search"}
        ),
    )
    person = forms.CharField(label=_("Person"), max_length=100, required=False, widget=forms.HiddenInput)
    city = forms.ChoiceField(label=_("City"), required=False)
    date_from = forms.DateField(label=_("From"), required=False, widget=DateInput)
    date_to = forms.DateField(label=_("Until"), required=False, widget=DateInput)
    kind = forms.MultipleChoiceField(label=_("Kind"), required=False, widget=forms.CheckboxSelectMultiple)
    label = forms.MultipleChoiceField(label=_("Label"), required=False, widget=forms.CheckboxSelectMultiple)
    language = forms.MultipleChoiceField(label=_("Language"), required=False, widget=forms.CheckboxSelectMultiple)
    access = forms.MultipleChoiceField(
        label=_("Access performance"), required=False, widget=forms.CheckboxSelectMultiple
    )
    price_max = forms.DecimalField(
        label=_("Price up to"),
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    min_rating = forms.ChoiceField(label=_("Rating"), required=False, choices=RATING_CHOICES)
    sort = forms.ChoiceField(label=_("Sort by"), required=False)

    # Every filter is optional, so no field needs to say so.
    hides_optional = True

    def __init__(self, data: QueryDict, *, choices: FilterChoices) -> None:
        super().__init__(data)
        self.choices: dict[str, list[tuple[str, Any]]] = {
            "city": [(ALL_CITIES, _("All cities")), *((city.slug, city.name) for city in read_cities())],
            "kind": [(value, label.capitalize()) for value, label in choices.kind_labels],
            "label": [(label.slug, label.name) for label in choices.labels],
            "language": [(code, language_name(code)) for code in choices.languages],
            "access": [(one.value, capfirst(str(one.label))) for one in Access],
            "sort": [("", _("Best order")), *EventSort.choices],
        }
        for name, offered in self.choices.items():
            cast(forms.ChoiceField, self.fields[name]).choices = offered

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("date_from"), values.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", _("This is before the first day."))
        return values

    def to_filters(self) -> EventFilters:
        """Return the filters from the valid fields."""
        self.is_valid()
        values = self.cleaned_data
        rating = values.get("min_rating")
        asked: dict[str, Any] = {
            "q": values.get("q", ""),
            "person": values.get("person", ""),
            "city": "" if values.get("city") == ALL_CITIES else values.get("city", ""),
            "date_from": _day(values.get("date_from")),
            "date_to": _day(values.get("date_to")),
            "kinds": tuple(values.get("kind", ())),
            "labels": tuple(values.get("label", ())),
            "languages": tuple(values.get("language", ())),
            "access": tuple(values.get("access", ())),
            "price_max": values.get("price_max"),
            "min_rating": Decimal(rating) if rating else None,
        }
        if sort := values.get("sort"):
            asked["sort"] = EventSort(sort)
        return EventFilters(**asked)


def _day(value: date | None) -> date | None:
    """Drop days too far away for date arithmetic."""
    return value if value and 1900 < value.year < 2200 else None  # noqa: PLR2004
