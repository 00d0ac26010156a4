"""Tickets that are given back for others."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking, Ticket
from payments.models import Payment


class Exchange(models.Model):
    """Tickets of a booking that are given back for others, at the difference in price.

    It is open while its `hold` has the new tickets (`taken`). Once nothing is left to pay they pass into the
    booking, and the exchange is complete. If the hold lapses first, the exchange is off, and the tickets that were
    to be `returned` stay as valid as before.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="exchanges")
    hold = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="exchange")
    returned = models.ManyToManyField(Ticket, related_name="exchanges")
    # What they count for. The part that pays for the new ones is the `credit` of the hold.
    worth = models.DecimalField(max_digits=12, decimal_places=3)
    # What is refunded if they count for more than the new ones cost.
    refund = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(worth__gte=0, refund__gte=0, refund__lte=F("worth")),
                name="exchange_amounts_range",
                violation_error_message=_("An exchange refunds no more than the tickets are worth."),
            ),
            models.CheckConstraint(
                condition=Q(hold__isnull=True, completed_at__isnull=False)
                | Q(hold__isnull=False, completed_at__isnull=True) & ~Q(booking=F("hold")),
                name="exchange_held_or_complete",
                violation_error_message=_("Until it is complete, an exchange has a hold beside its booking."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking} {self.created_at:%Y-%m-%d %H:%M}"


def exchange_of(booking: Booking) -> Exchange | None:
    """Return the exchange for which a booking, as read by `lock_booking`, holds tickets. No query."""
    found: Exchange | None = getattr(booking, "exchange", None)
    return found


def hold_of(payment: Payment) -> Booking | None:
    """Return what a payment is to buy: its booking, or the hold of its exchange; None once that is complete."""
    return payment.exchange.hold if payment.exchange else payment.booking
