"""Where bank transfers go, which customers may pay by them, and what has come."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as NumberError

from lib.money import format_money
from theaters.models import Theater


class BankAccount(models.Model):
    """The account to which a theater's customers send money. Without one, nobody pays it by bank transfer."""

    theater = models.OneToOneField(Theater, models.PROTECT, verbose_name=_("theater"), related_name="bank_account")
    # The longest name that fits into the code for banking apps (EPC069-12).
    holder = models.CharField(
        _("account holder"), max_length=70, help_text=_("As the bank writes it: many banks compare it with the IBAN.")
    )
    iban = models.CharField(_("IBAN"), max_length=42)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["theater"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(iban="") & ~Q(holder=""),
                name="bank_account_complete",
                violation_error_message=_("A bank account needs its holder and its IBAN."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder}, {self.written_iban}"

    def clean(self) -> None:
        """Check the shape and the check digits of IBAN and BIC, and keep them without spaces."""
        errors = {}
        try:
            self.iban = iban.validate(self.iban)
        except NumberError:
            errors["iban"] = _("This is not an IBAN. Compare it with your bank's statement.")
        try:
            self.bic = bic.validate(self.bic) if self.bic else ""
        except NumberError:
            errors["bic"] = _("This is not a BIC. Compare it with your bank's statement.")
        if errors:
            raise ValidationError(errors)

    @property
    def written_iban(self) -> str:
        """The IBAN in groups of four, as people read it."""
        return str(iban.format(self.iban))


class TransferCustomer(models.Model):
    """A customer who may pay a theater by bank transfer, by the address of their account."""

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="transfer_customers")
    email = models.EmailField(_("e-mail"), help_text=_("Of the account with which they sign in."))
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Such as: grammar school, pays by term"))
    made_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("customer who may pay by bank transfer")
        verbose_name_plural = _("customers who may pay by bank transfer")
        ordering = ["theater", "email"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "email"],
                name="transfer_customer_once",
                violation_error_message=_("This customer may already pay by bank transfer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.theater}: {self.pk}"

    def clean(self) -> None:
        self.email = self.email.lower()


class BankFile(models.Model):
    """A file of a theater's bank, read once. `ignored` counts what is no money that came, by kind."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="bank_files")
    file_name = models.CharField(_("file"), max_length=200)
    # Transfers of the file that an earlier one had already.
    known = models.PositiveIntegerField(_("known before"), default=0)
    ignored = models.PositiveIntegerField(_("left out"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    made_at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class BankTransfer(models.Model):
    """Money that came to a theater's account, by a file of its bank or, without `file`, as staff saw it there.

    Each is booked once: `fingerprint` tells it from all others, so the same file may be read again. `payment` is
    what it paid, alone or with others that were too little; `surplus` what of it was too much.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be settled")
        BOOKED = "booked", _("booked")
        # Not about tickets.
        DISMISSED = "dismissed", _("set aside")

    class Problem(models.TextChoices):
        """Why it was not booked by itself."""

        UNKNOWN = "unknown", _("names no booking that waits for a transfer")
        SEVERAL = "several", _("names several bookings")
        PAID_ALREADY = "paid_already", _("its booking is paid already")
        TOO_LITTLE = "too_little", _("less than was asked for")
        TOO_MUCH = "too_much", _("more than was asked for")
        OTHER_CURRENCY = "other_currency", _("in another currency")
        AMOUNT_CHANGED = "amount_changed", _("the amount due has changed")

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="bank_transfers")
    file = models.ForeignKey(
        BankFile, models.PROTECT, verbose_name=_("file"), null=True, blank=True, related_name="transfers"
    )
    fingerprint = models.CharField(max_length=80)
    booked_on = models.DateField(_("booked on"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    payer = models.CharField(_("payer"), max_length=140, blank=True)
    payer_iban = models.CharField(_("IBAN of the payer"), max_length=42, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    problem = models.CharField(_("to be settled because"), max_length=20, choices=Problem.choices, blank=True)
    booking = models.ForeignKey(
        "bookings.Booking", models.PROTECT, verbose_name=_("booking"), null=True, blank=True, related_name="transfers"
    )
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, verbose_name=_("payment"), null=True, blank=True, related_name="transfers"
    )
    surplus = models.OneToOneField("payments.Payment", models.PROTECT, null=True, blank=True, related_name="surplus_of")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("settled by"), null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank transfer")
        verbose_name_plural = _("bank transfers")
        ordering = ["-booked_on", "-pk"]
        indexes = [models.Index(fields=["theater"], condition=Q(state="open"), name="bank_transfer_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "fingerprint"],
                name="bank_transfer_once",
                violation_error_message=_("This transfer was already read."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="bank_transfer_positive",
                violation_error_message=_("A transfer that came is more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(state="booked", payment__isnull=False)
                | Q(state="open", payment__isnull=True, surplus__isnull=True)
                | Q(state="dismissed", payment__isnull=True, surplus__isnull=True) & ~Q(reason=""),
                name="bank_transfer_state",
                violation_error_message=_("A transfer is booked for a payment, or set aside for a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)}, {self.booked_on:%Y-%m-%d}"
