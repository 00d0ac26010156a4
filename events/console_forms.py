"""The console's forms for events, shows and their prices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, Show
from events.services import PriceKey
from theaters.models import SeatCategory
from theaters.money import round_money

TIMES = ("starts_at", "ends_at", "doors_at", "sales_open_at", "sales_close_at")


class PeopleField(forms.CharField):
    """People as lines of “Name, role”, kept as a list of {"name": …, "role": …}."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.Textarea(attrs={"rows": 4})
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(", ".join(part for part in (one.get("name"), one.get("role")) if part) for one in value)

    def clean(self, value: Any) -> Any:
        people = []
        for line in str(value or "").splitlines():
            name, _comma, role = (part.strip() for part in line.partition(","))
            if name:
                people.append({"name": name, "role": role})
        return people


class CodesField(forms.CharField):
    """Language codes as “de, en”, kept as a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        codes = [code.strip() for code in str(value or "").split(",") if code.strip()]
        wrong = [code for code in codes if not code.replace("-", "").isalnum() or len(code.split("-")[0]) not in (2, 3)]
        if wrong:
            raise forms.ValidationError(_("“%s” is not a language code such as “de” or “pt-br”.") % wrong[0])
        return codes


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    cast = PeopleField(label=gettext_lazy("Cast"), help_text=gettext_lazy("One person a line: name, role."))
    credits = PeopleField(label=gettext_lazy("Credits"), help_text=gettext_lazy("One person a line: name, role."))
    languages = CodesField(label=gettext_lazy("Languages"), help_text=gettext_lazy("Codes, such as “de, en”."))
    subtitles = CodesField(label=gettext_lazy("Subtitles"), help_text=gettext_lazy("Codes, such as “de, en”."))

    class Meta:
        model = Event
        fields = "__all__"  # noqa: DJ007 the admin's fieldsets name them


class ShowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A show as staff describe it; every time is in the time zone of the hall's theater."""

    class Meta:
        model = Show
        fields = [
            "event", "hall", "starts_at", "ends_at", "doors_at", "sales_open_at", "sales_close_at", "format",
            "language", "subtitles", "tickets_per_customer", "refund_hours", "refund_percent",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            zone = self.instance.hall.theater.tz
            for name in TIMES:
                at = getattr(self.instance, name)
                self.initial[name] = at and timezone.make_naive(at, zone)
        if "ends_at" in self.fields:
            self.fields["ends_at"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        hall = cleaned.get("hall") or (self.instance.hall if self.instance.pk else None)
        for name in TIMES:
            at: datetime | None = cleaned.get(name)
            if at is not None and hall is not None:
                # The form read the clock in the console's zone; what staff meant is the theater's.
                cleaned[name] = timezone.make_aware(timezone.make_naive(at), hall.theater.tz)
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("A show ends after it starts."))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row alone: `scheduling.py` makes and changes shows."""


class PriceGridForm(forms.Form):
    """One amount for each category and ticket type; an empty one is not sold."""

    def __init__(self, show: Show, data: Any = None) -> None:
        super().__init__(data)
        self.show = show
        self.categories: list[SeatCategory] = list(show.seat_map.categories.order_by("rank"))
        self.ticket_types = list(show.hall.theater.ticket_types.order_by("order", "name"))
        currency = show.hall.theater.currency
        amounts = {(price.category_id, price.ticket_type_id): price.amount for price in show.prices.all()}
        for category in self.categories:
            for ticket_type in self.ticket_types:
                amount = amounts.get((category.pk, ticket_type.pk))
                self.fields[self._name(category.pk, ticket_type.pk)] = forms.DecimalField(
                    label=f"{category} · {ticket_type}",
                    required=False,
                    min_value=0,
                    max_digits=12,
                    decimal_places=3,
                    initial=None if amount is None else round_money(amount, currency),
                    widget=forms.NumberInput(attrs={"step": "any", "aria-label": f"{category} · {ticket_type}"}),
                )

    @property
    def rows(self) -> list[tuple[SeatCategory, list[Any]]]:
        return [(one, [self[self._name(one.pk, kind.pk)] for kind in self.ticket_types]) for one in self.categories]

    @property
    def prices(self) -> dict[PriceKey, Decimal]:
        found = {}
        for category in self.categories:
            for ticket_type in self.ticket_types:
                amount = self.cleaned_data.get(self._name(category.pk, ticket_type.pk))
                if amount is not None:
                    found[category.pk, ticket_type.pk] = amount
        return found

    def _name(self, category_id: int, ticket_type_id: int) -> str:
        return f"price-{category_id}-{ticket_type_id}"
