"""The console's page for a sending domain: who may open it, what it refuses, and what it says."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from theaters.models import Brand, SendingDomain, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand(theater: Theater, settings) -> Brand:
    settings.SENDING_DKIM = {"*": [{"type": "TXT", "name": "m._domainkey", "value": "v=DKIM1; p=MIIB"}]}
    settings.DEFAULT_FROM_EMAIL = "Boxes <tickets@boxes.example>"
    brand = Brand.objects.create(name="Riverside", slug="riverside")
    Theater.objects.filter(pk=theater.pk).update(brand=brand)
    return brand


def address_of(brand: Brand) -> str:
    return reverse("admin:theaters_brand_sending_domain", args=[brand.pk])


def test_a_manager_sets_the_sender_and_looks_the_records_up(client: Client, manager: User, brand: Brand, dns_server):
    client.force_login(manager)
    client.post(address_of(brand), {"address": " Tickets@Theater.example "})
    sending = SendingDomain.objects.get()
    assert sending.address == "tickets@theater.example"
    page = client.get(address_of(brand)).content.decode()
    for shown in (f"sender={sending.token}", "_marquee.theater.example", "m._domainkey.theater.example", "_dmarc."):
        assert shown in page
    dns_server.set("_dmarc.theater.example", "v=DMARC1; p=none")
    dns_server.set("_marquee.theater.example", "<script>alert(1)</script>")
    page = client.post(address_of(brand), {"look-up": "1"}, follow=True).content.decode()
    assert "Some records are not right yet" in page
    assert [page.count(f"is-{state}") for state in ("right", "wrong", "missing")] == [1, 1, 1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    # Pressed again at once: nothing is asked for.
    dns_server.set("m._domainkey.theater.example", "v=DKIM1; p=MIIB")
    dns_server.set("_marquee.theater.example", f"sender={sending.token}")
    client.post(address_of(brand), {"look-up": "1"})
    sending.refresh_from_db()
    assert not sending.is_verified
    SendingDomain.objects.update(checked_at=None)
    page = client.post(address_of(brand), {"look-up": "1"}, follow=True).content.decode()
    assert "Your domain is confirmed" in page
    client.post(address_of(brand), {"address": ""})
    assert not SendingDomain.objects.exists()


def test_what_is_no_plain_address_is_refused_at_its_field(client: Client, manager: User, brand: Brand):
    client.force_login(manager)
    for typed in (
        "theater.example",
        "@theater.example",
        "a@@theater.example",
        "a@b@theater.example",
        "a@theater.example\r\nBcc: x@evil.example",
        '"a b"@theater.example',
        "a..b@theater.example",
        "a@thé\u0430ter.example",
        "a@[192.0.2.1]",
        "a@localhost",
        "a@theater.example.",
        "a@theater.example, b@theater.example",
        "Tickets <a@theater.example>",
        "a\0@theater.example",
        "a\udcff@theater.example",
        f"{'a' * 65}@theater.example",
        f"a@{'b.' * 120}example",
        "tickets@boxes.example",
    ):
        response = client.post(address_of(brand), {"address": typed.encode(errors="surrogatepass")})
        assert response.status_code == 200, typed
        assert "address" in response.context["form"].errors, typed
        assert not SendingDomain.objects.exists(), typed
    assert client.post(address_of(brand), {"address": "a@xn--thter-bsa4f.example"}).status_code == 302


def test_another_theaters_manager_sees_and_changes_nothing(
    client: Client, other_manager: User, programmer: User, brand: Brand
):
    SendingDomain.objects.create(brand=brand, address="tickets@theater.example")
    for person, status in ((other_manager, 404), (programmer, 403)):
        client.force_login(person)
        for answer in (client.get(address_of(brand)), client.post(address_of(brand), {"address": "a@evil.example"})):
            assert answer.status_code in (status, 403)
            assert "tickets@theater.example" not in answer.content.decode()
    assert SendingDomain.objects.get().address == "tickets@theater.example"
