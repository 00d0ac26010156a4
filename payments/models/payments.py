"""Money in, money out, and what gateways said about it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.money import format_money
from payments.models.accounts import GatewayAccount


class PaymentQuerySet(models.QuerySet["Payment"]):
    def received(self) -> PaymentQuerySet:
        """Money that came in, whether or not it bought anything."""
        return self.filter(state__in=Payment.RECEIVED)

    def awaited_transfers(self) -> PaymentQuerySet:
        """Bank transfers that were asked for and have not come; the holds of some may be over."""
        return self.filter(gateway=Payment.Gateway.TRANSFER, state=Payment.State.STARTED)


class Payment(models.Model):
    """Money in through one gateway. `refunded` never exceeds what was received.

    A booking has one captured payment, and one more for each exchange that had a surcharge.

    `amount` is what was asked for and `received_amount` what came: everything that is kept, owed or given
    back is computed from the latter, in `received_currency`. A captured payment received exactly what was
    asked for.
    """

    class Gateway(models.TextChoices):
        """Each is a file of `payments/gateways/`; the label is what customers read on the button."""

        SANDBOX = "sandbox", _("Test payment")
        STRIPE = "stripe", _("Card or wallet")
        MOLLIE = "mollie", _("Bank, card or wallet")
        # Its money lies in drawers.
        CASH = "cash", _("Cash")
        TERMINAL = "terminal", _("Card terminal")
        TRANSFER = "transfer", _("Bank transfer")

    class State(models.TextChoices):
        STARTED = "started", _("started")
        CAPTURED = "captured", _("captured")
        DECLINED = "declined", _("declined")
        ABANDONED = "abandoned", _("abandoned")
        # Money that arrived and buys nothing, for its `surplus_reason`.
        SURPLUS = "surplus", _("to be refunded")

    RECEIVED = (State.CAPTURED, State.SURPLUS)

    class SurplusReason(models.TextChoices):
        OTHER_AMOUNT = "other_amount", _("a different amount came than was asked for")
        OTHER_CURRENCY = "other_currency", _("it came in a different currency than was asked for")
        AMOUNT_CHANGED = "amount_changed", _("the amount due had changed")
        PAID_ALREADY = "paid_already", _("the booking was paid already")
        BOOKING_CANCELED = "booking_canceled", _("the booking was canceled")
        SHOW_CANCELED = "show_canceled", _("the show was canceled")
        SHOW_OVER = "show_over", _("the show was over")
        SHOW_MOVED = "show_moved", _("the show was moved")
        OFF_SALE = "off_sale", _("the show was no longer on sale")
        PLACES_GONE = "places_gone", _("it came late, and the places were gone")
        OVER_LIMIT = "over_limit", _("it came late, and the customer already had as many tickets as allowed")
        VOUCHER_USED = "voucher_used", _("it came late, and the voucher had been used")
        EXCHANGE_OFF = "exchange_off", _("the tickets to be exchanged were gone")
        EXCHANGE_USED = "exchange_used", _("a ticket to be exchanged had been used")
        EXCHANGE_REFUNDED = "exchange_refunded", _("the money of the tickets to be exchanged had gone back")

    booking = models.ForeignKey("bookings.Booking", models.PROTECT, verbose_name=_("booking"), related_name="payments")
    gateway = models.CharField(_("gateway"), max_length=20, choices=Gateway.choices)
    # The theater's own; empty: the site's, or none is needed.
    account = models.ForeignKey(
        GatewayAccount, models.PROTECT, verbose_name=_("account"), null=True, blank=True, related_name="payments"
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    received_amount = models.DecimalField(_("received"), max_digits=12, decimal_places=3, null=True, blank=True)
    received_currency = models.CharField(max_length=3, blank=True, db_default="")
    # Of what was received: gone or promised.
    refunded = models.DecimalField(_("refunded"), max_digits=12, decimal_places=3, default=Decimal(0))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STARTED)
    surplus_reason = models.CharField(
        _("why it bought nothing"), max_length=20, choices=SurplusReason.choices, blank=True, db_default=""
    )
    reference = models.CharField(_("gateway reference"), max_length=255, blank=True, db_index=True)
    # Sent to the gateway, so that a repeated call there does nothing twice.
    key = models.UUIDField(_("key"), unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    captured_at = models.DateTimeField(_("captured at"), null=True, blank=True)
    # The exchange whose surcharge it pays.
    exchange = models.ForeignKey("bookings.Exchange", models.PROTECT, null=True, blank=True, related_name="payments")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), null=True, blank=True, related_name="+"
    )

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
                condition=Q(state="captured", exchange__isnull=True),
                name="payment_one_captured_per_booking",
                violation_error_message=_("This booking has been paid already."),
            ),
            models.UniqueConstraint(
                fields=["exchange"],
                condition=Q(state="captured"),
                name="payment_one_captured_per_exchange",
                violation_error_message=_("This exchange has been paid already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="payment_amount_not_negative",
                violation_error_message=_("A payment can’t be negative."),
            ),
            models.CheckConstraint(
                condition=Q(refunded=0)
                | Q(received_amount__isnull=False, refunded__gt=0, refunded__lte=F("received_amount")),
                name="payment_refunded_range",
                violation_error_message=_("No more can go back than was received."),
            ),
            models.CheckConstraint(
                condition=Q(received_amount__isnull=False, received_amount__gte=0) & ~Q(received_currency="")
                | ~Q(state__in=["captured", "surplus"]) & Q(received_amount__isnull=True, received_currency=""),
                name="payment_received_known",
                violation_error_message=_("A payment that has arrived needs its amount and currency."),
            ),
            models.CheckConstraint(
                condition=~Q(state="captured") | Q(received_amount=F("amount"), received_currency=F("currency")),
                name="payment_captured_in_full",
                violation_error_message=_("A captured payment has arrived in full."),
            ),
            models.CheckConstraint(
                condition=Q(state="surplus") & ~Q(surplus_reason="") | ~Q(state="surplus") & Q(surplus_reason=""),
                name="payment_surplus_has_reason",
                violation_error_message=_("Money that is left over needs a reason."),
            ),
        ]

    def __str__(self) -> str:
        amount = self.amount if self.received_amount is None else self.received_amount
        return f"{self.booking.code}, {format_money(amount, self.paid_currency)}"

    @property
    def left(self) -> Decimal:
        """What was received and is neither given back nor promised, in `paid_currency`."""
        return (self.received_amount or Decimal(0)) - self.refunded

    @property
    def paid_currency(self) -> str:
        """The currency that came; the one that was asked for as long as nothing has."""
        return self.received_currency or self.currency

    def may_choose_again(self, now: datetime) -> bool:
        """Return True if the sender of a surplus may simply choose places for the same shows again."""
        settled = (self.SurplusReason.PAID_ALREADY, self.SurplusReason.OVER_LIMIT)
        if self.exchange_id is not None or self.surplus_reason in settled:
            return False
        return all(show.is_on_sale(now) for show in self.booking.shows)

    def receive(self, at: datetime, *, amount: Decimal | None = None, currency: str = "") -> None:
        """Note what came and when, unsaved; what was asked for, if the gateway does not say."""
        self.received_amount = self.amount if amount is None else amount
        self.received_currency = currency or self.currency
        self.captured_at = at


class SandboxAnswer(models.Model):
    """What the sandbox gateway remembers, as a real one would on its own side (`gateways/sandbox.py`)."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("approve")
        DECLINE = "decline", _("decline")
        LATER = "later", _("later")

    payment = models.OneToOneField(Payment, models.CASCADE, related_name="sandbox_answer")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    # What is paid, if it differs from what was asked for.
    amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    # From when on the decision is told: some time ahead for `later`, which then approves.
    answers_at = models.DateTimeField()
    refuses_refunds = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer of the sandbox")
        verbose_name_plural = _("answers of the sandbox")

    def __str__(self) -> str:
        return f"{self.payment_id} {self.decision}"


class RefundQuerySet(models.QuerySet["Refund"]):
    def returned(self) -> RefundQuerySet:
        """Money that went back to people, since `settled_at`."""
        return self.filter(state=Refund.State.SUCCEEDED)


class Refund(models.Model):
    """Money out, in the currency that the payment came in.

    The intent is committed first, then the gateway is called, then its answer recorded. What was given
    back or taken at the gateway without us (`source`) is recorded as it becomes known.
    """

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

    # How the money goes back: by a gateway, or another way.
    PATH = Case(When(way=Way.AS_PAID, then=F("payment__gateway")), default=F("way"))

    class Source(models.TextChoices):
        HERE = "here", _("asked for here")
        GATEWAY = "gateway", _("made in the gateway’s own pages")
        # The customer's bank took it; pending while it is contested, failed when it was won.
        CHARGEBACK = "chargeback", _("chargeback")

    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="refunds")
    # The exchange that it comes from, where the old tickets were worth more.
    exchange = models.ForeignKey("bookings.Exchange", models.PROTECT, null=True, blank=True, related_name="refunds")
    source = models.CharField(
        _("origin"), max_length=10, choices=Source.choices, default=Source.HERE, db_default=Source.HERE
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices, default=Way.AS_PAID, db_default=Way.AS_PAID)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The gateway's, or the bank's for a transfer.
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tickets = models.ManyToManyField("bookings.Ticket", through="RefundLine", related_name="refunds")
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), null=True, blank=True, related_name="+"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["payment"], condition=~Q(source="here"), name="refund_outside")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference"],
                condition=~Q(source="here"),
                name="refund_outside_once",
                violation_error_message=_("This refund of the gateway is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(source="here") | Q(way="as_paid") & ~Q(reference=""),
                name="refund_outside_has_reference",
                violation_error_message=_("A refund that was made elsewhere needs its reference."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="refund_amount_positive",
                violation_error_message=_("A refund must be more than zero."),
            ),
            models.CheckConstraint(
                condition=~Q(way="transfer", reference=""),
                name="refund_transfer_has_reference",
                violation_error_message=_("A transfer needs its reference."),
            ),
            models.CheckConstraint(
                condition=Q(way="as_paid") | ~Q(state="failed"),
                name="refund_by_hand_succeeds",
                violation_error_message=_("A refund that staff made by hand can’t have failed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment.booking.code}, {format_money(self.amount, self.currency)}"

    @property
    def currency(self) -> str:
        return self.payment.paid_currency

    @property
    def is_outside(self) -> bool:
        return self.source != self.Source.HERE

    @property
    def is_in_cash(self) -> bool:
        """True if it comes out of a drawer."""
        if self.way != self.Way.AS_PAID:
            return self.way == self.Way.CASH
        return self.payment.gateway == Payment.Gateway.CASH


class RefundLine(models.Model):
    """The part of a refund that is for one ticket, and so for that ticket's show."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    ticket = models.ForeignKey("bookings.Ticket", models.PROTECT, related_name="refund_lines")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    # The part of it that is for the ticket's fees.
    fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        verbose_name = _("line of a refund")
        verbose_name_plural = _("lines of refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "ticket"],
                name="refund_line_once",
                violation_error_message=_("A refund has one line for each ticket."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, fees__gte=0, fees__lte=F("amount")),
                name="refund_line_not_negative",
                violation_error_message=_("A line of a refund can’t be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.ticket_id}"


class GatewayEvent(models.Model):
    """A message from a gateway, kept so that it is acted on once however often it comes."""

    gateway = models.CharField(_("gateway"), max_length=20, choices=Payment.Gateway.choices)
    # Whose address it came to; empty: the site's.
    account = models.ForeignKey(
        GatewayAccount, models.CASCADE, verbose_name=_("account"), null=True, blank=True, related_name="events"
    )
    event_id = models.CharField(_("event id"), max_length=255)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("gateway event")
        verbose_name_plural = _("gateway events")
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "event_id"],
                condition=Q(account__isnull=True),
                name="gateway_event_once",
                violation_error_message=_("This event of the gateway was already received."),
            ),
            models.UniqueConstraint(
                fields=["account", "event_id"],
                condition=Q(account__isnull=False),
                name="gateway_event_once_at_account",
                violation_error_message=_("This event of the gateway was already received at this account."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"
