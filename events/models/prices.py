"""Ticket types, prices and price templates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.shows import Show
from theaters.models import SeatCategory, Theater


class TicketType(models.Model):
    """Adult, child, concession … The first one with a price in a category is its default: see `prices/ranges.py`."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="ticket_types")
    name = models.CharField(_("name"), max_length=60)
    who = models.CharField(_("who may use it"), max_length=200, blank=True)
    is_personal = models.BooleanField(
        _("personal"), default=False, help_text=_("Customers can't pass these tickets on to others.")
    )
    is_companion = models.BooleanField(
        _("for companions"),
        default=False,
        help_text=_(
            "Sold only together with a wheelchair place, one for each. Its price may be zero; it is never the price "
            "that pages show."
        ),
    )
    order = models.PositiveSmallIntegerField(
        _("order"),
        default=0,
        help_text=_(
            "The first one with a price in a category is the default: it is preselected for customers, and pages show "
            "its price. The others are shown as reductions."
        ),
    )

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["theater", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "name"],
                name="ticket_type_name_unique",
                violation_error_message=_("This theater already has a ticket type of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What one ticket type costs in one seat category of one show, in the theater's currency."""

    show = models.ForeignKey(Show, models.CASCADE, verbose_name=_("show"), related_name="prices")
    category = models.ForeignKey(SeatCategory, models.PROTECT, verbose_name=_("category"), related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, verbose_name=_("ticket type"), related_name="prices")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["show", "category__rank", "ticket_type__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "category", "ticket_type"],
                name="price_unique",
                violation_error_message=_("This ticket type has a price in this category already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="price_not_negative",
                violation_error_message=_("A price cannot be less than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}, {self.ticket_type}"


class PriceTemplate(models.Model):
    """A named grid of prices by category *name*, so that it fits every hall with categories of these names."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="price_templates")
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("price template")
        verbose_name_plural = _("price templates")
        ordering = ["theater", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "name"],
                name="price_template_name_unique",
                violation_error_message=_("This theater already has a price template of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TemplatePrice(models.Model):
    """What one ticket type costs in the categories of this name, in the theater's currency."""

    template = models.ForeignKey(PriceTemplate, models.CASCADE, related_name="prices")
    category_name = models.CharField(_("category"), max_length=80)
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("price of a template")
        verbose_name_plural = _("prices of templates")
        ordering = ["template", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "category_name", "ticket_type"],
                name="template_price_unique",
                violation_error_message=_("The template has a price for this category and ticket type already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="template_price_not_negative",
                violation_error_message=_("A template's price cannot be less than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_name}, {self.ticket_type}"
