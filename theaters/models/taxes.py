"""What taxes tell apart, how they are rounded, and the rates of theaters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.bounds import between
from lib.money import format_percent


class SaleKind(models.TextChoices):
    ADMISSION = "admission", _("admission")
    FEE = "fee", _("fee")
    GOODS = "goods", _("goods")


class TaxRounding(models.TextChoices):
    BOOKING = "booking", _("once for each booking and rate")
    LINE = "line", _("for each ticket and fee")


class TaxRate(models.Model):
    """The tax on a kind of sale from a day on, by the theater's clock, until the next one begins.

    Without one, `Theater.tax_rate` holds. A booking keeps the rates that it was quoted with.
    """

    theater = models.ForeignKey("Theater", models.CASCADE, verbose_name=_("theater"), related_name="tax_rates")
    kind = models.CharField(_("kind of sale"), max_length=10, choices=SaleKind.choices)
    rate = models.DecimalField(
        _("tax rate"),
        max_digits=7,
        decimal_places=4,
        validators=between(0, 100),
        help_text=_("Percent, with up to four decimals: 20, or 8.875."),
    )
    from_on = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["theater", "kind", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "kind", "from_on"],
                name="tax_rate_once_a_day",
                violation_error_message=_("There is a rate for this kind of sale from this day on already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {format_percent(self.rate)}"
