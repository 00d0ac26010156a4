"""How allauth keeps second factors: with our words, and with their secrets encrypted."""

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lib.encryption import decrypt, encrypt, encrypt_again

_PURPOSE = "second factor"
# Of a factor's data, what is encrypted.
_ENCRYPTED = ("secret", "seed")


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
        return encrypt(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, purpose=_PURPOSE)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (allauth's name)
        return str(_("My device"))


def encrypt_factors_again() -> int:
    """Encrypt all second factors by the first of `ENCRYPTION_KEYS`; return how many. Raises `Undecipherable`."""
    changed = 0
    for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        encrypted = {name: factor.data[name] for name in _ENCRYPTED if name in factor.data}
        again = {name: encrypt_again(value, purpose=_PURPOSE) for name, value in encrypted.items()}
        # Recovery codes that were used meanwhile stay used.
        changed += Authenticator.objects.filter(pk=factor.pk, data=factor.data).update(data={**factor.data, **again})
    return changed
