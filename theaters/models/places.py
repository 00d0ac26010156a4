"""Cities, theaters and their halls."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib.bounds import MINUTES_OF_A_DAY, TEXT_LENGTH, between
from lib.pictures import PictureField
from theaters.models.brands import Brand
from theaters.models.sellers import Seller
from theaters.models.taxes import TaxRounding
from theaters.stock import TicketStock


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone, such as “Europe/Vienna”."), params={"value": value})


class City(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(unique=True)
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")], help_text=_("Two letters, ISO 3166-1.")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class TheaterQuerySet(models.QuerySet["Theater"]):
    def published(self) -> TheaterQuerySet:
        return self.filter(is_published=True)


class Theater(models.Model):
    """A building. Its time zone is its city's; its currency is fixed once anything was sold (`bookings/guards.py`)."""

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("slug"), unique=True)
    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"), related_name="theaters")
    brand = models.ForeignKey(
        Brand,
        models.PROTECT,
        verbose_name=_("name and look"),
        related_name="theaters",
        null=True,
        blank=True,
        help_text=_("Empty: the site’s own."),
    )
    seller = models.ForeignKey(
        Seller, models.PROTECT, verbose_name=_("seller"), related_name="theaters", null=True, blank=True
    )
    place = models.CharField(_("address"), max_length=300)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=between(-90, 90)
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=between(-180, 180)
    )
    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")], help_text=_("Three letters, ISO 4217.")
    )
    tax_rate = models.DecimalField(
        _("tax rate"),
        max_digits=7,
        decimal_places=4,
        default=0,
        validators=between(0, 100),
        help_text=_("Percent, with up to four decimals: 20, or 8.875. For all that has no tax rate of its own."),
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=True)
    tax_rounding = models.CharField(
        _("tax is rounded"),
        max_length=10,
        choices=TaxRounding.choices,
        default=TaxRounding.BOOKING,
        help_text=_("As the law of the country has it."),
    )
    # Another one after each change of tax rates and fee rules (`events/prices/charges.py`); empty: there are none.
    charges_key = models.CharField(max_length=32, blank=True, default="", editable=False)
    # When “from” prices were last reckoned with them.
    charges_shown_at = models.DateTimeField(null=True, blank=True, editable=False)
    description = models.TextField(_("description"), max_length=TEXT_LENGTH, blank=True)
    photo = PictureField(_("photo"), upload_to="theaters/", blank=True, widths=(480, 960, 1600))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    access_information = models.TextField(_("access information"), max_length=TEXT_LENGTH, blank=True)
    travel_information = models.TextField(
        _("how to get there"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("Stops and parking; included in the reminder before a show."),
    )
    is_published = models.BooleanField(_("published"), default=False)
    allows_reentry = models.BooleanField(
        _("visitors may come in again"),
        default=True,
        help_text=_("A ticket that was scanned on the way out admits again."),
    )
    keeps_names_at_door = models.BooleanField(
        _("names on the door's devices"),
        default=False,
        help_text=_("So that visitors are found by name without a network, too. They stay until the show is over."),
    )
    offers_newsletter = models.BooleanField(
        _("newsletter"),
        default=False,
        help_text=_("Customers are asked at checkout and in their account whether they want it."),
    )
    asks_terms_box = models.BooleanField(
        _("customers tick that they accept the terms"),
        default=False,
        help_text=_("Otherwise the checkout says that they accept them by booking."),
    )
    allows_passing_on = models.BooleanField(
        _("customers may pass tickets on"),
        default=True,
        help_text=_("They give a ticket to somebody else, who gets it with a new code."),
    )
    ticket_stock = models.CharField(
        _("tickets are printed on"),
        max_length=10,
        choices=TicketStock.choices,
        default=TicketStock.A4_FOUR,
        help_text=_("By the box office; mailed tickets stay the size of a phone. Try it with a test print."),
    )
    requires_mfa = models.BooleanField(
        _("staff need a second factor"), default=False, help_text=_("Everyone who works here must set one up first.")
    )

    report_domains = models.CharField(
        _("domains for reports"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^\s*([\w-]+\.)+\w{2,}(\s+([\w-]+\.)+\w{2,})*\s*$", _("Such as: example.org"))],
        help_text=_(
            "Reports with customers' addresses are mailed to members of the team, and to any address at these domains. "
            "Separate several with spaces."
        ),
    )
    uses_site_gateways = models.BooleanField(
        _("payments through the site’s accounts"),
        default=True,
        help_text=_("While it has no payment account of its own in use. Platform admins decide."),
    )
    # Where it has a payment account of its own in use (`payments/accounts.py`), separated by spaces; empty: nowhere.
    own_gateways = models.CharField(max_length=60, blank=True, default="", editable=False)
    # Computed from published reviews by `events/reviews.py`; the average is empty before the first.
    rating_average = models.DecimalField(
        _("rating average"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        validators=between(1, 5),
    )
    rating_count = models.PositiveIntegerField(_("rating count"), default=0, editable=False)
    # Grows with each change of its own texts (`theaters/wordings/`); 0: it has none.
    words_version = models.PositiveIntegerField(default=0, editable=False)

    objects = TheaterQuerySet.as_manager()

    class Meta:
        verbose_name = _("theater")
        verbose_name_plural = _("theaters")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("events:theater", args=[self.slug])

    @property
    def tz(self) -> ZoneInfo:
        return self.city.tz


class Hall(models.Model):
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="halls")
    name = models.CharField(_("name"), max_length=120)
    cleaning_minutes = models.PositiveSmallIntegerField(
        _("cleaning time"),
        default=20,
        validators=between(0, MINUTES_OF_A_DAY),
        help_text=_("Minutes between the end of a show and the next one."),
    )

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["theater", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "name"],
                name="hall_name_unique",
                violation_error_message=_("This theater already has a hall of this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.theater}"
