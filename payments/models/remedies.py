"""How staff put money right by hand."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models.payments import Refund


class Remedy(models.Model):
    """What replaces a failed refund, or gives back a surplus that was still here.

    Without a `refund`, the money bought its booking after all. A failed refund has at most one remedy, so
    that a second click can't give the money back twice. For money that was given back or taken outside, it
    records what staff decided about the booking. Without `made_by`, a failed refund turned out to have been
    made at the gateway.
    """

    refund = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="remedy_of")
    failed = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="remedy")
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(failed=models.F("refund")),
                name="remedy_is_another_refund",
                violation_error_message=_("A failed refund is not its own remedy."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="remedy_has_reason", violation_error_message=_("A remedy needs a reason.")
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=False) | Q(failed__isnull=False),
                name="remedy_of_something",
                violation_error_message=_("A remedy needs the refund that it stands for."),
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False) | Q(refund__isnull=False, failed__isnull=False),
                name="remedy_made_by_somebody",
                violation_error_message=_("A remedy names who made it, unless it replaces a failed refund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.failed_id or ''} {self.refund_id or ''}".strip()
