"""The form field for amounts of money: it knows the currency, and refuses amounts that it does not have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lib.money import format_money, read_amount, round_charge, round_money, write_for_field

MAX_AMOUNT = Decimal(100_000_000)


def check_amount(amount: Decimal, currency: str, *, is_cash: bool = False) -> None:
    """Raise `ValidationError` with the nearest amount unless this one can be charged or, with `is_cash`, counted."""
    nearest = (round_money if is_cash else round_charge)(amount, currency)
    if nearest == amount:
        return
    raise ValidationError(
        _("There is no such amount in %(currency)s. The nearest one is %(nearest)s."),
        code="no_such_amount",
        params={"currency": currency, "nearest": format_money(nearest, currency)},
    )


class AmountField(forms.CharField):
    """An amount as people type it or paste it from a spreadsheet: 12.50, 12,50, € 12; empty is None.

    A form whose currency depends on its input sets `currency` before it is cleaned (`TheaterAmountsForm`).
    """

    def __init__(
        self,
        currency: str = "EUR",
        *,
        least: Decimal | None = Decimal(0),
        most: Decimal = MAX_AMOUNT,
        is_cash: bool = False,
        **kwargs: Any,
    ) -> None:
        self.currency, self.least, self.most, self.is_cash = currency, least, most, is_cash
        super().__init__(**{"max_length": 30, **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return write_for_field(value, self.currency) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_amount(text, self.currency)
        except ValueError:
            raise ValidationError(
                _("“%(text)s” can’t be read as an amount. Write it like %(example)s."),
                code="invalid",
                params={"text": text, "example": write_for_field(Decimal(12), self.currency)},
            ) from None
        if self.least is not None and amount < self.least:
            words = _("This must be zero or more.") if not self.least else _("This must be %(least)s or more.")
            raise ValidationError(words, params={"least": format_money(self.least, self.currency)})
        if abs(amount) > self.most:
            raise ValidationError(
                _("This must be %(most)s or less."), params={"most": format_money(self.most, self.currency)}
            )
        check_amount(amount, self.currency, is_cash=self.is_cash)
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
