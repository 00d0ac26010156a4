"""Where bank transfers go, and which customers may pay by them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as NumberError

from theaters.models import Theater


class BankAccount(models.Model):
    """The account to which a theater's customers send money. Without one, nobody pays it by bank transfer."""

    theater = models.OneToOneField(Theater, models.PROTECT, verbose_name=_("theater"), related_name="bank_account")
    # The longest name that fits into the code for banking apps (EPC069-12).
    holder = models.CharField(
        _("account holder"), max_length=70, help_text=_("As the bank writes it: many banks compare it with the IBAN.")
    )
    iban = models.CharField(_("IBAN"), max_length=42)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["theater"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(iban="") & ~Q(holder=""),
                name="bank_account_complete",
                violation_error_message=_("A bank account needs its holder and its IBAN."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder}, {self.written_iban}"

    def clean(self) -> None:
        """Check the shape and the check digits of IBAN and BIC, and keep them without spaces."""
        errors = {}
        try:
            self.iban = iban.validate(self.iban)
        except NumberError:
            errors["iban"] = _("This is not an IBAN. Compare it with your bank's statement.")
        try:
            self.bic = bic.validate(self.bic) if self.bic else ""
        except NumberError:
            errors["bic"] = _("This is not a BIC. Compare it with your bank's statement.")
        if errors:
            raise ValidationError(errors)

    @property
    def written_iban(self) -> str:
        """The IBAN in groups of four, as people read it."""
        return str(iban.format(self.iban))


class TransferCustomer(models.Model):
    """A customer who may pay a theater by bank transfer, by the address of their account."""

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="transfer_customers")
    email = models.EmailField(_("e-mail"), help_text=_("Of the account with which they sign in."))
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Such as: grammar school, pays by term"))
    made_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("customer who may pay by bank transfer")
        verbose_name_plural = _("customers who may pay by bank transfer")
        ordering = ["theater", "email"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "email"],
                name="transfer_customer_once",
                violation_error_message=_("This customer may already pay by bank transfer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.theater}: {self.pk}"

    def clean(self) -> None:
        self.email = self.email.lower()
