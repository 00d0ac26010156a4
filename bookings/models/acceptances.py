"""Which legal texts a customer was shown or agreed to for a booking."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from legal.models import LegalVersion


class Acceptance(models.Model):
    """One version of one page, as it was shown when the booking was paid for. It never changes (`guards.py`)."""

    class How(models.TextChoices):
        CHECKOUT = "checkout", _("shown at checkout")
        BOX = "box", _("ticked at checkout")
        TILL = "till", _("shown at the box office")
        API = "api", _("shown by an app")

    booking = models.ForeignKey(Booking, models.PROTECT, verbose_name=_("booking"), related_name="acceptances")
    version = models.ForeignKey(LegalVersion, models.PROTECT, verbose_name=_("version"), related_name="acceptances")
    language = models.CharField(_("language"), max_length=10)
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    accepted_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("accepted text")
        verbose_name_plural = _("accepted texts")
        ordering = ["booking", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "version"],
                name="acceptance_unique",
                violation_error_message=_("This version is on record for the booking already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking}: {self.version}"
