"""What a ticket's QR code contains, and that nobody else can sign one."""

import json
from base64 import b32decode, b64encode, urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking, Ticket
from bookings.tickets.codes import InvalidTicketCode, public_keys, read, sign, verify
from bookings.tickets.qr import QUIET_ZONE, draw_qr
from events.models import Show

pytestmark = pytest.mark.once

ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def make_ticket(code: str = "ABCDEFGH2345", show: str = "PQRS234567") -> Ticket:
    booking = Booking(name="Asha Customer", email="asha@example.com")
    return Ticket(code=code, show=Show(code=show), booking=booking, attendee_name="Asha Customer")


def test_it_names_the_ticket_and_nothing_of_the_person():
    text = sign(make_ticket())
    assert read(text) == "ABCDEFGH2345"
    assert verify(text) == ("ABCDEFGH2345", "PQRS234567")
    assert "ASHA" not in text.upper()
    assert text == sign(make_ticket())


def test_it_fits_a_small_qr_code():
    text = sign(make_ticket())
    assert set(text) <= ALPHANUMERIC
    # Of version 7 at most: as bytes instead of letters and digits it would need a larger one.
    assert draw_qr(text).size - 2 * QUIET_ZONE <= 45


def test_white_space_and_case_of_a_scanner_do_not_matter():
    assert read(f" {sign(make_ticket()).lower()}\r\n") == "ABCDEFGH2345"


@given(st.data())
def test_every_changed_character_is_noticed(data):
    text = sign(make_ticket())
    at = data.draw(st.integers(0, len(text) - 1))
    sign_ = data.draw(st.sampled_from(sorted(ALPHANUMERIC - {text[at]})))
    with pytest.raises(InvalidTicketCode):
        read(text[:at] + sign_ + text[at + 1 :])


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidTicketCode):
        read(text)


def test_the_signature_of_one_ticket_is_no_good_for_another():
    mine, other = sign(make_ticket()), sign(make_ticket(code="ZZZZZZZZ2345"))
    forged = ".".join([*other.split(".")[:4], mine.split(".")[4]])
    with pytest.raises(InvalidTicketCode):
        read(forged)


def test_a_stranger_cannot_sign(settings):
    settings.SECRET_KEY = "somebody else's"
    text = sign(make_ticket())
    settings.SECRET_KEY = "ours"
    with pytest.raises(InvalidTicketCode):
        read(text)


def test_a_door_verifies_with_the_published_key_alone(settings):
    settings.TICKET_SIGNING_KEY = b64encode(bytes(range(32))).decode()
    text = sign(make_ticket())
    (key,) = json.loads(json.dumps(public_keys()))
    claim, _, signature = text.rpartition(".")
    assert claim.split(".")[1] == key["kid"]
    raw = urlsafe_b64decode(key["x"] + "=")
    Ed25519PublicKey.from_public_bytes(raw).verify(b32decode(signature + "="), claim.encode())


def test_tickets_outlive_a_change_of_keys(settings):
    settings.TICKET_SIGNING_KEY = b64encode(b"a" * 32).decode()
    earlier, (old_key,) = sign(make_ticket()), public_keys()
    settings.TICKET_SIGNING_KEY = b64encode(b"b" * 32).decode()
    with pytest.raises(InvalidTicketCode):
        read(earlier)

    settings.TICKET_VERIFY_KEYS = [old_key["x"]]

    assert read(earlier) == "ABCDEFGH2345"
    assert [key["kid"] for key in public_keys()][1] == old_key["kid"]
    assert sign(make_ticket()) != earlier


def test_no_private_key_is_published(settings):
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    settings.TICKET_SIGNING_KEY = b64encode(seed).decode()
    (key,) = public_keys()
    assert "d" not in key
    assert urlsafe_b64decode(key["x"] + "=") != seed


@pytest.mark.parametrize("key", ["short", "!" * 44, b64encode(bytes(31)).decode()])
def test_a_bad_key_fails_loudly(settings, key):
    settings.TICKET_SIGNING_KEY = key
    with pytest.raises(ImproperlyConfigured, match="TICKET_SIGNING_KEY"):
        sign(make_ticket())
