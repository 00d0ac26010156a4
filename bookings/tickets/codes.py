"""What a ticket's QR code contains, and how a door verifies offline that it is ours.

    M1.<key id>.<ticket code>.<show code>.<signature>

The signature is Ed25519 (RFC 8032) over the text before its dot, in base32 without padding, so that all of
it fits the alphanumeric mode of a QR code. It says nothing about the person. Whether the ticket was
canceled or used, only the database knows (`door/check_in.py`).

`TICKET_SIGNING_KEY` signs. To change it, put the old key's public half (`public_keys` shows it) into
`TICKET_VERIFY_KEYS`, so that tickets already sent stay valid. If it is empty, a key is derived from
`SECRET_KEY`.
"""

import binascii
import re
from base64 import b32decode, b32encode, b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from bookings.models import Ticket

VERSION = "M1"
_SEED_BYTES = 32
_FORM = re.compile(rf"{VERSION}\.([A-Z2-7]{{6}})\.([A-Z0-9]{{1,16}})\.([A-Z0-9]{{1,12}})\.([A-Z2-7]{{103}})")


class InvalidTicketCode(Exception):
    """We never signed the text: it is forged, damaged, or the code of something else."""


class UnreadableCode(InvalidTicketCode):
    """The text does not have the form of a ticket's code."""


class ForeignCode(InvalidTicketCode):
    """The text names a key that we do not have: another site signed it, or we have retired the key."""


class ForgedCode(InvalidTicketCode):
    """The text names one of our keys, which did not sign it."""


class SignedTicket(NamedTuple):
    ticket: str
    show: str


class Keys(NamedTuple):
    signing: Ed25519PrivateKey
    kid: str
    # By key id, the signing key's own first.
    verifying: dict[str, Ed25519PublicKey]


def sign(ticket: Ticket) -> str:
    """Return the text of the ticket's QR code; the same every time. Reads `ticket.show`."""
    keys = _keys()
    claim = f"{VERSION}.{keys.kid}.{ticket.code}.{ticket.show.code}"
    signature = keys.signing.sign(claim.encode())
    return f"{claim}.{b32encode(signature).decode().rstrip('=')}"


def read(text: str) -> str:
    """Return the ticket code that the text names, or raise `InvalidTicketCode`. No query."""
    return verify(text).ticket


def verify(text: str) -> SignedTicket:
    """Return what the text names if one of our keys signed it, or raise `InvalidTicketCode`."""
    form = _FORM.fullmatch(text.strip().upper())
    if form is None:
        raise UnreadableCode
    key = _keys().verifying.get(form[1])
    if key is None:
        raise ForeignCode
    signature = form[4]
    claim = form[0].removesuffix(f".{signature}")
    raw = b32decode(signature + "=")
    # Base32 leaves spare bits, so accept only one spelling of a signature.
    if b32encode(raw).decode().rstrip("=") != signature:
        raise ForgedCode
    try:
        key.verify(raw, claim.encode())
    except InvalidSignature:
        raise ForgedCode from None
    return SignedTicket(form[2], form[3])


def public_keys() -> list[dict[str, str]]:
    """Return all keys that verify tickets, as JSON Web Keys (RFC 8037), the signing one first."""
    return [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": kid,
            "x": urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("="),
        }
        for kid, key in _keys().verifying.items()
    ]


def _keys() -> Keys:
    return _load_keys(settings.TICKET_SIGNING_KEY, settings.SECRET_KEY, tuple(settings.TICKET_VERIFY_KEYS))


@lru_cache(maxsize=4)
def _load_keys(signing_key: str, secret_key: str, verify_keys: tuple[str, ...]) -> Keys:
    if signing_key:
        seed = _decode(signing_key, "TICKET_SIGNING_KEY")
    else:
        seed = HKDF(SHA256(), _SEED_BYTES, salt=None, info=b"marquee ticket codes").derive(secret_key.encode())
    signing = Ed25519PrivateKey.from_private_bytes(seed)
    retired = [Ed25519PublicKey.from_public_bytes(_decode(key, "TICKET_VERIFY_KEYS")) for key in verify_keys]
    verifying = {_kid(key): key for key in (signing.public_key(), *retired)}
    return Keys(signing, _kid(signing.public_key()), verifying)


def _decode(text: str, setting: str) -> bytes:
    """Read 32 bytes in base64, of either alphabet and with or without padding, as key tools write them."""
    try:
        raw = b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _SEED_BYTES:
        raise ImproperlyConfigured(f"{setting} holds keys of 32 bytes in base64.")
    return raw


def _kid(key: Ed25519PublicKey) -> str:
    return b32encode(sha256(key.public_bytes_raw()).digest())[:6].decode()
