"""The certificates and keys that sign passes, read once from the settings. A pass is offered where they are whole."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from wallets.models import Platform

_GOOGLE_SCOPES = ["https://www.googleapis.com/auth/wallet_object.issuer"]


class KeysUnusable(Exception):
    """Some of a wallet's settings are missing, can't be read or don't belong together; the text says which."""


class AppleKeys(NamedTuple):
    pass_type: str
    team: str
    certificate: x509.Certificate
    key: RSAPrivateKey
    issuer: x509.Certificate

    @property
    def expires_at(self) -> datetime:
        return min(self.certificate.not_valid_after_utc, self.issuer.not_valid_after_utc)


class GoogleKeys(NamedTuple):
    issuer: str
    credentials: service_account.Credentials


def is_on(platform: str) -> bool:
    """Return True if passes of this kind are offered."""
    return (apple_keys() if platform == Platform.APPLE else google_keys()) is not None


def apple_keys() -> AppleKeys | None:
    """Return the keys for Apple's passes; None if they are not set, or unusable, which the system checks report."""
    try:
        return read_apple_keys()
    except KeysUnusable:
        return None


def google_keys() -> GoogleKeys | None:
    """Return the keys for Google's passes; None as `apple_keys` does."""
    try:
        return read_google_keys()
    except KeysUnusable:
        return None


def read_apple_keys() -> AppleKeys | None:
    """Return the keys for Apple's passes, or None if none are set. Raises `KeysUnusable`."""
    names = ("CERTIFICATE", "KEY", "WWDR_CERTIFICATE", "PASS_TYPE_ID", "TEAM_ID")
    values = tuple(getattr(settings, f"APPLE_WALLET_{name}") for name in names)
    if not any(values):
        return None
    missing = [f"APPLE_WALLET_{name}" for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise KeysUnusable(f"{', '.join(missing)} not set.")
    return _load_apple(*values, settings.APPLE_WALLET_KEY_PASSWORD)


def read_google_keys() -> GoogleKeys | None:
    """Return the keys for Google's passes, or None if none are set. Raises `KeysUnusable`."""
    issuer, account = settings.GOOGLE_WALLET_ISSUER_ID, settings.GOOGLE_WALLET_SERVICE_ACCOUNT
    if not issuer and not account:
        return None
    if not issuer or not account:
        missing = "GOOGLE_WALLET_SERVICE_ACCOUNT" if issuer else "GOOGLE_WALLET_ISSUER_ID"
        raise KeysUnusable(f"{missing} not set.")
    return _load_google(issuer, account)


@lru_cache(maxsize=4)
def _load_apple(  # noqa: PLR0917
    certificate: str, key: str, wwdr: str, pass_type: str, team: str, password: str
) -> AppleKeys:
    signer = _load_certificate(certificate, "APPLE_WALLET_CERTIFICATE")
    issuer = _load_certificate(wwdr, "APPLE_WALLET_WWDR_CERTIFICATE")
    try:
        private = load_pem_private_key(_read(key, "APPLE_WALLET_KEY"), password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeysUnusable("APPLE_WALLET_KEY is no private key, or APPLE_WALLET_KEY_PASSWORD is wrong.") from None
    if not isinstance(private, RSAPrivateKey) or private.public_key() != signer.public_key():
        raise KeysUnusable("APPLE_WALLET_KEY is not the key of APPLE_WALLET_CERTIFICATE.")
    for oid, given, name in (
        (x509.NameOID.USER_ID, pass_type, "PASS_TYPE_ID"),
        (x509.NameOID.ORGANIZATIONAL_UNIT_NAME, team, "TEAM_ID"),
    ):
        found = [attribute.value for attribute in signer.subject.get_attributes_for_oid(oid)]
        if given not in found:
            raise KeysUnusable(f"APPLE_WALLET_{name} is not that of APPLE_WALLET_CERTIFICATE.")
    if signer.issuer != issuer.subject:
        raise KeysUnusable("APPLE_WALLET_WWDR_CERTIFICATE did not issue APPLE_WALLET_CERTIFICATE.")
    return AppleKeys(pass_type, team, signer, private, issuer)


def _load_certificate(text: str, name: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(text, name))
    except ValueError:
        raise KeysUnusable(f"{name} is no certificate in PEM.") from None


@lru_cache(maxsize=4)
def _load_google(issuer: str, account: str) -> GoogleKeys:
    name = "GOOGLE_WALLET_SERVICE_ACCOUNT"
    try:
        info: dict[str, Any] = json.loads(_read(account, name, opening="{"))
        made = service_account.Credentials.from_service_account_info(info, scopes=_GOOGLE_SCOPES)
    except (ValueError, TypeError, AttributeError, GoogleAuthError):
        raise KeysUnusable(f"{name} is no JSON key of a service account.") from None
    if not issuer.isdigit():
        raise KeysUnusable("GOOGLE_WALLET_ISSUER_ID is no number.")
    return GoogleKeys(issuer, made)


def _read(text: str, name: str, opening: str = "-----BEGIN") -> bytes:
    """Return what a setting holds, or the file that it names."""
    if opening in text:
        return text.encode()
    try:
        return Path(text).read_bytes()
    except (OSError, ValueError):
        raise KeysUnusable(f"{name} names no file that can be read.") from None
