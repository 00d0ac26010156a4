"""Tickets that are given back for others."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking, Ticket


class Exchange(models.Model):
    """Tickets of a booking that another booking replaces, at the difference in price.

    It is open while its replacement is held, and complete once that is confirmed. If the replacement lapses,
    the exchange is off, and the old tickets stay as valid as before.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="exchanges")
    replacement = models.OneToOneField(Booking, models.PROTECT, related_name="exchange")
    tickets = models.ManyToManyField(Ticket, related_name="exchanges")
    # Those of them that only come along, so that people who see a show together share a booking: the
    # replacement has each of them again, with the same place and price.
    kept = models.ManyToManyField(Ticket, related_name="+")
    # What the old tickets are worth. The part that pays for the replacement is that booking's `credit`.
    worth = models.DecimalField(max_digits=12, decimal_places=3)
    # What is refunded if the old tickets are worth more.
    refund = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(worth__gte=0) & Q(refund__gte=0) & Q(refund__lte=models.F("worth")),
                name="exchange_amounts_range",
                violation_error_message=_("An exchange refunds no more than the tickets are worth."),
            ),
            models.CheckConstraint(
                condition=~Q(booking=models.F("replacement")),
                name="exchange_two_bookings",
                violation_error_message=_("A booking is exchanged for another one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking} → {self.replacement}"
