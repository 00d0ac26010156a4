"""Forms of changes to many shows at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from events.models import PriceTemplate, RefundPolicy, Show, TicketType
from events.models.settings import Refunds
from events.prices.changes import PriceChange
from events.sales.terms import Terms
from lib.amounts import AmountField, check_amount
from lib.bounds import HOURS_OF_A_YEAR, MAX_TICKETS_OF_CUSTOMER
from lib.forms import Form
from lib.money import read_amount, write_for_field

MAX_PERCENT = 1000


class ShowsForm(Form):
    """No fields; only knows the shows."""

    def __init__(self, shows: Sequence[Show], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shows = shows
        self.theaters = {show.hall.theater_id: show.hall.theater for show in shows}


class TermsForm(ShowsForm):
    """Terms for all of these shows; empty fields stay as they are."""

    LEAVE = ""
    INHERIT = "inherit"

    tickets_per_customer = forms.IntegerField(
        label=_("Tickets per customer"),
        required=False,
        min_value=1,
        max_value=MAX_TICKETS_OF_CUSTOMER,
        help_text=_("Empty: unchanged."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    refunds = forms.ChoiceField(
        label=_("Refunds"),
        required=False,
        choices=[(LEAVE, _("unchanged")), (INHERIT, _("as the settings above")), *RefundPolicy.choices],
        widget=UnfoldAdminSelectWidget,
    )
    refund_hours = forms.IntegerField(
        label=_("Hours before the start"),
        required=False,
        min_value=0,
        max_value=HOURS_OF_A_YEAR,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    refund_percent = forms.IntegerField(
        label=_("Refunded share"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Percent; empty: all."),
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        until = cleaned.get("refunds") == RefundPolicy.UNTIL
        if until and cleaned.get("refund_hours") is None and not self.errors:
            self.add_error("refund_hours", _("Enter until how many hours before the start tickets may be returned."))
        if not self.errors and cleaned.get("tickets_per_customer") is None and not cleaned.get("refunds"):
            raise ValidationError(_("Choose something to change."))
        return cleaned

    def terms(self) -> Terms:
        cleaned = self.cleaned_data
        percent = cleaned["refund_percent"]
        refunds = {
            self.LEAVE: None,
            self.INHERIT: None,
            RefundPolicy.NEVER.value: Refunds(None),
            RefundPolicy.UNTIL.value: Refunds(cleaned["refund_hours"], 100 if percent is None else percent),
        }
        chosen = cleaned["refunds"]
        return Terms(cleaned["tickets_per_customer"], refunds[chosen], inherits_refunds=chosen == self.INHERIT)


class PriceChangeForm(ShowsForm):
    """By how much prices change, how they are rounded, and for which ticket types."""

    value = forms.CharField(
        label=_("Change by"),
        max_length=20,
        help_text=_("For example 5 to raise, -5 to lower."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    by = forms.ChoiceField(label=_("Unit"), choices=PriceChange.By.choices, widget=UnfoldAdminSelectWidget)
    step = AmountField(
        label=_("Round to"),
        required=False,
        help_text=_("For example 0.50: then prices end in 00 or 50. Empty: to the smallest coin."),
        widget=UnfoldAdminTextInputWidget,
    )
    ticket_type = forms.ChoiceField(label=_("Ticket type"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = TicketType.objects.filter(theater__in=list(self.theaters)).order_by("order", "name")
        self.names: dict[str, set[int]] = {}
        for pk, name in names.values_list("pk", "name"):
            self.names.setdefault(name, set()).add(pk)
        self.fields["step"].currency = self.currency  # type: ignore[attr-defined]
        self.fields["ticket_type"].choices = [("", _("all")), *((name, name) for name in self.names)]  # type: ignore[attr-defined]

    @property
    def currency(self) -> str:
        return next(iter(self.theaters.values())).currency if self.theaters else "EUR"

    def clean_value(self) -> Decimal:
        try:
            value = read_amount(self.cleaned_data["value"].replace("%", ""), self.currency)
        except ValueError as error:
            raise ValidationError(_("This is not a readable number.")) from error
        if value == 0:
            raise ValidationError(_("Zero changes nothing."))
        return value

    def clean_step(self) -> Decimal:
        step: Decimal | None = self.cleaned_data["step"]
        if step == 0:
            raise ValidationError(_("This must be more than zero."))
        return step or Decimal(0)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if len({theater.currency for theater in self.theaters.values()}) > 1:
            raise ValidationError(_("These shows are priced in several currencies. Choose shows in one currency."))
        value = cleaned.get("value")
        if cleaned.get("by") == PriceChange.By.PERCENT and value is not None and not -100 <= value <= MAX_PERCENT:  # noqa: PLR2004
            self.add_error("value", _("Percentages go from -100 to 1000."))
        elif cleaned.get("by") == PriceChange.By.AMOUNT and value is not None:
            try:
                check_amount(value, self.currency)
            except ValidationError as refusal:
                self.add_error("value", refusal)
        return cleaned

    def change(self) -> PriceChange:
        return PriceChange(
            by=PriceChange.By(self.cleaned_data["by"]),
            value=self.cleaned_data["value"],
            step=self.cleaned_data["step"],
            ticket_types=frozenset(self.names.get(self.cleaned_data["ticket_type"], ())),
        )

    def write(self, amount: Decimal) -> str:
        return write_for_field(amount, self.currency)


class TemplateForm(ShowsForm):
    """A price template to apply."""

    template = forms.ModelChoiceField(
        PriceTemplate.objects.none(), label=_("Template"), widget=UnfoldAdminSelectWidget, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = PriceTemplate.objects.filter(theater__in=list(self.theaters)).select_related("theater")
        self.fields["template"].queryset = own  # type: ignore[attr-defined]
