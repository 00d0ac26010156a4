"""Ticket types, prices and price templates."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.shows import Show
from lib.bounds import MAX_PLACES_OF_HALL, MAX_TICKETS_OF_CUSTOMER, between
from theaters.models import SeatCategory, Theater

# A sale that begins or ends more days before its show is a typing error.
MAX_DAYS_BEFORE_SHOW = 730

# A type that not everyone can have at any time is never the default, nor the price that pages show as “from”.
_RESTRICTED = (
    Q(is_companion=True)
    | Q(sold_on_web=False)
    | Q(minimum__gt=1)
    | Q(group_from__gt=1)
    | Q(per_accompanying__isnull=False)
    | Q(sold_from__isnull=False)
    | Q(sold_until__isnull=False)
    | Q(from_days__isnull=False)
    | Q(until_days__isnull=False)
    | Q(quota__isnull=False)
)


class TicketType(models.Model):
    """Adult, child, concession … and the rules by which it is sold (`ticket_rules.py`).

    The first one with a price in a category is its default, unless a rule restricts it: see `prices/ranges.py`.
    Rules bind what is sold from now on; tickets that are held or sold keep what they have.
    """

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
    proof = models.CharField(
        _("proof"),
        max_length=120,
        blank=True,
        help_text=_(
            "What the door asks for, such as a student card. Empty: it asks who may use the ticket, if anyone."
        ),
    )
    sold_on_web = models.BooleanField(_("sold on the website"), default=True)
    sold_by_api = models.BooleanField(_("sold by other programs (API)"), default=True)
    sold_at_counter = models.BooleanField(_("sold at the box office"), default=True)
    minimum = models.PositiveSmallIntegerField(
        _("at least"),
        null=True,
        blank=True,
        validators=between(1, MAX_TICKETS_OF_CUSTOMER),
        help_text=_("So many of this type in a booking for a show, or none."),
    )
    maximum = models.PositiveSmallIntegerField(
        _("at most"),
        null=True,
        blank=True,
        validators=between(1, MAX_TICKETS_OF_CUSTOMER),
        help_text=_("No more of this type in a booking for a show."),
    )
    group_from = models.PositiveSmallIntegerField(
        _("for groups from"),
        null=True,
        blank=True,
        validators=between(1, MAX_TICKETS_OF_CUSTOMER),
        help_text=_("Sold to parties of so many people or more, whatever their ticket types are."),
    )
    per_accompanying = models.PositiveSmallIntegerField(
        _("so many for each who comes along"),
        null=True,
        blank=True,
        validators=between(1, MAX_TICKETS_OF_CUSTOMER),
        help_text=_("Such as children: sold only with a ticket of someone who comes along. Empty: sold alone, too."),
    )
    may_accompany = models.BooleanField(
        _("may come along"),
        default=True,
        help_text=_("Counts as company for the ticket types that need some. One that needs company itself never does."),
    )
    sold_from = models.DateField(_("sold from"), null=True, blank=True)
    sold_until = models.DateField(_("sold until"), null=True, blank=True, help_text=_("The last day of the sale."))
    from_days = models.PositiveSmallIntegerField(
        _("sold from, days before the show"),
        null=True,
        blank=True,
        validators=between(0, MAX_DAYS_BEFORE_SHOW),
        help_text=_("Such as a last-minute price: 0 is the day of the show."),
    )
    until_days = models.PositiveSmallIntegerField(
        _("sold until, days before the show"),
        null=True,
        blank=True,
        validators=between(0, MAX_DAYS_BEFORE_SHOW),
        help_text=_("Such as an early bird's price: 30 ends with the day 30 days before the show."),
    )
    quota = models.PositiveIntegerField(
        _("quota"),
        null=True,
        blank=True,
        validators=between(0, MAX_PLACES_OF_HALL),
        help_text=_("How many of this type are sold for each show."),
    )
    # Whether some rule keeps it from being the default.
    is_restricted = models.GeneratedField(
        expression=Case(When(_RESTRICTED, then=Value(value=True)), default=Value(value=False)),
        output_field=models.BooleanField(),
        db_persist=True,
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
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(minimum__lte=F("maximum")),
                name="ticket_type_minimum_within_maximum",
                violation_error_message=_("The least number is above the highest one."),
            ),
            models.CheckConstraint(
                condition=Q(sold_from=None) | Q(sold_until=None) | Q(sold_from__lte=F("sold_until")),
                name="ticket_type_sold_from_before_until",
                violation_error_message=_("The sale ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(from_days=None) | Q(until_days=None) | Q(from_days__gte=F("until_days")),
                name="ticket_type_from_days_before_until_days",
                violation_error_message=_("The sale ends before it begins: more days before the show are earlier."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_sold_on(self, channel: str) -> bool:
        """Return True if bookings of this channel (`Booking.Channel`) may have it. No unknown channel may."""
        sold = {"web": self.sold_on_web, "api": self.sold_by_api, "box_office": self.sold_at_counter}
        return sold.get(channel, False)

    @property
    def accompanies(self) -> bool:
        """Return True if it is company for those ticket types that need some."""
        return self.may_accompany and self.per_accompanying is None

    @property
    def company_share(self) -> Fraction:
        """How much of one who comes along each of its tickets needs."""
        return Fraction(1, self.per_accompanying) if self.per_accompanying else Fraction()

    @property
    def has_window(self) -> bool:
        return any(one is not None for one in (self.sold_from, self.sold_until, self.from_days, self.until_days))

    @property
    def asked_proof(self) -> str:
        """What the door asks for: the proof, or else who may use the ticket; empty if anyone may."""
        return self.proof or self.who


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
