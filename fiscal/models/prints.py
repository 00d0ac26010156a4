"""Receipts on paper: the first print is the original, every other a copy."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fiscal.models.receipts import Receipt


class ReceiptPrint(models.Model):
    """That a receipt was printed at a counter."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="prints")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("print of a receipt")
        verbose_name_plural = _("prints of receipts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.at:%Y-%m-%d %H:%M}"
