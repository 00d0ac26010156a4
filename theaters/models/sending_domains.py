"""The addresses of their own that brands send mails from."""

from __future__ import annotations

import re
import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from theaters.models.brands import Brand, is_domain

# The plain ones of RFC 5322: what needs quotes has no place in a header.
_LOCAL = re.compile(r"[a-z0-9]+([._+-][a-z0-9]+)*", re.ASCII)
MAX_LOCAL_LENGTH = 64


def validate_sender(address: str) -> None:
    local, _at, domain = address.partition("@")
    if not (len(local) <= MAX_LOCAL_LENGTH and _LOCAL.fullmatch(local) and is_domain(domain)):
        raise ValidationError(
            _(
                "Type one address such as tickets@theater.example, of plain letters and digits. "
                "A domain with other letters is written as “xn--…”."
            ),
            code="sender",
        )


def make_token() -> str:
    return secrets.token_hex(16)


class SendingDomain(models.Model):
    """The address that a brand's mails come from, once the records of its domain say that they may.

    One key signs the mails of all brands, so those records alone don't say whose domain it is: `token` does, in a
    record that only the owner can make. `findings` are what was last found (`theaters/sending_domains/records.py`).
    """

    brand = models.OneToOneField(Brand, models.CASCADE, related_name="sending_domain", verbose_name=_("name and look"))
    address = models.CharField(
        _("sender’s address"),
        max_length=200,
        validators=[validate_sender],
        help_text=_("In your own domain, with a mailbox behind it: what can’t be delivered comes back to it."),
    )
    token = models.CharField(_("proof of the domain"), max_length=32, default=make_token)
    # The domain that was found to be right: mails come from no other.
    verified_domain = models.CharField(_("confirmed domain"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("looked up"), null=True, blank=True)
    # Since when a record of a confirmed domain has been missing.
    failing_since = models.DateTimeField(_("records missing since"), null=True, blank=True)
    findings = models.JSONField(_("records"), default=list, blank=True)

    class Meta:
        verbose_name = _("sending domain")
        verbose_name_plural = _("sending domains")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(address=Lower("address")),
                name="sending_address_lowercase",
                violation_error_message=_("Write the address in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]

    @property
    def is_verified(self) -> bool:
        return bool(self.verified_domain) and self.verified_domain == self.domain
