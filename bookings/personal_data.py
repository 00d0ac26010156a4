"""What this app keeps about people, and what it owes them; see `accounts/privacy.py`.

What was sold stays in the books: amounts, places, dates, and the references by which a gateway or bank
finds the money. None of it identifies the person any more.
"""

from collections.abc import Iterator

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import ERASED
from accounts.privacy import Holding, Obstacle, Person
from bookings.models import Acceptance, Booking, BookingQuerySet, Exchange, Ticket
from bookings.services.refund import waiting_in_cash
from bookings.services.remedy import open_failures
from notifications.models import Notification
from notifications.personal_data import messages
from payments.models import BankTransfer, Drawer, Payment, Refund, Remedy


def bookings_of(person: Person) -> BookingQuerySet:
    """Return their bookings, including those made as a guest. House holds belong to no person."""
    as_guest = Q(customer=None, email__in=person.addresses) & ~Q(kind=Booking.Kind.HOUSE)
    return Booking.objects.filter(Q(customer=person.user) | as_guest)


def tickets_of(person: Person) -> QuerySet[Ticket]:
    return Ticket.objects.filter(booking__in=bookings_of(person))


def _payments(person: Person) -> QuerySet[Payment]:
    return Payment.objects.filter(booking__in=bookings_of(person))


def _refunds(person: Person) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__in=_payments(person))


def _remedies(person: Person) -> QuerySet[Remedy]:
    return Remedy.objects.filter(Q(refund__in=_refunds(person)) | Q(failed__in=_refunds(person)))


def find_obstacles(person: Person) -> Iterator[Obstacle]:
    """Yield what is owed to the person, or still under way. One query for each kind."""
    now = timezone.now()
    issued = Ticket.objects.issued().filter(show__ends_at__gt=now)
    open_hold = Q(state=Booking.State.HELD, expires_at__gt=now)
    cash, refunds = waiting_in_cash(), Refund.objects.filter(state=Refund.State.PENDING)
    for reason, which in (
        (
            _("You have tickets for upcoming shows. Cancel them, or come back after the show."),
            Q(pk__in=issued.values("booking")),
        ),
        (
            _("You are in the middle of a booking. Finish it or release it first."),
            open_hold | Q(payments__state=Payment.State.STARTED),
        ),
        (
            _("A cash refund is waiting for you at the box office. Collect it, then come back."),
            Q(payments__in=cash.values("payment")),
        ),
        (
            _("A refund is on its way to you. Come back when it has arrived."),
            Q(payments__in=refunds.exclude(pk__in=cash.values("pk")).values("payment")),
        ),
        (
            _("A refund to you failed. Ask the box office how to get your money, then come back."),
            Q(payments__in=open_failures().values("payment"))
            | Q(payments__state=Payment.State.SURPLUS, payments__refunded__lt=F("payments__received_amount")),
        ),
    ):
        found = bookings_of(person).filter(which).distinct()
        bookings = list(found.select_related("theater__city").with_shows())
        if bookings:
            yield Obstacle(reason, bookings)
    if Drawer.objects.filter(person=person.user, closed_at=None).exists():
        yield Obstacle(_("Your drawer is open. Ask a manager of the theater to count and close it first."))


# How a row that belongs to a show names it.
AT_SHOW = {"event": "show__event__title", "theater": "show__hall__theater__name", "starts_at": "show__starts_at"}

_OF_TICKET = {
    **AT_SHOW,
    "hall": "show__hall__name",
    "code": "code",
    "section": "seat__section",
    "row": "seat__row",
    "seat": "seat__number",
    "area": "area__name",
    "type": "ticket_type__name",
    "state": "state",
}

HOLDINGS = [
    Holding(
        Booking,
        bookings_of,
        section="bookings",
        personal=("name", "email", "phone", "note", "network_key"),
        withheld={"network_key": "A keyed hash, and only while the booking is not paid."},
        # Disables links that were sent before.
        becomes={"link_version": F("link_version") + 1},
        tells={
            "theater": "theater__name",
            "code": "code",
            "state": "state",
            "language": "locale",
            "booked_at": "created_at",
            "total": "total",
            "discount": "discount",
            "fees": "fees",
            "tax": "tax",
            "currency": "currency",
            "voucher": "voucher__code",
        },
    ),
    Holding(
        Acceptance,
        lambda person: Acceptance.objects.filter(booking__in=bookings_of(person)),
        section="accepted_texts",
        tells={
            "booking": "booking__code",
            "page": "version__kind",
            "version": "version__number",
            "language": "language",
            "how": "how",
            "at": "accepted_at",
        },
    ),
    Holding(
        Ticket,
        tickets_of,
        section="tickets",
        personal=("attendee_name", "attendee_email"),
        tells={
            **_OF_TICKET,
            "booking": "booking__code",
            # The same as `Ticket.cost`.
            "price": F("price") - F("discount"),
        },
    ),
    Holding(
        Ticket,
        lambda person: Ticket.objects.filter(attendee_email__in=person.addresses),
        section="tickets_passed_on_to_you",
        personal=("attendee_name", "attendee_email"),
        tells=_OF_TICKET,
    ),
    Holding(
        Payment,
        _payments,
        section="payments",
        tells={
            "booking": "booking__code",
            "gateway": "gateway",
            "amount": "amount",
            "currency": "currency",
            "received": "received_amount",
            "received_currency": "received_currency",
            "state": "state",
            "reference": "reference",
            "at": "created_at",
        },
    ),
    Holding(
        Refund,
        _refunds,
        section="refunds",
        personal=("reason", "error"),
        tells={
            "booking": "payment__booking__code",
            "amount": "amount",
            "currency": "payment__received_currency",
            "state": "state",
            "origin": "source",
            "way": "way",
            "reference": "reference",
            "at": "created_at",
        },
    ),
    Holding(
        BankTransfer,
        lambda person: BankTransfer.objects.filter(booking__in=bookings_of(person)),
        section="bank_transfers",
        personal=("payer", "payer_iban", "text", "reason"),
        # A transfer that is set aside keeps a reason.
        becomes={"reason": Case(When(reason="", then=Value("")), default=Value(ERASED))},
        tells={
            "booking": "booking__code",
            "amount": "amount",
            "currency": "currency",
            "booked_on": "booked_on",
            "state": "state",
        },
    ),
    Holding(
        Remedy,
        _remedies,
        section="corrections",
        personal=("reason",),
        becomes={"reason": ERASED},
        tells={"at": "made_at"},
    ),
    Holding(
        Exchange,
        lambda person: Exchange.objects.filter(booking__in=bookings_of(person)),
        section="exchanges",
        personal=("reason",),
        tells={"booking": "booking__code", "worth": "worth", "at": "created_at", "completed_at": "completed_at"},
    ),
    # Messages to an earlier address of the booking. They may be about another person and are left out.
    messages(lambda person: Notification.objects.filter(user=None, about__in=bookings_of(person).values("code"))),
    Holding(Drawer, lambda person: Drawer.objects.filter(person=person.user), is_named=True),
]

NOT_PERSONAL = {
    "bookings.Booking": ["code", "currency", "locale", "idempotency_key", "cart"],
    "bookings.Ticket": ["code"],
    "bookings.Acceptance": ["language"],
    "bookings.FeeLine": ["name"],
    "bookings.Voucher": ["code"],
    # What staff keep places for.
    "bookings.HouseSeries": ["places", "reason"],
    # The books need references to find money at a gateway or bank.
    "payments.Payment": ["currency", "received_currency", "reference"],
    "payments.Refund": ["reference"],
    "payments.BankFile": ["file_name"],
    "payments.BankTransfer": ["fingerprint", "currency"],
    # A theater's, with its keys encrypted.
    "payments.GatewayAccount": [
        "encrypted_key",
        "encrypted_webhook_secret",
        "encrypted_old_webhook_secret",
        "key_ending",
        "remote_id",
        "remote_name",
    ],
    # Numbers and states only: see `gateways/base.py`.
    "payments.GatewayEvent": ["event_id", "kind", "payload"],
    # What staff write about the cash in their drawer.
    "payments.Drawer": ["currency", "denominations", "explanation"],
    "payments.DrawerEntry": ["reason"],
    "payments.Till": ["name", "prefix"],
    "payments.Reconciliation": ["file_name", "ignored"],
    "payments.ReconciliationLine": ["reference", "currency"],
    # About a gateway's file, not about a person; the file itself is kept until its columns are named.
    "payments.ExportMapping": [
        "date_column",
        "time_column",
        "amount_column",
        "reference_columns",
        "currency_column",
        "default_currency",
        "kind_column",
        "fee_column",
        "payment_words",
        "refund_words",
    ],
    "payments.ExportUpload": ["file_name", "content"],
}

OBSTACLES = [find_obstacles]
