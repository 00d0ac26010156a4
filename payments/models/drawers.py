"""Cash at the box office: a drawer from its float to its count, and each amount that went in or out."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models.payments import Payment, Refund
from payments.models.tills import Till
from theaters.models import Theater


class Drawer(models.Model):
    """One person's cash in one theater, from opening to closing. Closed, it never changes (`payments/guards.py`)."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="drawers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+")
    # Where it stands; its receipts are numbered there.
    till = models.ForeignKey(
        Till, models.PROTECT, verbose_name=_("till"), null=True, blank=True, related_name="drawers"
    )
    currency = models.CharField(max_length=3)
    opening_float = models.DecimalField(_("opening float"), max_digits=12, decimal_places=3)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), null=True, blank=True, related_name="+"
    )
    # What its entries add up to, and what was found in it.
    expected = models.DecimalField(_("expected"), max_digits=12, decimal_places=3, null=True, blank=True)
    counted = models.DecimalField(_("counted"), max_digits=12, decimal_places=3, null=True, blank=True)
    # How many of each coin and note, by face value, where they were counted so.
    denominations = models.JSONField(_("coins and notes"), default=dict, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("drawer")
        verbose_name_plural = _("drawers")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "person"],
                condition=Q(closed_at__isnull=True),
                name="drawer_one_open_per_person",
                violation_error_message=_("This person already has an open drawer in this theater."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, expected__isnull=True, counted__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, expected__isnull=False, counted__isnull=False),
                name="drawer_closed_with_count",
                violation_error_message=_("A closed drawer needs a count, a person and a time."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="drawer_closes_after_opening",
                violation_error_message=_("A drawer can’t close before it was opened."),
            ),
            models.CheckConstraint(
                condition=Q(opening_float__gte=0)
                & (Q(expected__isnull=True) | Q(expected__gte=0))
                & (Q(counted__isnull=True) | Q(counted__gte=0)),
                name="drawer_amounts_not_negative",
                violation_error_message=_("The amounts of a drawer can’t be negative."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(counted=F("expected")) | ~Q(explanation=""),
                name="drawer_difference_explained",
                violation_error_message=_("Say why the count differs from what is expected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.theater} · {timezone.localtime(self.opened_at, self.theater.tz):%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def difference(self) -> Decimal | None:
        """The surplus, negative where cash is missing; None while it is open."""
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected


class DrawerEntry(models.Model):
    """Cash that went into a drawer or out of it. Written once, never changed."""

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        REFUND = "refund", _("refund")
        PAY_IN = "pay_in", _("paid in")
        PAY_OUT = "pay_out", _("paid out")

    COMES_IN = (Kind.SALE, Kind.PAY_IN)

    drawer = models.ForeignKey(Drawer, models.PROTECT, verbose_name=_("drawer"), related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="drawer_entry")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="drawer_entry")
    # Given by the form of a payment in or out, so that a second click does nothing.
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="drawer_entry_amount_positive",
                violation_error_message=_("A cash movement must be more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", payment__isnull=False, refund__isnull=True)
                | Q(kind="refund", payment__isnull=True, refund__isnull=False)
                | (Q(kind__in=["pay_in", "pay_out"], payment__isnull=True, refund__isnull=True) & ~Q(reason="")),
                name="drawer_entry_says_why",
                violation_error_message=_("A cash movement names its sale, its refund or its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.drawer.currency}"

    @property
    def change(self) -> Decimal:
        """What the drawer gained; negative if cash went out."""
        return self.amount if self.kind in self.COMES_IN else -self.amount
