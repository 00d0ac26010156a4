"""A show that is canceled, and what becomes of each of its bookings."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from events.models import Show
from payments.models.payments import Refund


class ShowCancellation(models.Model):
    """Why and by whom a show was canceled; its bookings follow in the background, see `cancel.py`."""

    show = models.OneToOneField(Show, models.PROTECT, verbose_name=_("show"), related_name="cancellation")
    reason = models.CharField(_("reason"), max_length=300)
    message = models.TextField(_("message to customers"), max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(_("canceled at"), default=timezone.now, editable=False)
    # Shared by shows that were canceled together: one page shows them all.
    batch = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    # When a worker last made progress: if that is a while ago, it was killed, and another goes on.
    worked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When every booking had its outcome; refunds may still be under way at the gateway.
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("canceled show")
        verbose_name_plural = _("canceled shows")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return str(self.show)


class CanceledBooking(models.Model):
    """The outcome of one booking's tickets for a canceled show.

    It leaves `waiting` in the transaction of that outcome. The booking may have tickets for other shows, and each
    of these that is canceled has a row of its own.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        # Tickets are canceled and the customer is notified; any money is promised in `refunds`.
        DONE = "done", _("done")
        # The same, but the box office took money and has to pay it out by hand.
        PAY_OUT = "pay_out", _("to be paid at the counter")
        FAILED = "failed", _("failed")

    cancellation = models.ForeignKey(ShowCancellation, models.PROTECT, related_name="bookings")
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="show_cancellations")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # What the customer gets back for this show, in the booking's currency.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3, default=0)
    # One for each payment; a refused one is replaced by its remedy (`Remedy`).
    refunds = models.ManyToManyField(Refund, blank=True, related_name="show_cancellations")
    # How often refunds were asked for: part of the next ones' keys.
    tries = models.PositiveSmallIntegerField(default=0)
    # False if there was no address to write to: staff have to call.
    is_told = models.BooleanField(default=False)
    # True if it canceled the booking's last ticket, so that its voucher can be used again.
    has_returned_voucher = models.BooleanField(default=False)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("booking of a canceled show")
        verbose_name_plural = _("bookings of canceled shows")
        ordering = ["pk"]
        indexes = [models.Index(fields=["cancellation", "state"], name="canceled_booking_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["cancellation", "booking"],
                name="canceled_booking_once",
                violation_error_message=_("A canceled show settles each of its bookings once."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="canceled_booking_amount_not_negative",
                violation_error_message=_("What a canceled booking gets back is not less than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking}: {self.get_state_display()}"

    @property
    def at_counter(self) -> Decimal:
        """What the box office still has to pay out of `amount`. One query, or none if `refunds` are prefetched."""
        return self.amount - sum((refund.amount for refund in self.refunds.all()), Decimal(0))
