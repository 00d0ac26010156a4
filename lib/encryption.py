"""Secrets that the database keeps encrypted, so that a stolen copy of it opens nothing.

Fernet: AES-128 in CBC mode, authenticated by HMAC-SHA256. The first of `ENCRYPTION_KEYS` encrypts, and all of them
decrypt; without any, the key comes from SECRET_KEY. Each purpose has a key of its own.
https://cryptography.io/en/latest/fernet/
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Undecipherable(Exception):
    """No key of these settings decrypts it."""


def encrypt(text: str, *, purpose: str) -> str:
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Return the text. Raises `Undecipherable`."""
    try:
        return _cipher(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise Undecipherable from error


def encrypt_again(encrypted: str, *, purpose: str) -> str:
    """Encrypt by the first key what an earlier one encrypted. Raises `Undecipherable`."""
    try:
        return _cipher(purpose).rotate(encrypted.encode()).decode()
    except InvalidToken as error:
        raise Undecipherable from error


def _cipher(purpose: str) -> MultiFernet:
    # What was encrypted before there were keys of its own stays readable.
    secrets = [*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(secret, purpose)) for secret in secrets])


def _derive(secret: str, purpose: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"marquee {purpose}".encode()).derive(secret.encode())
    return urlsafe_b64encode(key)
