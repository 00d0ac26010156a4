"""Signing devices of tills, and what they signed."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fiscal.models.receipts import Receipt
from lib.bounds import TEXT_LENGTH
from payments.models import Till
from theaters.models import Theater


class SigningDevice(models.Model):
    """What signs the receipts of a till, or of all tills of a theater that have none of their own."""

    class Kind(models.TextChoices):
        NONE = "none", _("none: receipts are not signed")
        TEST_TSE = "test_tse", _("test of a German TSE, not certified")
        TEST_RKSV = "test_rksv", _("test of an Austrian RKSV device, not certified")

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="signing_devices")
    till = models.ForeignKey(
        Till,
        models.PROTECT,
        verbose_name=_("till"),
        null=True,
        blank=True,
        related_name="signing_devices",
        help_text=_("Empty: all tills of the theater that have no device of their own."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    register = models.CharField(
        _("name of the cash register"),
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z0-9-]+$", _("Letters, digits and hyphens."))],
        help_text=_("As the tax office knows it."),
    )
    is_in_use = models.BooleanField(_("in use"), default=True)
    # For tests: it answers nothing.
    is_out_of_order = models.BooleanField(_("plays dead"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("signing device")
        verbose_name_plural = _("signing devices")
        ordering = ["theater", "till", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater"],
                condition=Q(is_in_use=True, till__isnull=True),
                name="signing_device_one_for_theater",
                violation_error_message=_("This theater has a device for all tills already."),
            ),
            models.UniqueConstraint(
                fields=["till"],
                condition=Q(is_in_use=True, till__isnull=False),
                name="signing_device_one_for_till",
                violation_error_message=_("This till has a device already."),
            ),
            models.UniqueConstraint(
                fields=["register"],
                name="signing_device_register_unique",
                violation_error_message=_("Another device has this name of a cash register."),
            ),
        ]

    def __str__(self) -> str:
        return self.register

    @property
    def is_austrian(self) -> bool:
        return self.kind == self.Kind.TEST_RKSV


class Signature(models.Model):
    """What a device said of a receipt. Promised with the receipt; once it is signed or failed, it never changes."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SIGNED = "signed", _("signed")
        FAILED = "failed", _("device failed")

    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="signature")
    device = models.ForeignKey(SigningDevice, models.PROTECT, verbose_name=_("device"), related_name="signatures")
    # The order of a device's signatures, from 1 on.
    position = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    # What the till took with this receipt and before, in the smallest unit of the currency.
    turnover = models.BigIntegerField(default=0)
    # What was signed, what came back, and the text of the QR code.
    signed_text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    value = models.TextField(max_length=TEXT_LENGTH, blank=True)
    code = models.TextField(max_length=TEXT_LENGTH, blank=True)
    transaction_number = models.PositiveBigIntegerField(null=True, blank=True)
    signature_number = models.PositiveBigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["device", "position"]
        indexes = [models.Index(fields=["device"], condition=Q(state="pending"), name="signature_pending")]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "position"],
                name="signature_position_once",
                violation_error_message=_("Another receipt has this place in the device’s chain."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.position}"
