"""Places kept for customers who pay later at the counter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking


class Reservation(models.Model):
    """Marks a hold of the box office that waits for its customer until `until`, by name and phone.

    Its booking's own `expires_at` frees it. After a seller has opened it and not sold it, that goes back to `until`.
    """

    booking = models.OneToOneField(Booking, models.PROTECT, primary_key=True, related_name="reservation")
    until = models.DateTimeField(_("until"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    made_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return str(self.booking)
