"""What the site, a theater, or a theater for one event sets differently from the level above."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from lib.bounds import HOURS_OF_A_YEAR, MAX_TICKETS_OF_CUSTOMER, MINUTES_OF_A_DAY, between
from theaters.models import Theater

MIN_HOLD_MINUTES = 2
# A hold is never renewed beyond this, and the limits of `bookings/services/limit_holds.py` reckon with it.
MAX_HOLD_MINUTES = 30
MAX_REMINDER_HOURS = 30 * 24
MAX_OFFER_HOURS = 14 * 24
# A transfer takes a banking day.
MIN_TRANSFER_DAYS = 2
MAX_TRANSFER_DAYS = 60


def validate_languages(value: str) -> None:
    """Refuse codes of languages that the program doesn't speak, and repeated ones."""
    codes, spoken = split_languages(value), [code for code, _name in settings.LANGUAGES]
    if len(set(codes)) < len(codes) or not set(codes) <= set(spoken):
        raise ValidationError(_("Choose among %(codes)s, each at most once."), params={"codes": ", ".join(spoken)})


def split_languages(value: str) -> tuple[str, ...]:
    return tuple(code.strip().lower() for code in value.split(",") if code.strip())


class Level(models.TextChoices):
    """Where a setting's value comes from, the most general first."""

    DEFAULT = "default", _("the default")
    SITE = "site", _("the site")
    THEATER = "theater", _("the theater")
    EVENT = "event", _("the event")
    SHOW = "show", _("the show")


class RefundPolicy(models.TextChoices):
    NEVER = "never", _("never returnable")
    UNTIL = "until", _("returnable until some hours before the start")


class TransferPolicy(models.TextChoices):
    """Who may choose to pay by bank transfer. Staff may ask anyone for it."""

    STAFF = "staff", _("only where staff ask for it")
    CHOSEN = "chosen", _("customers whom the theater has named")
    ACCOUNTS = "accounts", _("all customers with an account")


def refund_constraint(prefix: str) -> models.CheckConstraint:
    """Return the constraint that the three columns of refund terms go together."""
    return models.CheckConstraint(
        condition=Q(refund_hours__isnull=False, refunds=RefundPolicy.UNTIL)
        | Q(refund_hours=None, refund_percent=None) & ~Q(refunds=RefundPolicy.UNTIL),
        name=f"{prefix}_refund_terms",
        violation_error_message=_("Enter until how many hours before the start tickets may be returned."),
    )


class RefundFields(models.Model):
    """Refund terms; empty: as the level above."""

    refunds = models.CharField(_("refunds"), max_length=10, choices=RefundPolicy.choices, blank=True)
    refund_hours = models.PositiveSmallIntegerField(
        _("refundable until (hours before)"), null=True, blank=True, validators=between(0, HOURS_OF_A_YEAR)
    )
    refund_percent = models.PositiveSmallIntegerField(
        _("refunded share"), null=True, blank=True, validators=between(0, 100), help_text=_("Percent; empty: all.")
    )

    class Meta:
        abstract = True


class OwnSettings(RefundFields):
    """One row for the site, one for each theater, and one for each event of a theater that differs.

    Every value may be empty: then the level above decides (`settings.py`). Only `events/levels/change.py` writes
    them: it keeps the terms of sold tickets, and lets processes forget what they remember.
    """

    level = models.CharField(max_length=10, choices=Level.choices, editable=False)
    theater = models.ForeignKey(
        Theater, models.CASCADE, verbose_name=_("theater"), null=True, blank=True, related_name="own_settings"
    )
    event = models.ForeignKey(
        Event, models.CASCADE, verbose_name=_("event"), null=True, blank=True, related_name="own_settings"
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("seats are held for (minutes)"),
        null=True,
        blank=True,
        validators=between(MIN_HOLD_MINUTES, MAX_HOLD_MINUTES),
    )
    hold_extension_minutes = models.PositiveSmallIntegerField(
        _("a payment adds to that, once (minutes)"),
        null=True,
        blank=True,
        validators=between(0, MAX_HOLD_MINUTES),
    )
    tickets_per_customer = models.PositiveSmallIntegerField(
        _("tickets per customer"), null=True, blank=True, validators=between(1, MAX_TICKETS_OF_CUSTOMER)
    )
    waiting_list_hours = models.PositiveSmallIntegerField(
        _("an offer of the waiting list stands for (hours)"),
        null=True,
        blank=True,
        validators=between(1, MAX_OFFER_HOURS),
    )
    access_release_hours = models.PositiveSmallIntegerField(
        _("wheelchair places for everyone (hours before)"),
        null=True,
        blank=True,
        validators=between(0, HOURS_OF_A_YEAR),
    )
    doors_minutes = models.PositiveSmallIntegerField(
        _("doors open (minutes before)"), null=True, blank=True, validators=between(0, MINUTES_OF_A_DAY)
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder before a show (hours)"), null=True, blank=True, validators=between(0, MAX_REMINDER_HOURS)
    )
    transfers = models.CharField(
        _("payment by bank transfer"), max_length=10, choices=TransferPolicy.choices, blank=True
    )
    transfer_days = models.PositiveSmallIntegerField(
        _("days to pay by bank transfer"),
        null=True,
        blank=True,
        validators=between(MIN_TRANSFER_DAYS, MAX_TRANSFER_DAYS),
    )
    week_starts_on = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=list(WEEKDAYS.items()), null=True, blank=True
    )

    languages = models.CharField(
        _("languages"),
        max_length=60,
        blank=True,
        validators=[validate_languages],
        help_text=_("Codes such as “de, en”, with commas; the first is for people whose own is not among them."),
    )

    class Meta:
        verbose_name = _("settings of a level")
        verbose_name_plural = _("settings of levels")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "event"],
                name="own_settings_one_of_event",
                violation_error_message=_("This event has settings at this theater already."),
            ),
            models.UniqueConstraint(
                fields=["theater"],
                condition=Q(event=None),
                name="own_settings_one_of_theater",
                violation_error_message=_("This theater has settings already."),
            ),
            models.UniqueConstraint(
                fields=["level"],
                condition=Q(level=Level.SITE),
                name="own_settings_one_of_site",
                violation_error_message=_("The site has settings already."),
            ),
            models.CheckConstraint(
                condition=Q(level=Level.SITE, theater=None, event=None)
                | Q(level=Level.THEATER, theater__isnull=False, event=None)
                | Q(level=Level.EVENT, theater__isnull=False, event__isnull=False),
                name="own_settings_level",
                violation_error_message=_("Settings are of the site, of a theater, or of a theater for one event."),
            ),
            refund_constraint("own_settings"),
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.theater, self.event) if part) or str(_("the site"))

    def values(self) -> dict[str, Any]:
        """Return what this level sets, by column."""
        names = (field.name for field in self._meta.concrete_fields if field.null or field.blank)
        found = {name: getattr(self, name) for name in names if name not in {"theater", "event"}}
        return {name: value for name, value in found.items() if value not in (None, "")}
