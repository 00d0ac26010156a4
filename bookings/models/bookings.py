"""A booking and its tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from bookings.models.vouchers import Voucher
from events.models import CODE_ALPHABET, Show, TicketType
from lib.bounds import TEXT_LENGTH
from lib.compiled import compiled
from lib.key_fields import Keyed, KeyedQuerySet, KeyField
from lib.money import round_charge
from theaters.models import Area, Seat, SeatCategory, Theater

if TYPE_CHECKING:
    from bookings.models.fees import FeeLine


def make_booking_code() -> str:
    return get_random_string(8, CODE_ALPHABET)


def make_ticket_code() -> str:
    return get_random_string(12, CODE_ALPHABET)


class BookingQuerySet(KeyedQuerySet["Booking"]):
    def lapsed(self, now: datetime) -> BookingQuerySet:
        """Holds whose time is over but that have not been freed yet."""
        return self.filter(state=Booking.State.HELD, expires_at__lte=now)

    def confirmed(self) -> BookingQuerySet:
        return self.filter(state=Booking.State.CONFIRMED)

    def with_shows(self) -> BookingQuerySet:
        """Prefetch the tickets with what `Booking.shows` needs. One query."""
        tickets = Ticket.objects.select_related("show__event", "show__hall__theater__city")
        return self.prefetch_related(Prefetch("tickets", tickets))

    def with_times(self) -> Any:
        """Annotate `first_starts_at` and `last_ends_at`, of the same shows as `Booking.shows`."""
        return self.annotate(first_starts_at=first_starts_at(), last_ends_at=_first_of("-show__ends_at"))

    def reachable(self) -> BookingQuerySet:
        """Bookings with a `contact_email`."""
        of_account = Q(customer__isnull=False, customer__erased_at__isnull=True)
        return self.filter(of_account | Q(customer__isnull=True) & ~Q(email=""))


@dataclass
class FeeSum:
    """All that a booking bears of a fee, as the customer pays it, with the tax in what was charged."""

    name: str
    tax_rate: Decimal
    amount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return self.amount - self.tax


class Booking(Keyed):
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

    code = models.CharField(_("code"), max_length=12, unique=True, default=make_booking_code, editable=False)
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="bookings")
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        related_name="bookings",
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # What staff search by; every way of writing a row keeps it up to date.
    name_key = KeyField("name", max_length=400)
    phone_key = KeyField("phone", max_length=40)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.SALE)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.WEB)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    is_extended = models.BooleanField(default=False)
    # Of a hold that waits for a bank transfer: by which day it must arrive. `expires_at` leaves time to see it.
    transfer_due_on = models.DateField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    # total = what its tickets are worth and their fees, as customers pay them: see `Ticket`.
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=3)
    discount = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    tax = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    # Of a hold for an exchange: what the tickets given back pay of its total.
    credit = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, blank=True, related_name="bookings")
    locale = models.CharField(max_length=10, default="en")
    # Unpaid holds of one network are counted by this; see `limit_holds`. Empty once it is paid.
    network_key = models.CharField(max_length=24, blank=True, default="", editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Given by API clients, so that a repeated call finds the booking that the first one made.
    idempotency_key = models.CharField(max_length=80, null=True, blank=True)
    # The key of the counter's page or of a guest's newest form, by which it finds its hold again.
    cart = models.CharField(max_length=32, null=True, blank=True, editable=False)
    note = models.TextField(_("note"), max_length=TEXT_LENGTH, blank=True)
    # Raised to disable the links that guests were sent before.
    link_version = models.PositiveSmallIntegerField(default=0, editable=False)

    # Its tickets, with their places, that a service has just held for a show or paid: spares reading them again.
    made_tickets: list[Ticket] | None = None
    # What `quote_hold` has worked out, until it is written.
    quoted_fees: Sequence[FeeLine] = ()
    # Set by `lock_booking`: one of its held tickets is for a show that is not on sale.
    is_off_sale: bool
    # Set by `access.find_booking`: one of its exchanges waits for its surcharge.
    is_being_exchanged: bool

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="booking_lapsing"),
            models.Index(fields=["expires_at"], condition=Q(state="expired"), name="booking_expired"),
            models.Index(fields=["network_key"], condition=~Q(network_key=""), name="booking_network"),
            models.Index(fields=["cart"], condition=Q(cart__isnull=False), name="booking_cart"),
            models.Index(fields=["email"], name="booking_email"),
            models.Index(fields=["phone_key"], condition=~Q(phone_key=""), name="booking_phone"),
            models.Index(fields=["name_key"], name="booking_name"),
            models.Index(fields=["-created_at", "-id"], name="booking_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False) | Q(kind="house"),
                name="booking_held_expires",
                violation_error_message=_("A hold needs a time at which it expires."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="booking_confirmed_at",
                violation_error_message=_("A confirmed booking needs the time of its confirmation."),
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0) & Q(discount__gte=0) & Q(fees__gte=0) & Q(tax__gte=0),
                name="booking_amounts_not_negative",
                violation_error_message=_("The amounts of a booking are not less than zero."),
            ),
            models.CheckConstraint(
                condition=Q(credit__gte=0) & Q(credit__lte=F("total")),
                name="booking_credit_range",
                violation_error_message=_("The credit of a booking is between zero and its total."),
            ),
            models.UniqueConstraint(
                fields=["customer", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="booking_idempotency",
                violation_error_message=_("This call has already made a booking."),
            ),
            # The unique constraint binds no rows without a customer: to SQL, no two NULLs are the same.
            models.CheckConstraint(
                condition=Q(idempotency_key__isnull=True) | Q(customer__isnull=False),
                name="booking_idempotency_of_customer",
                violation_error_message=_("An idempotency key belongs to a customer."),
            ),
            models.UniqueConstraint(
                fields=["theater", "cart"],
                condition=Q(cart__isnull=False, channel="web", state="held"),
                name="booking_once_for_form",
                violation_error_message=_("This form has made a booking already."),
            ),
            models.CheckConstraint(
                condition=~Q(cart=""),
                name="booking_cart_not_empty",
                violation_error_message=_("The key of a cart cannot be empty."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.code])

    @property
    def contact_email(self) -> str:
        """Where mail about it goes: an account's current address, or a guest's own; empty if there is none.

        For an account's booking, `email` is only the address at the time of booking.
        """
        return self.customer.contact_email if self.customer else self.email

    @property
    def due(self) -> Decimal:
        """What is still to be paid for it."""
        return self.total - self.credit

    @cached_property
    def fee_sums(self) -> list[FeeSum]:
        """Its fees by name and tax rate, in the order in which they were charged. One query if it has any."""
        sums: dict[tuple[str, Decimal], FeeSum] = {}
        for line in self.fee_lines.all() if self.fees else ():
            one = sums.setdefault((line.name, line.tax_rate), FeeSum(line.name, line.tax_rate))
            one.amount += line.amount - line.credited
            one.tax += line.tax
        return list(sums.values())

    @property
    def has_own_tickets(self) -> bool:
        """Return True if a ticket is valid and was not passed on. No query after `with_shows`."""
        return any(ticket.state == Ticket.State.ISSUED and not ticket.is_passed_on for ticket in self.tickets.all())

    @cached_property
    def shows(self) -> list[Show]:
        """The shows of its live tickets, or of all that it had if none is live, the earliest first.

        One query, none after `with_shows`.
        """
        is_loaded = "tickets" in getattr(self, "_prefetched_objects_cache", {})
        tickets = list(self.tickets.all()) if is_loaded else _read_with_shows(self.pk)
        return list(by_show([ticket for ticket in tickets if ticket.state in Ticket.LIVE] or tickets))

    def is_lapsed(self, now: datetime) -> bool:
        return self.state == self.State.HELD and self.expires_at is not None and self.expires_at <= now


class TicketQuerySet(KeyedQuerySet["Ticket"]):
    def live(self) -> TicketQuerySet:
        """Tickets that occupy a place: held or issued."""
        return self.filter(state__in=Ticket.LIVE)

    def admitted(self) -> TicketQuerySet:
        """Tickets that came through the door, according to `door.CheckIn`."""
        return self.filter(check_ins__result="admitted").distinct()

    def issued(self) -> TicketQuerySet:
        return self.filter(state=Ticket.State.ISSUED)

    def kept(self) -> TicketQuerySet:
        """Tickets that their customer has not passed on."""
        return self.filter(attendee_email="")


class Ticket(Keyed):
    """Admission of one person to one seat, or to an area. `price` is as quoted in the hold."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        ISSUED = "issued", _("issued")
        CANCELED = "canceled", _("canceled")
        RELEASED = "released", _("released")

    LIVE = (State.HELD, State.ISSUED)

    booking = models.ForeignKey(Booking, models.PROTECT, verbose_name=_("booking"), related_name="tickets")
    # Found by the index of `show` and `state`.
    show = models.ForeignKey(Show, models.PROTECT, verbose_name=_("show"), related_name="tickets", db_index=False)
    seat = models.ForeignKey(
        Seat, models.PROTECT, verbose_name=_("seat"), null=True, blank=True, related_name="tickets"
    )
    area = models.ForeignKey(
        Area, models.PROTECT, verbose_name=_("area"), null=True, blank=True, related_name="tickets"
    )
    category = models.ForeignKey(SeatCategory, models.PROTECT, verbose_name=_("category"), related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, verbose_name=_("ticket type"), related_name="tickets")
    price = models.DecimalField(max_digits=12, decimal_places=3)
    # This ticket's part of the booking's discount.
    discount = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    # What the customer pays for it, with tax on top where there is any, and its part of the fees likewise; `tax` is
    # the tax in both.
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    tax = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    # The part of the tax that is for fees, and the rates in percent that both were quoted with.
    fees_tax = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0), db_default=Decimal(0))
    fees_tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0), db_default=Decimal(0))
    # The part of the fees that goes back when the customer cancels.
    returned_fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    # The part of these that pays for tickets which replaced this one, all of it if it was moved; and what of that is
    # of the fees.
    credited = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    credited_fees = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    code = models.CharField(_("code"), max_length=16, unique=True, default=make_ticket_code, editable=False)
    # Since when its place is taken without a break, under whatever ticket type.
    held_at = models.DateTimeField(default=timezone.now, editable=False)
    attendee_name = models.CharField(_("name"), max_length=150, blank=True)
    attendee_key = KeyField("attendee_name", max_length=400, db_default="")
    # Whom the customer passed it on to, who alone gets its code; empty for one that the customer kept.
    attendee_email = models.EmailField(_("passed on to"), blank=True, db_default="", default="")
    # When its show was moved to another time or hall: from then on everything comes back on cancellation,
    # until the show starts. Of a released ticket: why its hold was let go.
    show_moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The exchange by which it came into its booking.
    exchange = models.ForeignKey("Exchange", models.PROTECT, null=True, blank=True, related_name="taken")
    # It was given up because it passed to another person: its old print admits nobody.
    is_withdrawn = models.BooleanField(default=False, editable=False)
    # The canceled ticket of the same booking that this one replaces at the same price.
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_to")

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["booking", "seat__run", "seat__position", "pk"]
        indexes = [
            models.Index(fields=["show", "state"], name="ticket_show_state"),
            models.Index(fields=["attendee_email"], condition=~Q(attendee_email=""), name="ticket_passed_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "seat"],
                condition=Q(state__in=["held", "issued"], seat__isnull=False),
                name="ticket_one_live_per_seat",
                violation_error_message=_("This seat is taken."),
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, area__isnull=True) | Q(seat__isnull=True, area__isnull=False),
                name="ticket_seat_or_area",
                violation_error_message=_("A ticket is for a seat or for an area, not for both."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0) & Q(discount__gte=0) & Q(discount__lte=F("price")),
                name="ticket_price_range",
                violation_error_message=_("The discount of a ticket is between zero and its price."),
            ),
            models.CheckConstraint(
                condition=Q(credited__gte=F("credited_fees"), credited__lte=F("amount") + F("fees"))
                & Q(credited_fees__gte=0, credited_fees__lte=F("fees"), fees__gte=0)
                & Q(returned_fees__gte=0, returned_fees__lte=F("fees")),
                name="ticket_amount_range",
                violation_error_message=_("A ticket pays for others with no more than was paid for it."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def cost(self) -> Decimal:
        """Its price less its part of the discount, without fees and without tax on top.

        Complimentary tickets have no price.
        """
        return self.price - self.discount

    @property
    def worth(self) -> Decimal:
        """What the booking pays for it now, fees apart: its amount, less what pays for tickets that replaced it."""
        return max(self.amount - self.credited + self.credited_fees, Decimal(0))

    @property
    def fees_left(self) -> Decimal:
        """Its part of the fees, less what of them pays for those of tickets that replaced it."""
        return self.fees - self.credited_fees

    @property
    def fees_to_return(self) -> Decimal:
        """What of its fees goes back when the customer cancels."""
        return min(self.returned_fees, self.fees_left)

    def tax_in(self, admission: Decimal, fees: Decimal) -> tuple[Decimal, Decimal]:
        """Return the tax in such parts of its amount and of its fees: never more than in all of them."""
        whole = (self.amount, self.tax - self.fees_tax, admission), (self.fees, self.fees_tax, fees)
        of_amount, of_fees = (
            round_charge(tax * min(part, gross) / gross, self.booking.currency) if gross else Decimal(0)
            for gross, tax, part in whole
        )
        return of_amount, of_fees

    @property
    def is_passed_on(self) -> bool:
        return bool(self.attendee_email)

    @property
    def label(self) -> str:
        """The place in words: the seat's label, or the area's name."""
        return self.seat.label if self.seat else str(self.area)


@compiled
def _read_with_shows(booking_id: int) -> QuerySet[Ticket]:
    tickets = Ticket.objects.filter(booking=booking_id).order_by("pk")
    return tickets.select_related("show__event", "show__hall__theater__city")


def first_starts_at() -> Subquery:
    """Return the expression for the start of a booking's first show, as `Booking.shows` has it."""
    return _first_of("show__starts_at")


def _first_of(order: str) -> Subquery:
    is_over = Case(When(state__in=Ticket.LIVE, then=0), default=1)
    tickets = Ticket.objects.filter(booking=OuterRef("pk"))
    return Subquery(tickets.order_by(is_over, order).values(order.removeprefix("-"))[:1])


def by_show(tickets: Iterable[Ticket]) -> dict[Show, list[Ticket]]:
    """Group tickets, whose shows are loaded, by show; the earliest show first."""
    found: dict[Show, list[Ticket]] = defaultdict(list)
    for ticket in sorted(tickets, key=lambda one: (one.show.starts_at, one.show_id)):
        found[ticket.show].append(ticket)
    return dict(found)
