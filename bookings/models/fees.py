"""Fees of bookings, line by line."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking, Ticket
from events.models import FeeRule


class FeeLine(models.Model):
    """A fee that a booking was quoted, with its tax; those of all its lines are `Booking.fees`.

    `amount` is what the customer pays, tax included. Of a fee for the whole booking, each ticket has its part
    (`Ticket.fees`); `ticket` is then empty.
    """

    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="fee_lines")
    ticket = models.ForeignKey(
        Ticket, models.CASCADE, verbose_name=_("ticket"), null=True, blank=True, related_name="fee_lines"
    )
    rule = models.ForeignKey(FeeRule, models.SET_NULL, verbose_name=_("fee"), null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=4)
    tax = models.DecimalField(_("tax"), max_digits=12, decimal_places=3)
    is_returned = models.BooleanField(_("returned on cancellation"), default=False)
    # The part of it that pays for fees of tickets which replaced this one in an exchange.
    credited = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))

    class Meta:
        verbose_name = _("fee of a booking")
        verbose_name_plural = _("fees of bookings")
        ordering = ["booking", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, tax__gte=0, tax__lte=F("amount"), credited__gte=0, credited__lte=F("amount")),
                name="fee_line_range",
                violation_error_message=_("A fee is more than zero, and pays for others with no more than that."),
            )
        ]

    def __str__(self) -> str:
        return self.name
