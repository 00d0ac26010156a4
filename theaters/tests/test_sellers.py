"""Sellers: who contracts with customers, changed only by those who may speak for all of their theaters."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import AuditEntry, User
from accounts.roles import Role
from testing.console import signed_in
from theaters.models import Seller, StaffMembership, Theater

pytestmark = pytest.mark.django_db
ADDED = reverse("admin:theaters_seller_add")


def make_seller(*theaters: Theater, **fields: Any) -> Seller:
    defaults = {"name": "Riverside", "street": "1 River Street", "postcode": "1010", "city": "Vienna", "country": "AT"}
    seller = Seller.objects.create(**{**defaults, "email": "office@example.com", **fields})
    Theater.objects.filter(pk__in=[theater.pk for theater in theaters]).update(seller=seller)
    return seller


def sent(*theaters: Theater, **fields: Any) -> dict[str, Any]:
    plain = {"name": "Riverside", "street": "1 River Street", "city": "Vienna", "country": "AT"}
    return {**plain, "email": "office@example.com", "sells_for": [theater.pk for theater in theaters], **fields}


def listed(client: Client) -> str:
    return client.get(reverse("admin:theaters_seller_changelist")).content.decode()


def changed(seller: Seller) -> str:
    return reverse("admin:theaters_seller_change", args=[seller.pk])


@pytest.mark.parametrize(
    ("country", "number", "is_valid"),
    [
        ("AT", "ATU13585627", True),
        ("AT", "ATU13585626", False),
        ("AT", "13585627", False),
        ("DE", "DE 136,695 976", True),
        ("DE", "DE136695975", False),
        ("IN", "27AAPFU0939F1ZV", True),
        ("IN", "27AAPFU0939F1ZW", False),
        # The library knows no such numbers of this country.
        ("US", "whatever 12", True),
        ("", "ATU13585626", True),
        ("AT", "", True),
    ],
)
def test_a_vat_number_is_checked_by_its_country(country: str, number: str, is_valid: bool):
    seller = Seller(name="R", street="1", city="V", country=country, email="a@example.com", vat_number=number)
    if is_valid:
        seller.clean()
    else:
        with pytest.raises(ValidationError) as refusal:
            seller.clean()
        assert list(refusal.value.message_dict) == ["vat_number"]


def test_name_and_address_read_well():
    seller = make_seller(legal_form="GmbH")
    assert str(seller) == "Riverside GmbH"
    assert str(make_seller(name="Riverside GmbH", legal_form="GmbH")) == "Riverside GmbH"
    with override("de"):
        assert seller.address == "1 River Street, 1010 Vienna, Österreich"


def test_a_manager_makes_a_seller_for_their_theaters_alone(theater: Theater, other_theater: Theater, manager: User):
    client = signed_in(manager)
    refused = client.post(ADDED, sent(theater, other_theater))
    assert refused.status_code == 200
    assert not Seller.objects.exists()
    nowhere = client.post(ADDED, sent())
    assert "Choose at least one theater." in nowhere.content.decode()
    wrong = client.post(ADDED, sent(theater, vat_number="ATU13585626"))
    assert "This is not a VAT number of this country." in wrong.content.decode()
    assert client.post(ADDED, sent(theater, vat_number="ATU13585627")).status_code == 302
    theater.refresh_from_db()
    assert theater.seller == Seller.objects.get()
    entries = AuditEntry.objects.filter(theater_id=theater.pk).values_list("action", flat=True)
    assert {"seller.add", "theater.change"} >= set(entries) >= {"theater.change"}


def test_a_seller_is_changed_by_those_who_edit_all_of_its_theaters(
    theater: Theater, other_theater: Theater, manager: User, other_manager: User
):
    shared, foreign = make_seller(theater, other_theater), make_seller(name="Foreign")
    client = signed_in(manager)
    assert client.get(changed(shared)).status_code == 200
    assert client.post(changed(shared), sent(theater, name="Mine now")).status_code == 403
    assert client.get(changed(foreign)).status_code == 302
    assert reverse("admin:theaters_seller_change", args=[foreign.pk]) not in listed(client)
    StaffMembership.objects.create(user=manager, theater=other_theater, role=Role.MANAGER)
    assert client.post(changed(shared), sent(theater, name="Mine now")).status_code == 302
    shared.refresh_from_db()
    other_theater.refresh_from_db()
    assert (shared.name, list(shared.theaters.all()), other_theater.seller) == ("Mine now", [theater], None)
