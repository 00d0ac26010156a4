"""Which accounts of the theater's books the journal names."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.bounds import between
from payments.models import Payment
from theaters.models import Theater


class Subject(models.TextChoices):
    """What an account is for: where money is, or what it is for."""

    CASH = Payment.Gateway.CASH.value, _("cash in the drawers")
    TERMINAL = Payment.Gateway.TERMINAL.value, _("card terminal")
    STRIPE = Payment.Gateway.STRIPE.value, _("card or wallet, online")
    MOLLIE = Payment.Gateway.MOLLIE.value, _("bank, card or wallet, online")
    SANDBOX = Payment.Gateway.SANDBOX.value, _("test payments")
    TRANSFER = Payment.Gateway.TRANSFER.value, _("bank transfer")
    OUTSIDE = "outside", _("paid back outside the system")
    ADMISSION = "admission", _("admission")
    FEE = "fee", _("fees")
    GOODS = "goods", _("goods")
    TAX = "tax", _("tax")
    DEPOSIT = "deposit", _("money without a sale")
    TRANSIT = "transit", _("cash paid in or out")
    DIFFERENCE = "difference", _("difference of a drawer")
    CLEARING = "clearing", _("exchanged for nothing more")

    @property
    def has_rates(self) -> bool:
        return self in {Subject.ADMISSION, Subject.FEE, Subject.GOODS, Subject.TAX}


class BookSettings(models.Model):
    """How a theater's journal is written for its accountant."""

    class Chart(models.TextChoices):
        SKR03 = "skr03", "SKR03"
        SKR04 = "skr04", "SKR04"
        OWN = "own", _("accounts of our own")

    theater = models.OneToOneField(Theater, models.CASCADE, verbose_name=_("theater"), related_name="book_settings")
    chart = models.CharField(
        _("chart of accounts"),
        max_length=10,
        choices=Chart.choices,
        default=Chart.OWN,
        help_text=_("Its accounts are a proposal, to be checked by your accountant. Each can be replaced."),
    )
    consultant_number = models.PositiveIntegerField(
        _("number of the tax consultant"), null=True, blank=True, validators=between(1001, 9_999_999)
    )
    client_number = models.PositiveIntegerField(
        _("number of the client"), null=True, blank=True, validators=between(1, 99_999)
    )
    account_length = models.PositiveSmallIntegerField(_("digits of an account"), default=4, validators=between(4, 8))
    year_begins_in = models.PositiveSmallIntegerField(
        _("month in which the business year begins"), default=1, validators=between(1, 12)
    )

    class Meta:
        verbose_name = _("settings of the journal")
        verbose_name_plural = _("settings of the journal")
        ordering = ["theater"]

    def __str__(self) -> str:
        return str(self.theater)


class Account(models.Model):
    """An account that replaces the one of the chart, for one tax rate or for all."""

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="accounts")
    subject = models.CharField(_("for"), max_length=10, choices=Subject.choices)
    tax_rate = models.DecimalField(
        _("tax rate"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=between(0, 100),
        help_text=_("Only for what is sold and for tax. Empty: every rate that has no account of its own."),
    )
    number = models.CharField(
        _("account"), max_length=9, validators=[RegexValidator(r"^[1-9]\d{0,8}$", _("Digits only."))]
    )
    posting_key = models.CharField(
        _("posting key"),
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"^\d{1,4}$", _("Digits only."))],
        help_text=_("DATEV's BU-Schlüssel, such as 40 where the account would reckon tax by itself."),
    )

    class Meta:
        verbose_name = _("account of the journal")
        verbose_name_plural = _("accounts of the journal")
        ordering = ["theater", "subject", "tax_rate", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "subject"],
                condition=Q(tax_rate__isnull=True),
                name="account_once",
                violation_error_message=_("There is an account for this already."),
            ),
            models.UniqueConstraint(
                fields=["theater", "subject", "tax_rate"],
                condition=Q(tax_rate__isnull=False),
                name="account_once_for_rate",
                violation_error_message=_("There is an account for this at this tax rate already."),
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__isnull=True) | Q(subject__in=["admission", "fee", "goods", "tax"]),
                name="account_rate_of_sales",
                violation_error_message=_("Only what is sold and tax have accounts by tax rate."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_subject_display()}"
