"""Fees that are charged beside prices, by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.prices import TicketType
from lib.bounds import between
from lib.money import round_charge
from theaters.models import Theater

ZERO = Decimal(0)


@dataclass(frozen=True)
class FeeCase:
    """What a rule looks at in a ticket; `cost` is its price less its discount."""

    price: Decimal
    cost: Decimal
    category_name: str
    ticket_type_id: int
    event_id: int


class FeeRule(models.Model):
    """A fee with what it is for. `charges.py` adds fees up.

    Amounts are in the theater's currency and, as prices, with or without tax (`Theater.prices_include_tax`).
    """

    class Per(models.TextChoices):
        TICKET = "ticket", _("per ticket")
        BOOKING = "booking", _("per booking")

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="fee_rules")
    name = models.CharField(_("name"), max_length=80, help_text=_("As customers read it: service fee."))
    per = models.CharField(_("charged"), max_length=10, choices=Per.choices, default=Per.TICKET)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=3, null=True, blank=True, validators=between(0, 1_000_000)
    )
    percent = models.DecimalField(
        _("share of the price in percent"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=between(0, 100),
        help_text=_("Of what the ticket costs less its discount."),
    )
    minimum = models.DecimalField(
        _("at least"), max_digits=12, decimal_places=3, null=True, blank=True, validators=between(0, 1_000_000)
    )
    maximum = models.DecimalField(
        _("at most"), max_digits=12, decimal_places=3, null=True, blank=True, validators=between(0, 1_000_000)
    )
    is_on_web = models.BooleanField(_("on the web"), default=True)
    is_on_api = models.BooleanField(_("by the API"), default=True)
    is_at_box_office = models.BooleanField(_("at the box office"), default=False)
    category_name = models.CharField(
        _("only in the category"), max_length=80, blank=True, help_text=_("Its name, in whatever hall; empty: in all.")
    )
    ticket_type = models.ForeignKey(
        TicketType, models.CASCADE, verbose_name=_("only for the ticket type"), null=True, blank=True, related_name="+"
    )
    event = models.ForeignKey(
        Event, models.CASCADE, verbose_name=_("only for the event"), null=True, blank=True, related_name="+"
    )
    price_from = models.DecimalField(
        _("only for prices from"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=between(0, 1_000_000),
    )
    price_to = models.DecimalField(
        _("only for prices up to"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=between(0, 1_000_000),
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_for_free_tickets = models.BooleanField(
        _("also for free tickets"), default=False, help_text=_("Such as those that a voucher pays in full.")
    )
    is_returned = models.BooleanField(
        _("returned on cancellation"),
        default=False,
        help_text=_("When the theater cancels a show, all fees go back anyway."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["theater", "order", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=False, percent__isnull=True, minimum=None, maximum=None)
                | Q(amount__isnull=True, percent__isnull=False),
                name="fee_rule_amount_or_share",
                violation_error_message=_(
                    "A fee is an amount or a share of the price; only a share has a least and a most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(minimum__lte=F("maximum")),
                name="fee_rule_range",
                violation_error_message=_("The least of a fee is not above the most."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(starts_at__lt=F("ends_at")),
                name="fee_rule_period",
                violation_error_message=_("A fee ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, channel: str, now: datetime) -> bool:
        sold_by = {"web": self.is_on_web, "api": self.is_on_api, "box_office": self.is_at_box_office}
        has_begun = self.starts_at is None or self.starts_at <= now
        return (
            self.is_active
            and sold_by.get(channel, False)
            and has_begun
            and (self.ends_at is None or now < self.ends_at)
        )

    def meets(self, case: FeeCase) -> bool:
        """Return True if the rule is for this ticket; what costs nothing bears fees only if they are for it, too."""
        return (
            self.category_name in {"", case.category_name}
            and self.ticket_type_id in {None, case.ticket_type_id}
            and self.event_id in {None, case.event_id}
            and (self.price_from is None or self.price_from <= case.price)
            and (self.price_to is None or case.price <= self.price_to)
            and (self.is_for_free_tickets or case.cost > 0)
        )

    def amount_of(self, cost: Decimal, currency: str) -> Decimal:
        """Return what it comes to for what costs so much. What costs nothing bears no share."""
        if self.percent is None:
            return round_charge(self.amount or ZERO, currency)
        if not cost:
            return ZERO
        share = max(cost * self.percent / 100, self.minimum or ZERO)
        return round_charge(share if self.maximum is None else min(share, self.maximum), currency)
