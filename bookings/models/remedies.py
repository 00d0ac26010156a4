"""How staff put money right by hand."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.money import Refund


class Remedy(models.Model):
    """What stands in the place of a failed refund, or gives back a surplus that nobody gave back.

    A failed refund has one remedy at most, so that no second click gives the money back twice.
    """

    class Kind(models.TextChoices):
        GATEWAY = "gateway", _("by the gateway once more")
        # Cash, a bank transfer, or by hand in the gateway's own dashboard: nothing is called.
        OUTSIDE = "outside", _("outside the system")

    refund = models.OneToOneField(Refund, models.PROTECT, related_name="remedy_of")
    failed = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="remedy")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.CheckConstraint(condition=~Q(failed=models.F("refund")), name="remedy_is_another_refund"),
            models.CheckConstraint(condition=~Q(reason=""), name="remedy_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.get_kind_display()}"
