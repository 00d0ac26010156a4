"""Tickets that staff printed."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking, Ticket
from theaters.stock import TicketStock


class TicketPrint(models.Model):
    """Tickets of a booking printed once by a member of staff; never changed.

    `copy` is 1 for tickets that had not been printed before. From the second copy on there is a reason.
    """

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF")
        ESC_POS = "escpos", _("file for a receipt printer (ESC/POS)")

    class Reason(models.TextChoices):
        PRINTER = "printer", _("the printer failed")
        DAMAGED = "damaged", _("damaged or illegible")
        LOST = "lost", _("lost or forgotten")
        ANOTHER = "another", _("a copy for someone else of the party")

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="prints")
    tickets = models.ManyToManyField(Ticket, related_name="prints")
    stock = models.CharField(_("stock"), max_length=10, choices=TicketStock.choices)
    format = models.CharField(_("format"), max_length=10, choices=Format.choices, default=Format.PDF)
    copy = models.PositiveSmallIntegerField(_("copy"), validators=[MinValueValidator(1)])
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    # In the address of its file.
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("print of tickets")
        verbose_name_plural = _("prints of tickets")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(copy__gte=1) & (Q(copy=1) | ~Q(reason="")),
                name="ticket_print_again_for_a_reason",
                violation_error_message=_("Say why it is printed again."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking} {self.at:%Y-%m-%d %H:%M}"
