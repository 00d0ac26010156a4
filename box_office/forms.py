"""Shapes of what staff send from the counter. They write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import HouseHold
from box_office.sale import Best
from lib.amounts import AmountField
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.forms import Form
from lib.moment_fields import BrowserMomentField
from lib.money import smallest_coin, write_for_field
from payments.models import DrawerEntry, Payment, Till
from theaters.models import Theater

# Face values of coins and notes, largest first. For a currency that is not listed, only the sum is asked for.
FACE_VALUES: dict[str, tuple[str, ...]] = {
    "EUR": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "GBP": ("50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "USD": ("100", "50", "20", "10", "5", "1", "0.25", "0.10", "0.05", "0.01"),
    "CHF": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05"),
    "INR": ("500", "200", "100", "50", "20", "10", "5", "2", "1"),
    "JPY": ("10000", "5000", "2000", "1000", "500", "100", "50", "10", "5", "1"),
}
MAX_PIECES = 99_999


class BestForm(Form):
    """How many of each ticket type sit side by side, and where."""

    category = forms.IntegerField(required=False)
    accessible = forms.IntegerField(
        label=_("Wheelchair places"), required=False, min_value=0, max_value=MAX_TICKETS_OF_CUSTOMER
    )
    across_aisle = forms.BooleanField(required=False)

    def __init__(self, type_ids: list[int], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for type_id in type_ids:
            self.fields[f"quantity-{type_id}"] = forms.IntegerField(
                required=False, min_value=0, max_value=MAX_TICKETS_OF_CUSTOMER
            )
        self.type_ids = type_ids

    @property
    def quantities(self) -> dict[int, int]:
        wanted = {type_id: self.cleaned_data[f"quantity-{type_id}"] or 0 for type_id in self.type_ids}
        return {type_id: quantity for type_id, quantity in wanted.items() if quantity}

    @property
    def best(self) -> Best:
        asked = self.cleaned_data
        return Best(self.quantities, asked["category"], asked["accessible"] or 0, across_aisle=asked["across_aisle"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"quantity-{type_id}") for type_id in self.type_ids):
            raise ValidationError(_("Enter how many tickets."))
        if not self.errors and (cleaned.get("accessible") or 0) > sum(self.quantities.values()):
            self.add_error("accessible", _("There are more wheelchair places than people."))
        return cleaned


class PayForm(Form):
    """How the customer pays, and the cash that they gave."""

    gateway = forms.ChoiceField(
        choices=[(way.value, way.label) for way in (Payment.Gateway.CASH, Payment.Gateway.TERMINAL)]
    )
    reference = forms.CharField(required=False, max_length=255)
    email = forms.EmailField(required=False)

    def __init__(self, total: Decimal, currency: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.total = total
        self.fields["given"] = AmountField(currency, required=False, is_cash=True)

    def clean_given(self) -> Decimal | None:
        given: Decimal | None = self.cleaned_data["given"]
        if given is not None and given < self.total:
            raise ValidationError(_("That is not enough."))
        return given


class WaiverForm(Form):
    """Why rules of ticket types are set aside."""

    waiver = forms.CharField(label=_("Reason"), max_length=300)


class GiveForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class ReserveForm(Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    phone = forms.CharField(label=_("Phone"), max_length=40)
    until = BrowserMomentField(label=_("Kept until"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    by_transfer = forms.BooleanField(label=_("Pays by bank transfer"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("by_transfer") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("The account and the reference go to an e-mail address."))
        return cleaned


class BlockForm(Form):
    """Keeps the cart's places for the house: in its own show, or in the coming ones of its event or of its hall."""

    class Scope(models.TextChoices):
        SHOW = "show", _("In this show")
        EVENT = "event", _("In all coming shows of this event in this hall")
        HALL = "hall", _("In all coming shows in this hall")

    purpose = forms.ChoiceField(
        label=_("For"), choices=HouseHold.Purpose.choices, initial=HouseHold.Purpose.HOUSE, required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    scope = forms.ChoiceField(label=_("Where"), choices=Scope.choices, initial=Scope.SHOW, required=False)
    until = BrowserMomentField(label=_("Until"), required=False)
    hours_before = forms.IntegerField(label=_("Hours before each show"), min_value=0, max_value=8760, required=False)
    follows = forms.BooleanField(label=_("And in those that go on sale later"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["purpose"] = data.get("purpose") or HouseHold.Purpose.HOUSE
        data["scope"] = data.get("scope") or self.Scope.SHOW
        if data["scope"] != self.Scope.SHOW and data.get("until"):
            self.add_error("until", _("Several shows have no moment in common: say how many hours before each show."))
        if data["scope"] == self.Scope.SHOW and data.get("hours_before") is not None:
            self.add_error("hours_before", _("This is for several shows. For one show, say until when."))
        return data


class OpenForm(Form):
    """The cash in a drawer when it is opened, and where it stands if there are several tills."""

    def __init__(self, theater: Theater, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["opening_float"] = AmountField(theater.currency, is_cash=True, label=_("Cash in the drawer"))
        tills = Till.objects.filter(theater=theater, is_in_use=True)
        self.tills = list(tills)
        if len(self.tills) > 1:
            self.fields["till"] = forms.ModelChoiceField(tills, label=_("Till"))

    @property
    def till(self) -> Till | None:
        """The one that was chosen, or the only one."""
        return self.cleaned_data.get("till") or next(iter(self.tills), None)


class CashForm(Form):
    """Cash that is paid in or out other than for tickets."""

    kind = forms.ChoiceField(
        label=_("Movement"),
        choices=[(DrawerEntry.Kind.PAY_OUT, _("Pay out")), (DrawerEntry.Kind.PAY_IN, _("Pay in"))],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, currency: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"key": uuid4()})
        self.fields["amount"] = AmountField(currency, least=smallest_coin(currency), is_cash=True, label=_("Amount"))

    @property
    def used_key(self) -> UUID:
        key: UUID = self.cleaned_data["key"]
        return key


class CloseForm(Form):
    """The count of a drawer, by coins and notes or as a sum."""

    explanation = forms.CharField(label=_("Why it differs"), max_length=300, required=False)

    def __init__(self, currency: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.currency = currency
        self.fields["counted"] = AmountField(currency, required=False, is_cash=True, label=_("Counted"))
        # The expected amount, as the page showed it after the first count.
        self.fields["expected"] = AmountField(currency, least=None, required=False, is_cash=True)
        for value in self.face_values:
            self.fields[f"pieces-{value}"] = forms.IntegerField(required=False, min_value=0, max_value=MAX_PIECES)

    @property
    def face_values(self) -> tuple[str, ...]:
        return FACE_VALUES.get(self.currency, ())

    @property
    def pieces(self) -> list[tuple[str, str, Any]]:
        """Each face value as a number and as people write it, with its field."""
        return [
            (value, write_for_field(Decimal(value), self.currency) if "." in value else value, self[f"pieces-{value}"])
            for value in self.face_values
        ]

    @property
    def denominations(self) -> dict[str, int]:
        counts = {value: self.cleaned_data.get(f"pieces-{value}") or 0 for value in self.face_values}
        return {value: count for value, count in counts.items() if count}

    def clean(self) -> dict[str, Any]:
        """Take the sum of the pieces where no sum is given; refuse one that is not theirs."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        total = sum((Decimal(value) * count for value, count in self.denominations.items()), Decimal(0))
        if cleaned.get("counted") is None:
            if not self.denominations:
                self.add_error("counted", _("Count the cash and enter what is there."))
            cleaned["counted"] = total
        elif self.denominations and cleaned["counted"] != total:
            self.add_error("counted", _("The coins and notes add up to a different amount."))
        return cleaned
