"""How allauth keeps second factors: with our words, and with their secrets encrypted."""

from base64 import urlsafe_b64encode
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Your account must keep a second factor."),
        "cannot_generate_recovery_codes": _("Set up a second factor before you create recovery codes."),
        "incorrect_code": _("This code is wrong."),
        "rate_limited": _("Too many attempts. Wait a little and try again."),
        "unverified_email": _("Confirm your e-mail address before you set up a second factor."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database, so that a stolen copy signs no one in."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (allauth's name)
        return str(_("My device"))


def _cipher() -> MultiFernet:
    """Return a cipher that encrypts by SECRET_KEY and also decrypts by SECRET_KEY_FALLBACKS."""
    return MultiFernet([Fernet(_derive(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derive(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"marquee second factor").derive(secret.encode())
    return urlsafe_b64encode(key)
