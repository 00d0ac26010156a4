"""Fees by rule and tax rates. Each change holds at once for what is sold from then on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from events.models import FeeRule
from events.prices.charge_changes import note_change
from events.prices.fee_words import describe_fee, show_example
from lib.amounts import AmountField
from lib.money import format_percent
from theaters.forms import TheaterAmountsForm
from theaters.models import TaxRate


class _ChargesAdmin(ScopedAdmin):
    """Lets each change hold for the theater in the transaction that writes it."""

    theater_path = "theater"
    edit = Capability.EDIT_THEATER
    may_delete = True
    list_filter = ["theater"]
    list_select_related = ["theater"]
    autocomplete_fields = ["theater"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, "theater"] if obj else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            note_change(obj.theater_id)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            note_change(obj.theater_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            theaters = set(queryset.order_by().values_list("theater", flat=True))
            super().delete_queryset(request, queryset)
            for theater_id in theaters:
                note_change(theater_id)


def _amount_field(name: str) -> AmountField:
    column: Any = FeeRule._meta.get_field(name)
    return AmountField(
        label=column.verbose_name, help_text=column.help_text, required=False, widget=UnfoldAdminTextInputWidget
    )


class FeeRuleForm(TheaterAmountsForm):
    amount = _amount_field("amount")
    minimum = _amount_field("minimum")
    maximum = _amount_field("maximum")
    price_from = _amount_field("price_from")
    price_to = _amount_field("price_to")

    class Meta:
        model = FeeRule
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        amount, percent = data.get("amount"), data.get("percent")
        if not {"amount", "percent"} & self.errors.keys() and (amount is None) == (percent is None):
            self.add_error("amount", _("Give an amount or a share of the price, one of the two."))
        if percent is None and amount is not None:
            for name in ("minimum", "maximum"):
                if data.get(name) is not None:
                    self.add_error(name, _("Only a share of the price has a least and a most."))
        theater = data.get("theater") or self.instance.theater if self.instance.pk else data.get("theater")
        ticket_type = data.get("ticket_type")
        if theater and ticket_type and ticket_type.theater_id != theater.pk:
            self.add_error("ticket_type", _("This ticket type is another theater’s."))
        event = data.get("event")
        if theater and event and event.theater_id not in {None, theater.pk}:
            self.add_error("event", _("This event is another theater’s."))
        return data


@admin.register(FeeRule)
class FeeRuleAdmin(_ChargesAdmin):
    form = FeeRuleForm
    list_display = ["name", "theater", "summary", "order", "is_active"]
    search_fields = ["name"]
    autocomplete_fields = ["theater", "ticket_type", "event"]
    readonly_fields = ["summary", "example"]
    fieldsets = [
        (None, {"fields": ["theater", "name", "per", "amount", ("percent", "minimum", "maximum")]}),
        (_("What it says"), {"fields": ["summary", "example"]}),
        (_("Where"), {"fields": [("is_on_web", "is_on_api", "is_at_box_office")]}),
        (
            _("For what"),
            {
                "fields": [
                    "event", "ticket_type", "category_name", ("price_from", "price_to"), "is_for_free_tickets",
                    ("starts_at", "ends_at"),
                ]
            },
        ),
        (None, {"fields": ["is_returned", "order", "is_active"]}),
    ]  # fmt: skip

    @display(description=_("in words"))
    def summary(self, rule: FeeRule) -> str:
        return describe_fee(rule) if rule.pk else "–"

    @display(description=_("example"))
    def example(self, rule: FeeRule) -> str:
        return show_example(rule, Decimal(30)) if rule.pk else "–"


@admin.register(TaxRate)
class TaxRateAdmin(_ChargesAdmin):
    list_display = ["theater", "kind", "percent", "from_on"]
    fields = ["theater", "kind", "rate", "from_on"]
    list_display_links = ["theater", "kind"]

    @display(description=_("tax rate"), ordering="rate")
    def percent(self, rate: TaxRate) -> str:
        return format_percent(rate.rate)
