"""Money in, money out, and what gateways said of it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking, Ticket
from theaters.money import write_plain


class PaymentQuerySet(models.QuerySet["Payment"]):
    def received(self) -> PaymentQuerySet:
        """Money that came in, whether it bought something or not; nothing that an exchange carried over."""
        return self.filter(state__in=Payment.RECEIVED).exclude(gateway=Payment.EXCHANGE)


class Payment(models.Model):
    """Money in through one gateway. One captured payment per booking; `refunded` never exceeds `amount`.

    What an exchange carries over from another booking is a payment beside it, by the gateway
    `exchange`; the money itself came in by `origin` and goes back by it.
    """

    EXCHANGE = "exchange"
    # The gateway (`gateways/counter.py`) whose money lies in drawers.
    CASH = "cash"

    class State(models.TextChoices):
        STARTED = "started", _("started")
        CAPTURED = "captured", _("captured")
        DECLINED = "declined", _("declined")
        ABANDONED = "abandoned", _("abandoned")
        # Money that arrived and buys nothing: the seats are gone, or the booking is paid already.
        SURPLUS = "surplus", _("to be refunded")

    RECEIVED = (State.CAPTURED, State.SURPLUS)

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="payments")
    gateway = models.CharField(_("gateway"), max_length=20)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    refunded = models.DecimalField(_("refunded"), max_digits=12, decimal_places=3, default=Decimal(0))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STARTED)
    reference = models.CharField(_("gateway reference"), max_length=255, blank=True, db_index=True)
    # Sent to the gateway, so that a repeated call there does nothing twice.
    key = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    captured_at = models.DateTimeField(null=True, blank=True)
    # The exchange that it belongs to: known before any lock, whose order it decides.
    exchange = models.ForeignKey("bookings.Exchange", models.PROTECT, null=True, blank=True, related_name="payments")
    origin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="started"), name="payment_started"),
            models.Index(fields=["-created_at", "-id"], name="payment_newest"),
            models.Index(fields=["created_at"], condition=Q(state="surplus"), name="payment_surplus"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(state="captured") & ~Q(gateway="exchange"),
                name="payment_one_captured_per_booking",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(gateway="exchange") & Q(origin__isnull=True)
                    | Q(gateway="exchange", origin__isnull=False, exchange__isnull=False)
                ),
                name="payment_exchange_has_origin",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="payment_refunded_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking.code}, {write_plain(self.amount, self.currency)} {self.currency}"


class SandboxAnswer(models.Model):
    """What the sandbox gateway remembers, as a real one would on its own side (`gateways/sandbox.py`)."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("approve")
        DECLINE = "decline", _("decline")
        LATER = "later", _("later")

    payment = models.OneToOneField(Payment, models.CASCADE, related_name="sandbox_answer")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    # When the decision is known to whoever asks: some time ahead for `later`, which then approves.
    answers_at = models.DateTimeField()
    refuses_refunds = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer of the sandbox")
        verbose_name_plural = _("answers of the sandbox")

    def __str__(self) -> str:
        return f"{self.payment_id} {self.decision}"


class RefundQuerySet(models.QuerySet["Refund"]):
    def real(self) -> RefundQuerySet:
        """Refunds that give money to people; nothing that an exchange carried to another booking."""
        return self.filter(carried_to__isnull=True)

    def returned(self) -> RefundQuerySet:
        """Money that went back to people, since `settled_at`."""
        return self.real().filter(state=Refund.State.SUCCEEDED)


class Refund(models.Model):
    """Money out. The intent is committed first, then the gateway is called, then its answer recorded."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")

    class Way(models.TextChoices):
        AS_PAID = "as_paid", _("the way it was paid")
        # By staff, where that way is closed: no gateway is called.
        CASH = "cash", _("in cash at the counter")
        TRANSFER = "transfer", _("by bank transfer")
        OUTSIDE = "outside", _("outside the system")

    # By what the money goes back: a gateway, or one of the other ways. Of an exchanged booking as it came in.
    PATH = Case(
        When(way=Way.AS_PAID, then=Coalesce("payment__origin__gateway", "payment__gateway")),
        default=F("way"),
    )

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices, default=Way.AS_PAID, db_default=Way.AS_PAID)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The gateway's, or the bank's for a transfer.
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    tickets = models.ManyToManyField(Ticket, blank=True, related_name="refunds")
    # Where an exchange carried it to: nothing went through the gateway.
    carried_to = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="carried_from")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(carried_to__isnull=True) | Q(state="succeeded"), name="refund_carried_at_once"
            ),
            models.CheckConstraint(condition=~Q(way="transfer", reference=""), name="refund_transfer_has_reference"),
            models.CheckConstraint(
                condition=Q(way="as_paid") | ~Q(state="failed") & Q(carried_to__isnull=True),
                name="refund_by_hand_succeeds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment.booking.code}, {write_plain(self.amount, self.payment.currency)} {self.payment.currency}"

    @property
    def is_in_cash(self) -> bool:
        """Whether it comes out of a drawer: of an exchanged booking, money goes back as it came in."""
        if self.way != self.Way.AS_PAID:
            return self.way == self.Way.CASH
        return (self.payment.origin or self.payment).gateway == Payment.CASH


class GatewayEvent(models.Model):
    """A message from a gateway, kept so that it is acted on once however often it comes."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("gateway event")
        verbose_name_plural = _("gateway events")
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"
