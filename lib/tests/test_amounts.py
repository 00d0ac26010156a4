"""Amounts that a currency does not have are refused where they are typed, by one field."""

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.test import RequestFactory

from accounts.models import User
from bookings.admin.booking_forms import CancelForm, GoodwillForm
from bookings.admin.money import VoucherForm
from bookings.pricing import quote_booking, quote_discounts
from bookings.seating.page import read_seat_page
from box_office.forms import CashForm, CloseForm, OpenForm, PayForm
from events.admin.bulk_forms import PriceChangeForm
from events.models import PriceTemplate, Show
from events.prices.forms import PricesForm, TemplatePricesForm
from follows.forms import FollowForm
from lib.amounts import AmountField
from lib.money import round_charge, smallest_charge, to_minor_units
from payments.models import Payment
from payments.views import SandboxForm
from reports.admin import SettlementTermsForm
from testing.bookings import make_hold
from testing.builders import make_hall, make_show, make_theater
from theaters.models import Theater

# Of these, the first is no amount of the currency, and the second one is.
WRONG = {"EUR": ("0.005", "0.05"), "JPY": ("500.5", "501"), "KWD": ("1.005", "1.010"), "INR": ("0.005", "1,00,000")}
# The field itself, and a field for amounts or percentages, which asks `check_amount`.
READERS = {"lib/amounts.py", "events/admin/bulk_forms.py"}
# Narrows a list; nothing is priced by it.
NO_PRICES = {"events/forms.py", "theaters/seat_maps/drawing_forms.py"}


@pytest.mark.once
@pytest.mark.parametrize("currency", WRONG)
def test_the_field_knows_the_currency(currency: str):
    wrong, right = WRONG[currency]
    with pytest.raises(ValidationError, match="no such amount in"):
        AmountField(currency).clean(wrong)
    amount = AmountField(currency).clean(right)
    assert amount == round_charge(amount, currency)
    for text in ("-1", "1e9", "999999999", "many", "NaN"):
        with pytest.raises(ValidationError):
            AmountField(currency).clean(text)
    assert AmountField(currency, required=False).clean("  ") is None


@pytest.mark.once
def test_coins_are_finer_than_card_charges():
    assert AmountField("KWD", is_cash=True).clean("1.005") == Decimal("1.005")
    with pytest.raises(ValidationError):
        AmountField("KWD", is_cash=True).clean("1.0005")


@pytest.mark.once
def test_computed_amounts_can_be_charged():
    discounts = quote_discounts([Decimal("1.550"), Decimal("2.330")], currency="KWD", percent=Decimal("12.5"))
    quote = quote_booking(
        [Decimal("1.550"), Decimal("2.330")], discounts, currency="KWD", tax_rate=Decimal(5), includes_tax=False
    )
    for amount in (*discounts, quote.tax, quote.total):
        assert amount % smallest_charge("KWD") == 0
        assert to_minor_units(amount, "KWD") % 10 == 0


def make_forms(theater: Theater) -> Iterator[forms.BaseForm]:
    """Yield each form that asks for an amount, as it is for this theater."""
    hall = make_hall(theater=theater)
    show = make_show(hall=hall, price="20", state=Show.State.DRAFT)
    on_sale = make_show(hall=hall, price="20", in_hours=200)
    template = PriceTemplate.objects.create(theater=theater, name="Usual")
    sent = {"theater": str(theater.pk)}
    yield GoodwillForm(make_hold(on_sale, 0))
    yield CancelForm(make_hold(on_sale, 1))
    yield VoucherForm(sent)
    yield SettlementTermsForm(sent)
    yield SandboxForm(Payment(currency=theater.currency))
    yield FollowForm(asked={"max_price", "category"}, page=read_seat_page(on_sale))
    yield PricesForm(show)
    yield TemplatePricesForm(template)
    yield PriceChangeForm([show])
    yield PayForm(Decimal(0), theater.currency)
    yield OpenForm(theater)
    yield CashForm(theater.currency)
    yield CloseForm(theater.currency)
    yield SandboxForm(Payment(currency=theater.currency))


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("currency", WRONG)
def test_each_form_refuses_amounts_that_its_currency_lacks(currency: str):
    wrong, right = WRONG[currency]
    seen = set()
    for form in make_forms(make_theater(currency=currency)):
        fields = [field for field in form.fields.values() if isinstance(field, AmountField)]
        assert fields, form
        for field in fields:
            with pytest.raises(ValidationError):
                field.clean("1.0005" if field.is_cash and currency == "KWD" else wrong)
            assert field.clean(right) > 0
        seen |= {kind.__name__ for kind in type(form).__mro__}
    asking = {name for path in project_files() for name in classes_that_call(path, "AmountField")}
    assert asking <= seen


@pytest.mark.django_db
@pytest.mark.parametrize(("value", "is_right"), [("0.005", False), ("-0.5", True), ("5", True)])
def test_prices_change_by_amounts_that_there_are_and_by_any_percentage(value: str, is_right: bool):
    show = make_show()
    data = {"value": value, "by": "amount", "step": ""}
    assert PriceChangeForm([show], data).is_valid() is is_right
    assert PriceChangeForm([show], {**data, "by": "percent"}).is_valid()
    assert "step" in PriceChangeForm([show], {**data, "step": "0.005"}).errors


@pytest.mark.slow
@pytest.mark.django_db
def test_a_voucher_has_the_currency_of_its_theater(platform_admin: User, client: Any):
    tokyo = make_theater("Kabuki-za", currency="JPY")
    client.force_login(platform_admin)
    sent = {"code": "SUMMER", "theater": tokyo.pk, "limit": 1, "limit_per_customer": 1, "amount": "500.5"}
    page = client.post("/admin/bookings/voucher/add/", sent).content.decode()
    assert "There is no such amount in JPY. The nearest one is ¥501." in page
    assert 'value="500.5"' in page
    client.post("/admin/bookings/voucher/add/", {**sent, "amount": "1,500"})
    (voucher,) = tokyo.vouchers.all()
    assert voucher.amount == 1500
    assert 'value="1500"' in client.get(f"/admin/bookings/voucher/{voucher.pk}/change/").content.decode()
    assert "¥1,500" in client.get("/admin/bookings/voucher/").content.decode()


@pytest.mark.once
@pytest.mark.django_db
def test_the_console_asks_for_every_amount_by_that_field(platform_admin: User):
    request = RequestFactory().get("/admin/")
    request.user = platform_admin
    found = 0
    for model, model_admin in admin.site._registry.items():
        shown = model_admin.get_form(request).base_fields if model_admin.has_change_permission(request) else {}
        for name, field in shown.items():
            column = next((one for one in model._meta.fields if one.name == name), None)
            # Amounts are what has three decimals, as the currencies with the most have.
            if isinstance(column, models.DecimalField) and column.decimal_places == 3:
                assert isinstance(field, AmountField), (model, name)
                found += 1
    assert found >= 2


@pytest.mark.slow
@pytest.mark.once
def test_no_other_code_reads_an_amount_that_is_typed():
    for path in project_files():
        name = str(path.relative_to(settings.BASE_DIR))
        called = {call for node in ast.walk(ast.parse(path.read_text())) if (call := name_of_call(node))}
        assert "read_amount" not in called or name in READERS, name
        if "forms.DecimalField" in called or "forms.FloatField" in called:
            assert name in NO_PRICES, name


def project_files() -> list[Path]:
    found = [path for app in settings.OWN_APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    return [path for path in found if not {"tests", "migrations"} & set(path.parts)]


def name_of_call(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return f"{node.func.value.id}.{node.func.attr}"
    return node.func.id if isinstance(node.func, ast.Name) else ""


def classes_that_call(path: Path, name: str) -> set[str]:
    return {
        one.name
        for one in ast.walk(ast.parse(path.read_text()))
        if isinstance(one, ast.ClassDef) and any(name_of_call(node) == name for node in ast.walk(one))
    }
