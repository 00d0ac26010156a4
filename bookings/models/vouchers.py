"""Discount codes."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.models import CODE_ALPHABET, Event, TicketType
from lib.bounds import between
from lib.key_fields import Keyed, KeyedQuerySet, KeyField, keys_of
from lib.money import format_money, format_percent
from theaters.models import Theater

MAX_USES = 1_000_000
ENDS_TOO_EARLY = _("A voucher ends after it starts.")


def make_voucher_code() -> str:
    """Return a code that is hard to guess: 10 letters and digits that look different on paper."""
    return get_random_string(10, CODE_ALPHABET)


class Voucher(Keyed):
    """A theater's discount code: a percentage or an amount off the booking. Redeemed at most `limit` times."""

    code = models.CharField(
        _("code"),
        max_length=40,
        default=make_voucher_code,
        help_text=_("Customers may type it in capitals or small letters. Words are easily guessed; this code is not."),
    )
    # Unique within the theater only.
    code_key = KeyField("code", max_length=200)
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="vouchers")
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), null=True, blank=True, related_name="+")
    ticket_types = models.ManyToManyField(TicketType, blank=True, help_text=_("Empty: all."))
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, validators=between(0, 100))
    amount = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    limit = models.PositiveIntegerField(_("uses"), default=1, validators=between(1, MAX_USES))
    limit_per_customer = models.PositiveIntegerField(
        _("uses per customer"),
        default=1,
        validators=between(1, MAX_USES),
        help_text=_(
            "Counted by account and by e-mail address. Guests can type another address, so a "
            "strict limit needs “only with an account”."
        ),
    )
    needs_account = models.BooleanField(
        _("only with an account"),
        default=False,
        help_text=_("Customers have to sign in to use it, with a confirmed e-mail address."),
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)

    objects = KeyedQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "code_key"],
                name="voucher_code_of_theater",
                violation_error_message=_("This theater has a voucher with this code already."),
            ),
            models.CheckConstraint(
                condition=Q(used__lte=F("limit")),
                name="voucher_within_limit",
                violation_error_message=_("The voucher has been used more often than this."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="voucher_ends_after_start",
                violation_error_message=ENDS_TOO_EARLY,
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True) | Q(percent__isnull=True, amount__isnull=False),
                name="voucher_percent_or_amount",
                violation_error_message=_("Fill in either a percentage or an amount."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def key_of(cls, code: str) -> str:
        """Return the `code_key` of a code, however it is typed."""
        return keys_of(cls, {"code": code})["code_key"]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Compare codes by their key, which no form has as a field."""
        self.code_key = self.key_of(self.code)
        super().validate_constraints(exclude={*(exclude or ())} - {"code_key"})

    @property
    def takes_off(self) -> str:
        """The discount in the active language: “20 %”, “€5.00”."""
        if self.percent is not None:
            return format_percent(self.percent)
        return format_money(self.amount or Decimal(0), self.theater.currency)
