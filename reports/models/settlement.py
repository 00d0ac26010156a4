"""Terms agreed with producers and distributors."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from lib.bounds import between
from theaters.models import Theater


class SettlementTerms(models.Model):
    """How a show's box office of an event is split in one theater. `guarantee` is in the theater's currency.

    The partner gets `percent` of the net box office of each show, and at least the guarantee.
    """

    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="settlement_terms")
    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="settlement_terms")
    partner = models.CharField(_("partner"), max_length=160, help_text=_("Producer or distributor."))
    percent = models.DecimalField(
        _("share of the partner"),
        max_digits=5,
        decimal_places=2,
        validators=between(0, 100),
        help_text=_("Percent of the net box office: without fees, tax and refunds."),
    )
    guarantee = models.DecimalField(
        _("guarantee"),
        max_digits=12,
        decimal_places=3,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("The least that the partner gets for each show, in the theater's currency."),
    )

    class Meta:
        verbose_name = _("settlement terms")
        verbose_name_plural = _("settlement terms")
        ordering = ["theater", "event", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "theater"],
                name="settlement_terms_unique",
                violation_error_message=_("This event already has terms in this theater."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}, {self.theater}: {self.partner}"

    def clean(self) -> None:
        if self.event_id and self.theater_id and self.event.theater_id not in (None, self.theater_id):
            raise ValidationError({"event": _("This event belongs to another theater.")})
