"""Passes bear the name, the logo and the color of the theater's brand."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from bookings.models import Ticket
from testing.bookings import make_paid
from testing.builders import make_hall, make_show, make_theater
from testing.wallets import read_pass, unpack
from theaters.brand_colors import MIN_CONTRAST, contrast
from theaters.directory import forget_directory
from theaters.models import Brand
from wallets.apple.pkpass import make_pkpass
from wallets.content import PAPER, describe
from wallets.google.api import describe_class
from wallets.keys import apple_keys, google_keys
from wallets.models import Platform
from wallets.passes import issue_pass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apple", "google")]


@pytest.fixture
def ticket(customer) -> Ticket:
    brand = Brand(name="Riverside Players", slug="riverside", color="#0b5d4a")
    drawn = BytesIO()
    picture = Image.new("RGBA", (480, 120), "#00000000")
    ImageDraw.Draw(picture).rectangle((40, 40, 440, 80), fill="#0b5d4a")
    picture.save(drawn, "PNG")
    brand.logo.save("logo.png", ContentFile(drawn.getvalue()), save=False)
    brand.save()
    theater = make_theater("Aula", brand=brand)
    make_theater("Elsewhere")
    forget_directory()
    return make_paid(make_show(hall=make_hall(theater=theater)), 0, customer=customer).tickets.get()


def make(ticket: Ticket) -> bytes:
    return make_pkpass(issue_pass(ticket, Platform.APPLE), apple_keys())


def make_class(ticket: Ticket) -> dict:
    made = issue_pass(ticket, Platform.GOOGLE)
    return describe_class(made, describe(made), google_keys())


def test_apples_bears_it(ticket):
    pkpass = make(ticket)
    told, files = read_pass(pkpass), unpack(pkpass)
    assert (told["organizationName"], told["logoText"]) == ("Riverside Players", "")
    assert "Marquee" not in json.dumps(told)
    assert told["labelColor"] == "rgb(11, 93, 74)"
    logos = [Image.open(BytesIO(files[f"logo{scale}.png"])) for scale in ("", "@2x", "@3x")]
    # No larger than Wallet's room for it, and as wide as the stored one.
    assert [logo.size for logo in logos] == [(160, 40), (320, 80), (480, 120)]
    assert logos[2].getpixel((240, 60))[:3] == pytest.approx((11, 93, 74), abs=8)
    # Its ground is the pass's own.
    assert logos[2].getpixel((2, 2))[:3] == pytest.approx(tuple(bytes.fromhex(PAPER[1:])), abs=2)
    # The icon is the first letter on the brand's color.
    assert Image.open(BytesIO(files["icon@3x.png"])).convert("RGB").getpixel((2, 2)) == (11, 93, 74)


def test_googles_bears_it(ticket):
    told = make_class(ticket)
    assert (told["issuerName"], told["hexBackgroundColor"]) == ("Riverside Players", "#0b5d4a")
    version = describe(issue_pass(ticket, Platform.GOOGLE)).brand.version
    address = f"https://tickets.example.org/brands/riverside-{version}-660.png"
    assert told["logo"]["sourceUri"]["uri"] == address


def test_a_logo_that_is_gone_leaves_the_name(ticket, client):
    Brand.objects.update(logo="brands/gone-480.png", favicon="brands/gone-512.webp")
    forget_directory()
    pkpass = make(ticket)
    assert read_pass(pkpass)["logoText"] == "Riverside Players"
    assert "logo.png" in unpack(pkpass)
    path = make_class(ticket)["logo"]["sourceUri"]["uri"].removeprefix("https://tickets.example.org")
    assert client.get(path)["Content-Type"] == "image/png"


@pytest.mark.parametrize("color", ["#ffff00", "#000000", "#808080"])
def test_its_color_is_legible(ticket, color):
    # Past the form, which refuses it.
    Brand.objects.update(color=color)
    forget_directory()
    assert contrast(describe(issue_pass(ticket, Platform.APPLE)).accent, PAPER) >= MIN_CONTRAST


def test_names_of_any_kind_are_only_text(ticket):
    for name in ('"}, {"voided": true', "Line\r\nbreak", "<script>alert(1)</script>", "W" * 80, "مسرح", "🎭"):
        Brand.objects.update(name=name, logo="")
        forget_directory()
        told = read_pass(make(ticket))
        assert told["organizationName"] == told["logoText"] == name
        assert "voided" not in told
        assert make_class(ticket)["issuerName"] == name


def test_of_a_theater_without_a_brand_it_has_the_theaters_name(customer):
    make_theater("Elsewhere")
    ticket = make_paid(make_show(hall=make_hall(theater=make_theater("Aula"))), 0, customer=customer).tickets.get()
    told = read_pass(make(ticket))
    assert (told["organizationName"], told["logoText"]) == ("Aula", "Aula")
    assert "logo" not in make_class(ticket)
