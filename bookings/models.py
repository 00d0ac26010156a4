"""Bookings: from a hold over payment and entry to a refund.

Rows are written by `services/` only; the console shows them read-only, with actions.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.models import CODE_ALPHABET, Event, Show, TicketType
from theaters.models import Area, Seat, SeatCategory, Theater


def make_booking_code() -> str:
    return get_random_string(8, CODE_ALPHABET)


def make_ticket_code() -> str:
    return get_random_string(12, CODE_ALPHABET)


class Voucher(models.Model):
    """A discount code: a percentage or an amount off the booking. Redeemed at most `limit` times."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    theater = models.ForeignKey(Theater, models.PROTECT, related_name="vouchers")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+")
    ticket_types = models.ManyToManyField(TicketType, blank=True, help_text=_("Empty: all."))
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    limit = models.PositiveIntegerField(_("uses"), default=1)
    limit_per_customer = models.PositiveIntegerField(_("uses per customer"), default=1)
    used = models.PositiveIntegerField(default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("limit")), name="voucher_within_limit"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True) | Q(percent__isnull=True, amount__isnull=False),
                name="voucher_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100), name="voucher_percent_range"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="voucher_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.code


class BookingQuerySet(models.QuerySet["Booking"]):
    def lapsed(self, now: datetime) -> BookingQuerySet:
        """Holds whose time is over but that nobody has freed yet."""
        return self.filter(state=Booking.State.HELD, expires_at__lte=now)

    def confirmed(self) -> BookingQuerySet:
        return self.filter(state=Booking.State.CONFIRMED)


class Booking(models.Model):
    """A purchase, from hold to refund. Amounts are in `currency`, `total` is what the customer pays."""

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        COMPLIMENTARY = "complimentary", _("complimentary")
        HOUSE = "house", _("house")

    class State(models.TextChoices):
        HELD = "held", _("held")
        CONFIRMED = "confirmed", _("confirmed")
        CANCELED = "canceled", _("canceled")
        EXPIRED = "expired", _("expired")

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        API = "api", _("API")
        BOX_OFFICE = "box_office", _("box office")

    code = models.CharField(max_length=12, unique=True, default=make_booking_code, editable=False)
    show = models.ForeignKey(Show, models.PROTECT, related_name="bookings")
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.SALE)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.WEB)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    is_extended = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    # total = tickets − discount + fees (+ tax where prices do not include it).
    total = models.DecimalField(max_digits=12, decimal_places=3)
    discount = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    tax = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, blank=True, related_name="bookings")
    locale = models.CharField(max_length=10, default="en")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Given by API clients, so that a repeated call finds the booking that the first one made.
    idempotency_key = models.CharField(max_length=80, null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="booking_lapsing"),
            models.Index(fields=["email"], name="booking_email"),
            models.Index(fields=["-created_at", "-id"], name="booking_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False) | Q(kind="house"), name="booking_held_expires"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="booking_confirmed_at"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0) & Q(discount__gte=0) & Q(fees__gte=0) & Q(tax__gte=0),
                name="booking_amounts_not_negative",
            ),
            models.UniqueConstraint(
                fields=["customer", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="booking_idempotency",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.code])

    def is_lapsed(self, now: datetime) -> bool:
        return self.state == self.State.HELD and self.expires_at is not None and self.expires_at <= now


class TicketQuerySet(models.QuerySet["Ticket"]):
    def live(self) -> TicketQuerySet:
        """Tickets that take a place: held or issued."""
        return self.filter(state__in=Ticket.LIVE)

    def issued(self) -> TicketQuerySet:
        return self.filter(state=Ticket.State.ISSUED)


class Ticket(models.Model):
    """Admission of one person to one seat, or to an area. `price` is as quoted in the hold."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        ISSUED = "issued", _("issued")
        CANCELED = "canceled", _("canceled")
        RELEASED = "released", _("released")

    LIVE = (State.HELD, State.ISSUED)

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="tickets")
    show = models.ForeignKey(Show, models.PROTECT, related_name="tickets")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="tickets")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="tickets")
    category = models.ForeignKey(SeatCategory, models.PROTECT, related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, related_name="tickets")
    price = models.DecimalField(max_digits=12, decimal_places=3)
    # This ticket's part of the booking's discount; what it cost is price − discount.
    discount = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    code = models.CharField(max_length=16, unique=True, default=make_ticket_code, editable=False)
    attendee_name = models.CharField(_("name"), max_length=150, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["booking", "seat__run", "seat__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "seat"],
                condition=Q(state__in=["held", "issued"], seat__isnull=False),
                name="ticket_one_live_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, area__isnull=True) | Q(seat__isnull=True, area__isnull=False),
                name="ticket_seat_or_area",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0) & Q(discount__gte=0) & Q(discount__lte=F("price")), name="ticket_price_range"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Say the place: the seat's label, or the area's name."""
        return self.seat.label if self.seat else str(self.area)


class Payment(models.Model):
    """Money in through one gateway. One captured payment per booking; `refunded` never exceeds `amount`."""

    class State(models.TextChoices):
        STARTED = "started", _("started")
        CAPTURED = "captured", _("captured")
        DECLINED = "declined", _("declined")
        ABANDONED = "abandoned", _("abandoned")
        # Money that arrived and buys nothing: the seats are gone, or the booking is paid already.
        SURPLUS = "surplus", _("to be refunded")

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
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="started"), name="payment_started")]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(state="captured"), name="payment_one_captured_per_booking"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="payment_refunded_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking.code} {self.amount} {self.currency}"


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


class Refund(models.Model):
    """Money out. The intent is committed first, then the gateway is called, then its answer recorded."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reference = models.CharField(_("gateway reference"), max_length=255, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    tickets = models.ManyToManyField(Ticket, blank=True, related_name="refunds")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive")]

    def __str__(self) -> str:
        return f"{self.payment.booking.code} {self.amount} {self.payment.currency}"


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


class CheckIn(models.Model):
    """One presentation of a ticket at a gate, whatever its result.

    Admissions of a ticket are numbered: odd ones go in, even ones out. So nobody goes in twice without
    coming out, however many gates look at the same moment.
    """

    class Direction(models.TextChoices):
        IN = "in", _("in")
        OUT = "out", _("out")

    class Result(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        ALREADY_IN = "already_in", _("already in")
        NOT_VALID = "not_valid", _("not valid")

    class Reason(models.TextChoices):
        NOT_ISSUED = "not_issued", _("The ticket is not paid.")
        CANCELED = "canceled", _("The ticket was canceled.")
        SHOW_CANCELED = "show_canceled", _("The show is canceled.")
        OTHER_SHOW = "other_show", _("The ticket is for another show.")
        OVER = "over", _("The show is over.")
        NOT_INSIDE = "not_inside", _("The ticket is not inside.")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="check_ins")
    gate = models.CharField(_("gate"), max_length=60, blank=True)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    result = models.CharField(max_length=12, choices=Result.choices)
    # Why it is not valid.
    reason = models.CharField(max_length=15, choices=Reason.choices, blank=True)
    # The number of this admission of its ticket; empty when nobody was admitted.
    passage = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "passage"], name="check_in_passage_once"),
            models.CheckConstraint(
                condition=Q(passage__isnull=True, result__in=["already_in", "not_valid"])
                | (Q(passage__isnull=False, result="admitted", direction="in") & Q(Exact(F("passage") % 2, 1)))
                | (Q(passage__isnull=False, result="admitted", direction="out") & Q(Exact(F("passage") % 2, 0))),
                name="check_in_passage_alternates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.get_result_display()}"
