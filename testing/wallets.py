"""Keys for passes in wallets, made up once for all tests, and what a wallet makes of a pass."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PASS_TYPE_ID = "pass.org.example.tickets"
TEAM_ID = "A1B2C3D4E5"
ISSUER_ID = "3388000000012345678"


@cache
def apple_settings(*, days: int = 3650) -> dict[str, str]:
    """Return settings with a certificate for passes that is valid for so many `days`, by an authority of our own."""
    authority, key = make_rsa_key(), make_rsa_key()
    ours = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    leaf = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, PASS_TYPE_ID),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID: {PASS_TYPE_ID}"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM_ID),
        ]
    )
    root = _certify(ours, ours, authority, authority, is_authority=True, days=3650)
    certificate = _certify(leaf, ours, key, authority, is_authority=False, days=days)
    return {
        "APPLE_WALLET_CERTIFICATE": certificate,
        "APPLE_WALLET_KEY": write_key(key),
        "APPLE_WALLET_KEY_PASSWORD": "",
        "APPLE_WALLET_WWDR_CERTIFICATE": root,
        "APPLE_WALLET_PASS_TYPE_ID": PASS_TYPE_ID,
        "APPLE_WALLET_TEAM_ID": TEAM_ID,
    }


@cache
def google_settings() -> dict[str, str]:
    account = {
        "type": "service_account",
        "client_email": "tickets@example.iam.gserviceaccount.com",
        "private_key_id": "of-tests",
        "private_key": write_key(make_rsa_key()),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return {"GOOGLE_WALLET_ISSUER_ID": ISSUER_ID, "GOOGLE_WALLET_SERVICE_ACCOUNT": json.dumps(account)}


def make_rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def unpack(pkpass: bytes) -> dict[str, bytes]:
    """Return the files of a pass, or the passes of a bundle."""
    with zipfile.ZipFile(BytesIO(pkpass)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read_pass(pkpass: bytes) -> dict[str, Any]:
    """Return what `pass.json` says."""
    read: dict[str, Any] = json.loads(unpack(pkpass)["pass.json"])
    return read


def make_certificate(name: str) -> str:
    """Return the certificate of an authority of this name."""
    key = make_rsa_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return _certify(subject, subject, key, key, is_authority=True, days=3650)


def write_key(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _certify(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    by: rsa.RSAPrivateKey,
    *,
    is_authority: bool,
    days: int,
) -> str:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    return builder.sign(by, SHA256()).public_bytes(Encoding.PEM).decode()
