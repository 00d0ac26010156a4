"""What tickets cost."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.shows import Show
from theaters.models import SeatCategory, Theater


class TicketType(models.Model):
    theater = models.ForeignKey(Theater, models.PROTECT, related_name="ticket_types")
    name = models.CharField(_("name"), max_length=60)
    who = models.CharField(_("who may use it"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("The first is the default."))

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["theater", "order", "name"]
        constraints = [models.UniqueConstraint(fields=["theater", "name"], name="ticket_type_name_unique")]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What one ticket type costs in one seat category of one show, in the theater's currency."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="prices")
    category = models.ForeignKey(SeatCategory, models.PROTECT, related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, related_name="prices")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["show", "category__rank", "ticket_type__order"]
        constraints = [
            models.UniqueConstraint(fields=["show", "category", "ticket_type"], name="price_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.ticket_type}: {self.amount}"
