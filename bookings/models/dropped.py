"""Places that were taken out of a basket again."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from events.models import Show


class DroppedPlaces(models.Model):
    """How long an unpaid booking kept places of a show that are no longer among its tickets.

    Their tickets are gone: nobody ever had them. `services/limit_holds.py` counts these places for an hour.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="dropped_places")
    show = models.ForeignKey(Show, models.PROTECT, related_name="+")
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    held_at = models.DateTimeField()
    dropped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("dropped places")
        verbose_name_plural = _("dropped places")
        ordering = ["dropped_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="dropped_places_some",
                violation_error_message=_("At least one place was dropped."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking}: {self.places}"
