"""One receipt for each movement of money, numbered without gaps. Written once, never changed (`guards.py`)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Exchange, Ticket
from lib.bounds import between
from payments.models import Drawer, DrawerEntry, Payment, Refund, Till
from payments.models.tills import PREFIX_LENGTH, validate_prefix
from theaters.models import SaleKind, Theater


class ReceiptSettings(models.Model):
    """How a theater numbers its receipts; without a row, as the defaults say."""

    theater = models.OneToOneField(Theater, models.CASCADE, verbose_name=_("theater"), related_name="receipt_settings")
    online_prefix = models.CharField(
        _("prefix of online receipts"),
        max_length=PREFIX_LENGTH,
        blank=True,
        validators=[validate_prefix],
        help_text=_("Another prefix begins another series, with number 1. Empty: one made up by the site."),
    )
    restarts_yearly = models.BooleanField(_("numbers begin again each year"), default=True)

    class Meta:
        verbose_name = _("numbering of receipts")
        verbose_name_plural = _("numbering of receipts")
        ordering = ["theater"]

    def __str__(self) -> str:
        return str(self.theater)


class ReceiptSeries(models.Model):
    """Numbers from 1 on under one prefix and, where they begin again each year, for one year."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="receipt_series")
    prefix = models.CharField(_("prefix"), max_length=PREFIX_LENGTH)
    # 0 if its numbers go on for ever.
    year = models.PositiveSmallIntegerField(_("year"), default=0, validators=between(0, 9999))
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of receipts")
        verbose_name_plural = _("series of receipts")
        ordering = ["theater", "prefix", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "prefix", "year"],
                name="receipt_series_unique",
                violation_error_message=_("This theater has this series already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}" if self.year else self.prefix

    def write_number(self, number: int) -> str:
        return f"{self}-{number:06}"


class Receipt(models.Model):
    """A movement of money as it is told to the customer and to the tax office.

    `total` and the lines are negative where money went out. What it says of seller and shows is in `content`, as
    it was when the receipt was issued. It names no customer.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        # What is paid on top for tickets in exchange for others, or nothing.
        EXCHANGE = "exchange", _("exchange")
        # Money that bought nothing, or more than was due.
        SURPLUS = "surplus", _("payment without a sale")
        REFUND = "refund", _("refund")
        # The refund did not reach the customer: the money is here again.
        REVERSAL = "reversal", _("reversal of a refund")
        PAY_IN = "pay_in", _("paid in")
        PAY_OUT = "pay_out", _("paid out")
        DIFFERENCE = "difference", _("difference of a drawer")
        # Of no money: a signing device begins, a month ends, or the device works again.
        CONTROL = "control", _("control receipt")

    series = models.ForeignKey(ReceiptSeries, models.PROTECT, verbose_name=_("series"), related_name="receipts")
    number = models.PositiveIntegerField(_("number"))
    code = models.CharField(_("receipt number"), max_length=40, db_index=True)
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="receipts")
    till = models.ForeignKey(Till, models.PROTECT, verbose_name=_("till"), null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    corrects = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("corrects"), null=True, blank=True, related_name="corrections"
    )
    booking = models.ForeignKey(
        Booking, models.PROTECT, verbose_name=_("booking"), null=True, blank=True, related_name="receipts"
    )
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="receipts")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="receipts")
    exchange = models.ForeignKey(Exchange, models.PROTECT, null=True, blank=True, related_name="receipts")
    drawer_entry = models.OneToOneField(DrawerEntry, models.PROTECT, null=True, blank=True, related_name="receipt")
    drawer = models.OneToOneField(Drawer, models.PROTECT, null=True, blank=True, related_name="difference_receipt")
    # What a control receipt is for, such as “2026-11”: each once for a till.
    control = models.CharField(_("control"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=3)
    line_count = models.PositiveSmallIntegerField()
    # A gateway, or the way of a refund; empty if no money moved.
    means = models.CharField(_("paid by"), max_length=20, blank=True)
    content = models.JSONField(default=dict)
    moved_at = models.DateTimeField(_("when"))
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(fields=["theater", "moved_at"], name="receipt_moved")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="receipt_number_once",
                violation_error_message=_("This number was given already."),
            ),
            models.UniqueConstraint(
                fields=["payment", "kind"],
                name="receipt_once_for_payment",
                violation_error_message=_("This payment has its receipt already."),
            ),
            models.UniqueConstraint(
                fields=["refund", "kind"],
                name="receipt_once_for_refund",
                violation_error_message=_("This refund has its receipt already."),
            ),
            models.UniqueConstraint(
                fields=["exchange"],
                name="receipt_once_for_exchange",
                violation_error_message=_("This exchange has its receipt already."),
            ),
            models.UniqueConstraint(
                fields=["series", "control"],
                condition=~Q(control=""),
                name="receipt_once_for_control",
                violation_error_message=_("This control receipt was issued already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["sale", "surplus"], payment__isnull=False)
                | Q(kind="exchange", exchange__isnull=False)
                | Q(kind__in=["refund", "reversal"], refund__isnull=False, corrects__isnull=False)
                | Q(kind__in=["pay_in", "pay_out"], drawer_entry__isnull=False)
                | Q(kind="difference", drawer__isnull=False)
                | Q(kind="control", total=0) & ~Q(control=""),
                name="receipt_names_movement",
                violation_error_message=_("A receipt names what it is for, and a correction the first receipt."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReceiptLine(models.Model):
    """What a receipt is for: of one ticket, or of money that is for none."""

    class Kind(models.TextChoices):
        ADMISSION = SaleKind.ADMISSION.value, SaleKind.ADMISSION.label
        FEE = SaleKind.FEE.value, SaleKind.FEE.label
        GOODS = SaleKind.GOODS.value, SaleKind.GOODS.label
        # Owed to the customer, or taken by a bank beyond what was paid.
        DEPOSIT = "deposit", _("money without a sale")
        CASH = "cash", _("cash moved")
        DIFFERENCE = "difference", _("difference of a drawer")

    SOLD = (Kind.ADMISSION, Kind.FEE, Kind.GOODS)

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="receipt_lines")
    text = models.CharField(_("text"), max_length=400)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=4, default=Decimal(0))
    gross = models.DecimalField(_("gross"), max_digits=12, decimal_places=3)
    tax = models.DecimalField(_("tax"), max_digits=12, decimal_places=3, default=Decimal(0))

    class Meta:
        verbose_name = _("line of a receipt")
        verbose_name_plural = _("lines of receipts")
        ordering = ["receipt", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "position"],
                name="receipt_line_once",
                violation_error_message=_("A receipt has each of its lines once."),
            ),
            models.CheckConstraint(
                condition=Q(gross__gte=0, tax__gte=0) | Q(gross__lte=0, tax__lte=0),
                name="receipt_line_tax_sign",
                violation_error_message=_("The tax of a line has the sign of its amount."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.position}"

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax
