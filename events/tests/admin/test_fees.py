"""Fees and tax rates in the console: each change holds at once, and only for the own theater."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.models import FeeRule, Show, find_tax_rate, read_charges
from testing.builders import make_fee, make_hall, make_show
from testing.console import signed_in
from theaters.models import SaleKind, TaxRate, Theater

pytestmark = pytest.mark.django_db
ADD = reverse("admin:events_feerule_add")


def fields(theater: Theater, **others: object) -> dict[str, object]:
    return {"theater": theater.pk, "name": "Service fee", "per": "ticket", "is_on_web": "on", "is_active": "on"} | {
        "order": "0",
        "amount": "2.50",
        **others,
    }


def test_a_fee_holds_from_then_on_and_says_what_it_does(theater: Theater, manager: User) -> None:
    show = make_show(hall=make_hall(theater=theater))
    client = signed_in(manager)
    response = client.post(ADD, fields(theater))
    assert response.status_code == 302, response.context["adminform"].form.errors
    theater.refresh_from_db()
    assert [fee.amount for fee in read_charges(theater).fees] == [Decimal("2.50")]
    assert Show.objects.get(pk=show.pk).from_price == Decimal("22.50")
    assert AuditEntry.objects.filter(object_id=str(FeeRule.objects.get().pk)).exists()
    page = client.get(reverse("admin:events_feerule_change", args=[FeeRule.objects.get().pk])).content.decode()
    assert "€2.50 per ticket, on the web; kept on cancellation." in page
    assert "A ticket of €30.00 that it is for costs €32.50." in page
    client.post(reverse("admin:events_feerule_delete", args=[FeeRule.objects.get().pk]), {"post": "yes"})
    assert Show.objects.get(pk=show.pk).from_price == Decimal("20.00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"percent": "5"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"minimum": "1"}, "minimum"),
        ({"amount": "", "percent": "101"}, "percent"),
        ({"amount": "-1"}, "amount"),
    ],
)
def test_what_makes_no_fee_is_refused_at_its_field(
    theater: Theater, manager: User, wrong: dict[str, str], field: str
) -> None:
    response = signed_in(manager).post(ADD, fields(theater, **wrong))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not FeeRule.objects.exists()


def test_another_theaters_fees_are_out_of_reach(theater: Theater, other_manager: User) -> None:
    rule = make_fee(theater)
    client = signed_in(other_manager)
    assert client.get(reverse("admin:events_feerule_change", args=[rule.pk])).status_code in {302, 403, 404}
    client.post(ADD, fields(theater, name="Theirs"))
    assert [one.name for one in FeeRule.objects.all()] == ["Service fee"]


def test_a_tax_rate_holds_from_its_day_on(theater: Theater, manager: User) -> None:
    address = reverse("admin:theaters_taxrate_add")
    sent = {"theater": theater.pk, "kind": "fee", "rate": "8.8751", "from_on": "2020-01-01"}
    assert signed_in(manager).post(address, sent).status_code == 302
    theater.refresh_from_db()
    now = TaxRate.objects.get()
    assert now.rate == Decimal("8.8751")
    show = make_show(hall=make_hall(theater=theater))
    assert find_tax_rate(theater, SaleKind.FEE, show.starts_at) == Decimal("8.8751")
    assert find_tax_rate(theater, SaleKind.ADMISSION, show.starts_at) == theater.tax_rate
