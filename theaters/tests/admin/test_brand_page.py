"""Names and looks in the console: who may edit them, what is refused, and when a domain is served."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from theaters.brands import brand_of
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db
ADD = "admin:theaters_brand_add"


def change_page(brand: Brand) -> str:
    return reverse("admin:theaters_brand_change", args=[brand.pk])


def filled(theater: Theater, **fields: Any) -> dict[str, Any]:
    return {
        "borne_by": [theater.pk],
        "name": "Riverside Players",
        "slug": "riverside",
        "typeface": "martel",
        "names_marquee": "on",
        **fields,
    }


def png(*, trailer: bytes = b"") -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGBA", (600, 200), (200, 0, 0, 0)).save(buffer, "PNG")
    return SimpleUploadedFile("logo.png", buffer.getvalue() + trailer, "image/png")


@pytest.fixture
def brand(theater: Theater) -> Brand:
    brand = Brand.objects.create(name="Riverside", slug="riverside")
    Theater.objects.filter(pk=theater.pk).update(brand=brand)
    return brand


def test_a_manager_gives_a_theater_its_brand(
    client: Client, manager: User, theater: Theater, django_capture_on_commit_callbacks
):
    client.force_login(manager)
    assert brand_of(theater).is_site
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse(ADD), filled(theater, color="#0b5d4a", domain="tickets.river.example"))
    assert response.status_code == 302
    found = brand_of(theater)
    assert (found.name, found.color, found.typeface) == ("Riverside Players", "#0b5d4a", "martel")
    # Nobody has confirmed it.
    assert found.domain == ""


def test_a_brand_of_several_theaters_is_edited_by_who_manages_all(
    client: Client, manager: User, other_manager: User, brand: Brand, theater: Theater
):
    Theater.objects.update(brand=brand)
    for person in (manager, other_manager):
        client.force_login(person)
        assert client.get(change_page(brand)).status_code == 200
        assert client.post(change_page(brand), filled(theater, name="Mine")).status_code == 403
    brand.refresh_from_db()
    assert brand.name == "Riverside"


def test_a_manager_neither_sees_anothers_brand_nor_gives_it_to_anothers_theater(
    client: Client, other_manager: User, brand: Brand, theater: Theater
):
    client.force_login(other_manager)
    assert client.get(change_page(brand)).status_code == 302
    response = client.post(reverse(ADD), filled(theater))
    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()
    assert Theater.objects.get(pk=theater.pk).brand == brand


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"color": "#e0457b"}, "The nearest shade: #c02058"),
        ({"color": "#0b5d4a", "color_dark": "#441100"}, "The nearest shade: #"),
        ({"color_dark": "#5cc79f"}, "Choose this one, too"),
        ({"color": "red"}, "Enter a valid value"),
        ({"social_links": "javascript:alert(1)"}, "is not an address that begins with https://"),
        ({"domain": "https://a.example/"}, "Type a domain alone"),
        ({"domain": "LOCALHOST"}, "This is the address of the whole site"),
        ({"domain": "tickets example"}, "Type a domain alone"),
        ({"sender_name": "A\r\nBcc: b@example.com"}, "Type one line of text"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client, manager, theater, fields, message):
    client.force_login(manager)
    response = client.post(reverse(ADD), filled(theater, **fields))
    assert message in response.content.decode()
    assert not Brand.objects.exists()


def test_a_domain_is_confirmed_by_a_platform_admin_and_a_new_one_waits_again(
    client: Client, manager: User, platform_admin: User, brand: Brand, theater: Theater
):
    client.force_login(manager)
    client.post(change_page(brand), filled(theater, domain="a.example", is_domain_confirmed="on"))
    brand.refresh_from_db()
    assert (brand.domain, brand.is_domain_confirmed) == ("a.example", False)
    client.force_login(platform_admin)
    client.post(change_page(brand), filled(theater, domain="a.example", is_domain_confirmed="on"))
    brand.refresh_from_db()
    assert brand.is_domain_confirmed
    client.force_login(manager)
    client.post(change_page(brand), filled(theater, domain="b.example"))
    brand.refresh_from_db()
    assert (brand.domain, brand.is_domain_confirmed) == ("b.example", False)


def test_a_confirmed_domain_is_not_anothers(client: Client, platform_admin: User, brand: Brand, other_theater: Theater):
    Brand.objects.filter(pk=brand.pk).update(domain="a.example", is_domain_confirmed=True)
    client.force_login(platform_admin)
    response = client.post(
        reverse(ADD), filled(other_theater, slug="other", domain="a.example", is_domain_confirmed="on")
    )
    assert "This domain is another’s already." in response.content.decode()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
        SimpleUploadedFile("logo.png", b"<html><script>alert(1)</script></html>", "image/png"),
    ],
    ids=["svg", "html"],
)
def test_a_logo_that_is_no_picture_is_refused(client, manager, theater, upload):
    client.force_login(manager)
    response = client.post(reverse(ADD), filled(theater, logo=upload))
    assert response.status_code == 200
    assert "Upload a valid image" in response.content.decode()
    assert not Brand.objects.exists()


def test_nothing_but_the_picture_of_a_logo_is_kept_and_it_stays_transparent(client, manager, theater):
    client.force_login(manager)
    client.post(reverse(ADD), filled(theater, logo=png(trailer=b"<script>alert(1)</script>")))
    logo = Brand.objects.get().logo.name
    with default_storage.open(logo) as file:
        data = file.read()
    assert b"script" not in data
    assert Image.open(BytesIO(data)).convert("RGBA").getpixel((5, 5))[3] == 0
    response = client.get(f"/media/{logo}")
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


def test_the_form_shows_both_schemes_in_legible_shades(client: Client, manager: User, brand: Brand, theater: Theater):
    client.force_login(manager)
    page = client.post(change_page(brand), filled(theater, color="#e0457b")).content.decode()
    assert "--look-accent: #c02058" in page
    assert page.count("brand-preview__button") == 2
