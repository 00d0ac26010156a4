"""Every kind of message, with what sending has to know of it.

A kind's words are in `templates/emails/<kind>.subject.txt`, `.txt` and `.mjml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Translated


@dataclass(frozen=True)
class Kind:
    name: Translated
    # Holds a code or link that signs somebody in: emptied as soon as it was sent or given up.
    is_secret: bool = False
    # Not worth sending when it is older, such as a code that lapsed.
    useful_for: timedelta | None = None


# As long as allauth takes a code: ACCOUNT_…_TIMEOUT in the settings.
CODE_LIFETIME = timedelta(minutes=15)

KINDS: dict[str, Kind] = {
    "booking_confirmed": Kind(_("booking confirmed")),
    "booking_canceled": Kind(_("booking canceled")),
    "booking_refunded": Kind(_("refund made")),
    "money_returned": Kind(_("payment returned")),
    "show_moved": Kind(_("show moved")),
    "show_canceled": Kind(_("show canceled")),
    "booking_link": Kind(_("link to a booking")),
    "email_confirmation": Kind(_("confirmation of an e-mail address"), is_secret=True, useful_for=CODE_LIFETIME),
    "sign_in_code": Kind(_("sign-in code"), is_secret=True, useful_for=CODE_LIFETIME),
    "password_reset": Kind(_("password reset"), is_secret=True, useful_for=CODE_LIFETIME),
    "account_exists": Kind(_("account exists already")),
    "account_unknown": Kind(_("no account with this address")),
    "account_changed": Kind(_("change of an account")),
}


def is_secret(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].is_secret
