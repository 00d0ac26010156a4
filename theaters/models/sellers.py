"""Who sells by law: what an imprint, a receipt and a confirmation name."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError as NumberError

from lib.bounds import TEXT_LENGTH


class Seller(models.Model):
    """A person or company that contracts with customers. Several theaters may sell under the same one."""

    name = models.CharField(_("name"), max_length=160, help_text=_("As in the register, such as: Riverside Theatre"))
    legal_form = models.CharField(_("legal form"), max_length=80, blank=True, help_text=_("Such as: GmbH, Ltd"))
    street = models.CharField(_("street"), max_length=160)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120)
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")], help_text=_("Two letters, ISO 3166-1.")
    )
    represented_by = models.CharField(_("represented by"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"))
    register = models.CharField(
        _("register"), max_length=160, blank=True, help_text=_("Who keeps it, such as: Commercial Court of Vienna")
    )
    register_number = models.CharField(_("register number"), max_length=60, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=30, blank=True)
    supervisory_authority = models.CharField(_("supervisory authority"), max_length=200, blank=True)
    dispute_resolution = models.TextField(
        _("dispute resolution"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("Whether you take part in proceedings before a consumer arbitration board, and which one."),
    )

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        """Check the VAT number's shape and check digits by the country's rules; other countries' pass."""
        self.vat_number = self.vat_number.strip()
        numbers: Any = get_cc_module(self.country, "vat") if self.country else None
        if not self.vat_number or numbers is None:
            return
        try:
            numbers.validate(self.vat_number)
        except NumberError:
            message = _("This is not a VAT number of this country. Compare it with your tax office's letter.")
            raise ValidationError({"vat_number": message}) from None

    @property
    def full_name(self) -> str:
        """The name with its legal form, unless the name ends with it."""
        if not self.legal_form or self.name.endswith(self.legal_form):
            return self.name
        return f"{self.name} {self.legal_form}"

    @property
    def address_lines(self) -> list[str]:
        """Street, city and country, the country in the language of the page."""
        territories = Locale.parse(get_language() or "en", sep="-").territories
        town = f"{self.postcode} {self.city}".strip()
        return [self.street, town, territories.get(self.country, self.country)]

    @property
    def address(self) -> str:
        """The address on one line."""
        return ", ".join(self.address_lines)
