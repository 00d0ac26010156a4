"""Apple's passes against the rules of their format."""

import hashlib
import json
import re
import shutil
import subprocess
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image

from bookings.models import Ticket
from bookings.tickets.codes import read, sign
from events.models import Event, Show
from testing.bookings import choose_standing, make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.wallets import PASS_TYPE_ID, TEAM_ID, apple_settings, read_pass, unpack
from theaters.models import Theater
from wallets.apple.pkpass import make_pkpass
from wallets.keys import apple_keys
from wallets.models import Platform, WalletPass
from wallets.passes import RELATED, issue_pass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apple")]
STARTS_AT = datetime(2030, 7, 5, 19, 30, tzinfo=ZoneInfo("Europe/Vienna"))


@pytest.fixture
def show(theater):
    Theater.objects.filter(pk=theater.pk).update(latitude="48.2", longitude="16.37", access_information="Step-free.")
    theater.refresh_from_db()
    hall = make_hall(theater=theater, standing=3)
    doors_at = STARTS_AT.replace(hour=18, minute=45)
    return make_show(
        hall=hall, event=make_event("Ein „Fest“"), starts_at=STARTS_AT.replace(microsecond=7), doors_at=doors_at
    )


def make(ticket: Ticket) -> bytes:
    issue_pass(ticket, Platform.APPLE)
    return make_pkpass(WalletPass.objects.select_related(*RELATED).get(ticket=ticket), apple_keys())


@pytest.fixture
def ticket(show, customer):
    return make_paid(show, 5, customer=customer).tickets.get()


def test_its_manifest_has_the_hash_of_every_file(ticket):
    files = unpack(make(ticket))
    manifest = json.loads(files["manifest.json"])
    assert set(files) - set(manifest) == {"manifest.json", "signature"}
    assert manifest == {name: hashlib.sha1(files[name]).hexdigest() for name in manifest}  # noqa: S324
    pictures = {name: Image.open(BytesIO(data)) for name, data in files.items() if name.endswith(".png")}
    sizes = {name: picture.size for name, picture in pictures.items()}
    # The icon is what a pass can't be without.
    assert (sizes["icon.png"], sizes["icon@2x.png"], sizes["icon@3x.png"]) == ((29, 29), (58, 58), (87, 87))
    assert {picture.format for picture in pictures.values()} == {"PNG"}


@pytest.mark.parametrize("is_damaged", [False, True])
def test_openssl_accepts_its_signature(ticket, tmp_path, is_damaged):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("There is no openssl on the path.")
    files = unpack(make(ticket))
    manifest = files["manifest.json"].replace(b"pass.json", b"pass.yaml") if is_damaged else files["manifest.json"]
    (tmp_path / "manifest.json").write_bytes(manifest)
    (tmp_path / "signature").write_bytes(files["signature"])
    (tmp_path / "authority.pem").write_text(apple_settings()["APPLE_WALLET_WWDR_CERTIFICATE"])
    command = [openssl, "smime", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content"]
    command += ["manifest.json", "-CAfile", "authority.pem", "-purpose", "any", "-out", "verified"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode == 0) is not is_damaged, done.stderr
    if not is_damaged:
        assert (tmp_path / "verified").read_bytes() == manifest
        # Apple wants the moment of signing in it.
        printed = [openssl, "cms", "-cmsout", "-print", "-inform", "DER", "-in", "signature"]
        described = subprocess.run(printed, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30)
        assert "signingTime" in described.stdout


def test_it_says_what_the_ticket_says(ticket, show):
    read_back = read_pass(make(ticket))
    made = WalletPass.objects.get()
    required = ("formatVersion", "passTypeIdentifier", "teamIdentifier", "serialNumber")
    assert [read_back[name] for name in required] == [1, PASS_TYPE_ID, TEAM_ID, made.serial]
    assert read_back["organizationName"] == show.hall.theater.name
    assert read_back["description"] == "Ticket for Ein „Fest“"
    assert read_back["relevantDate"] == "2030-07-05T18:45:00+02:00"
    assert read_back["expirationDate"] == "2030-07-05T21:30:00+02:00"
    assert read_back["locations"][0]["latitude"] == 48.2
    for color in ("foregroundColor", "backgroundColor", "labelColor"):
        assert re.fullmatch(r"rgb\(\d{1,3}, \d{1,3}, \d{1,3}\)", read_back[color])
    assert "voided" not in read_back
    fields = {field["key"]: field for group in read_back["eventTicket"].values() for field in group}
    assert len(fields) == sum(len(group) for group in read_back["eventTicket"].values())
    shown = {name: field["value"] for name, field in fields.items()}
    assert shown["event"] == "Ein „Fest“"
    assert (shown["section"], shown["row"], shown["seat"]) == ("Stalls", "B", "2")
    assert shown["back-access"] == "Step-free."
    # By the clock of the theater, wherever the phone is.
    assert (shown["starts"], fields["starts"]["ignoresTimeZone"]) == ("2030-07-05T19:30:00+02:00", True)
    assert read_back["semantics"]["seats"] == [
        {"seatSection": "Stalls", "seatRow": "B", "seatNumber": "2", "seatType": "Parkett"}
    ]
    assert read_back["webServiceURL"] == "https://tickets.example.org/wallet/apple/"
    assert read_back["authenticationToken"] == made.token
    assert len(made.token) >= 16


def test_zxing_reads_its_code_as_that_of_paper(ticket):
    [barcode] = read_pass(make(ticket))["barcodes"]
    assert barcode["format"] == "PKBarcodeFormatQR"
    # As Wallet does it.
    message = barcode["message"].encode(barcode["messageEncoding"]).decode()
    picture = zxingcpp.create_barcode(message, zxingcpp.QRCode, ec_level="M").to_image(scale=4)
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == sign(ticket)
    assert read(found.text) == ticket.code


def test_every_label_is_in_every_language(ticket):
    files = unpack(make(ticket))
    read_back = json.loads(files["pass.json"])
    labels = {field["label"] for group in read_back["eventTicket"].values() for field in group}
    words = {}
    for language in ("en", "de", "hi"):
        lines = files[f"{language}.lproj/pass.strings"].decode().splitlines()
        found = [re.fullmatch(r'"([a-z]+)" = "((?:[^"\\]|\\.)+)";', line) for line in lines]
        assert all(found)
        words[language] = {match[1]: match[2] for match in found}
        assert labels <= set(words[language])
    assert (words["en"]["row"], words["de"]["row"], words["hi"]["seat"]) == ("Row", "Reihe", "सीट")


def test_it_speaks_the_language_of_the_booking(show, customer):
    ticket = make_paid(show, 0, customer=customer, locale="de").tickets.get()
    assert read_pass(make(ticket))["description"] == "Ticket für Ein „Fest“"


def test_an_area_has_no_seat(show, customer):
    booking = make_paid(show, customer=customer, areas=choose_standing(show, 1))
    read_back = read_pass(make(booking.tickets.get()))
    assert [field["value"] for field in read_back["eventTicket"]["auxiliaryFields"]] == ["Floor", "Adult"]
    assert read_back["semantics"]["seats"] == [{"seatSection": "Floor", "seatType": "Parkett"}]


def test_a_canceled_show_voids_it(ticket):
    Show.objects.update(state=Show.State.CANCELED)
    assert read_pass(make(ticket))["voided"] is True


def test_no_wallet_asks_a_site_without_https(ticket, settings):
    settings.SITE_URL = "http://localhost:8000"
    read_back = read_pass(make(ticket))
    assert not {"webServiceURL", "authenticationToken"} & set(read_back)


@pytest.mark.parametrize("is_readable", [True, False])
def test_the_poster_is_on_it_if_it_can_be_read(ticket, settings, tmp_path, is_readable):
    settings.MEDIA_ROOT = tmp_path
    content = BytesIO()
    Image.new("RGB", (400, 600), "red").save(content, "WEBP")
    (tmp_path / "poster.webp").write_bytes(content.getvalue() if is_readable else b"damaged")
    Event.objects.update(poster="poster.webp")
    files = unpack(make(ticket))
    assert ("thumbnail.png" in files) is is_readable
    if is_readable:
        assert Image.open(BytesIO(files["thumbnail@2x.png"])).size == (120, 180)
        assert "thumbnail@3x.png" in json.loads(files["manifest.json"])


def test_it_is_issued_once(ticket):
    assert issue_pass(ticket, Platform.APPLE) == issue_pass(ticket, Platform.APPLE)
    assert issue_pass(ticket, Platform.GOOGLE).serial != issue_pass(ticket, Platform.APPLE).serial


def test_a_hold_has_no_code_that_a_pass_could_show(show, customer, client):
    booking = make_hold(show, 0, customer=customer)
    client.force_login(customer)
    assert client.get(f"/bookings/{booking.code}/wallet/apple/").status_code == 404
