"""Our payments and refunds compared with what a gateway says it moved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.tables import DayOrder
from payments.models.accounts import GatewayAccount
from payments.models.payments import Payment, Refund
from payments.reconciliation.mapping import ColumnMapping, LineKind, RefundSigns
from theaters.models import Theater

# Whose books are compared with ours: a gateway's, or those of a theater's own bank.
BOOKS = Payment.Gateway.choices


class Reconciliation(models.Model):
    """One export of a gateway, compared once. `theater` is empty where the payments of all theaters were compared."""

    theater = models.ForeignKey(
        Theater,
        models.PROTECT,
        verbose_name=_("theater"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: all theaters."),
    )
    gateway = models.CharField(_("gateway"), max_length=20, choices=BOOKS)
    account = models.ForeignKey(
        GatewayAccount,
        models.PROTECT,
        verbose_name=_("account"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The theater’s own whose payments were compared. Empty: the site’s."),
    )
    file_name = models.CharField(_("file"), max_length=200)
    # Our own payments and refunds from the first moment up to the second were looked for in the file.
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    # Lines of the file that are neither payment nor refund, counted by what they are called there.
    ignored = models.JSONField(_("left out"), default=dict, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lte=F("ends_at")),
                name="reconciliation_period",
                violation_error_message=_("The period ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway}, {self.file_name}"


class ReconciliationLine(models.Model):
    """One payment or refund: a line of the file, or a row of ours that no line named."""

    class Result(models.TextChoices):
        MATCHED = "matched", _("matched")
        DIFFERS = "differs", _("amount differs")
        ONLY_OURS = "only_ours", _("only with us")
        ONLY_GATEWAY = "only_gateway", _("only with the gateway")

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="lines")
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    kind = models.CharField(_("kind"), max_length=7, choices=LineKind.choices)
    # Where it stands in the file; empty for a row of ours that no line names.
    number = models.PositiveIntegerField(_("line"), null=True, blank=True)
    reference = models.CharField(_("gateway reference"), max_length=255, blank=True)
    happened_at = models.DateTimeField(_("at"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    gateway_amount = models.DecimalField(_("with the gateway"), max_digits=12, decimal_places=3, null=True, blank=True)
    our_amount = models.DecimalField(_("with us"), max_digits=12, decimal_places=3, null=True, blank=True)
    # What the gateway kept for it, where the file says so.
    fee = models.DecimalField(_("fee"), max_digits=12, decimal_places=3, null=True, blank=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("line of a reconciliation")
        verbose_name_plural = _("lines of reconciliations")
        ordering = ["reconciliation", F("number").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["reconciliation", "result"], name="reconciliation_result")]
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "number"],
                name="reconciliation_line_once",
                violation_error_message=_("This line of the file was already read."),
            ),
            models.CheckConstraint(
                condition=Q(result="only_ours", number__isnull=True, gateway_amount__isnull=True)
                | (~Q(result="only_ours") & Q(number__isnull=False, gateway_amount__isnull=False)),
                name="reconciliation_line_of_file",
                violation_error_message=_("A line of the file has a number and an amount."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.get_result_display()}"


class ExportMapping(models.Model):
    """Which column of a gateway's table holds what, as the theater's staff last chose."""

    theater = models.ForeignKey(
        Theater, models.CASCADE, verbose_name=_("theater"), null=True, blank=True, related_name="+"
    )
    gateway = models.CharField(max_length=20, choices=BOOKS)
    # Names of columns in lower case.
    date_column = models.CharField(_("Date"), max_length=100)
    time_column = models.CharField(_("Time"), max_length=100, blank=True)
    amount_column = models.CharField(_("Amount"), max_length=100)
    reference_columns = models.JSONField(_("References"), default=list)
    currency_column = models.CharField(_("Currency"), max_length=100, blank=True)
    default_currency = models.CharField(_("Currency of all lines"), max_length=3, blank=True)
    kind_column = models.CharField(_("Kind"), max_length=100, blank=True)
    fee_column = models.CharField(_("Fee"), max_length=100, blank=True)
    # One word of the file a line.
    payment_words = models.TextField(_("Kinds that are payments"), max_length=2000, blank=True)
    refund_words = models.TextField(_("Kinds that are refunds"), max_length=2000, blank=True)
    refund_signs = models.CharField(
        _("Amounts of refunds are written"), max_length=6, choices=RefundSigns.choices, default=RefundSigns.MINUS
    )
    day_order = models.CharField(
        _("Days are written"),
        max_length=20,
        choices=[
            ("", _("as in the theater’s country")),
            (DayOrder.DAY_FIRST.value, _("day, month, year")),
            (DayOrder.MONTH_FIRST.value, _("month, day, year")),
        ],
        blank=True,
    )
    is_utc = models.BooleanField(_("Times are UTC"), default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("columns of an export")
        verbose_name_plural = _("columns of exports")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "gateway"],
                condition=Q(theater__isnull=False),
                name="export_mapping_of_theater",
                violation_error_message=_("The columns of this theater’s files are already chosen."),
            ),
            models.UniqueConstraint(
                fields=["gateway"],
                condition=Q(theater__isnull=True),
                name="export_mapping_of_all",
                violation_error_message=_("The columns of the files for all theaters are already chosen."),
            ),
            models.CheckConstraint(
                condition=~Q(currency_column="") | ~Q(default_currency=""),
                name="export_mapping_has_currency",
                violation_error_message=_("Choose the currency column, or enter the currency."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}, {self.theater or ''}"

    def read(self) -> ColumnMapping:
        """Return the mapping that reads the file."""
        return ColumnMapping(
            date=self.date_column,
            time=self.time_column,
            amount=self.amount_column,
            references=tuple(self.reference_columns),
            currency=self.currency_column,
            default_currency=self.default_currency,
            kind=self.kind_column,
            fee=self.fee_column,
            payments=_words(self.payment_words),
            refunds=_words(self.refund_words),
            refund_signs=RefundSigns(self.refund_signs),
            is_utc=self.is_utc,
            day_order=DayOrder(self.day_order),
        )


def _words(lines: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in lines.splitlines() if word.strip())


class ExportUpload(models.Model):
    """A file whose columns are not chosen yet; deleted once it is compared, or with its sender's next upload."""

    theater = models.ForeignKey(Theater, models.CASCADE, null=True, blank=True, related_name="+")
    gateway = models.CharField(max_length=20, choices=BOOKS)
    account = models.ForeignKey(GatewayAccount, models.CASCADE, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("uploaded export")
        verbose_name_plural = _("uploaded exports")

    def __str__(self) -> str:
        return self.file_name
