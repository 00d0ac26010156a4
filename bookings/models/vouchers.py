"""Discount codes."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import Event, TicketType
from theaters.models import Theater


class Voucher(models.Model):
    """A discount code: a percentage or an amount off the booking. Redeemed at most `limit` times."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    theater = models.ForeignKey(Theater, models.PROTECT, related_name="vouchers")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+")
    ticket_types = models.ManyToManyField(TicketType, blank=True, help_text=_("Empty: all."))
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    limit = models.PositiveIntegerField(_("uses"), default=1)
    limit_per_customer = models.PositiveIntegerField(_("uses per customer"), default=1)
    used = models.PositiveIntegerField(default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("limit")), name="voucher_within_limit"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True) | Q(percent__isnull=True, amount__isnull=False),
                name="voucher_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100), name="voucher_percent_range"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="voucher_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.code
