"""Pay by bank transfer: places are held until a day by which the money must arrive.

Staff may ask anyone for a transfer. Customers may choose it as the setting `TRANSFERS` says. Whoever waits for the
money, it confirms the booking through `confirm_payment`, as all money does.
"""

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from accounts.roles import Person
from bookings import locking, messages
from bookings.errors import DetailsMissing, NothingToPay, WrongState
from bookings.models import Booking, Reservation, exchange_of
from bookings.services.confirm import check_payable, confirm_payment
from bookings.services.details import CONTACT, Details, take_details
from bookings.services.refund import apply_refund_outcome
from events.models import TransferPolicy
from events.models.own_settings import MIN_TRANSFER_DAYS
from events.models.settings import TRANSFER_DAYS, TRANSFERS
from lib.compiled import update
from lib.refusals import Refusal
from payments.errors import GatewayNotOffered
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.models import BankAccount, BankTransfer, Payment, Refund, TransferCustomer
from payments.transfers import make_reference

# The last day on which a customer's transfer may arrive, before the first show.
DAYS_BEFORE_SHOW = 2
# For how long places are kept after that day, so that the bank's file can tell what came.
DAYS_TO_SEE_IT = 1


class NoBankAccount(Refusal):
    message = _("This theater has no bank account for transfers yet. A manager can enter it under Settings.")


class DueOutOfRange(WrongState):
    message = _("The time for a bank transfer must end before the first show, and in the future.")


def find_offer(booking: Booking, user: Person, now: datetime) -> date | None:
    """Return by which day a hold's customer may pay by bank transfer; None if it is not offered.

    No query where the shows' settings leave it to staff, three at most.
    """
    if not booking.due or not isinstance(user, User) or booking.customer_id not in (None, user.pk):
        return None
    if booking.transfer_due_on is not None or exchange_of(booking) is not None:
        return None
    shows = booking.shows
    policies = {TRANSFERS.of(show.scope) for show in shows}
    if not shows or TransferPolicy.STAFF in policies:
        return None
    if TransferPolicy.CHOSEN in policies and not _is_chosen(user, booking.theater_id):
        return None
    if not BankAccount.objects.filter(theater=booking.theater_id).exists():
        return None
    tz = booking.theater.tz
    today = timezone.localtime(now, tz).date()
    latest = timezone.localtime(shows[0].starts_at, tz).date() - timedelta(days=DAYS_BEFORE_SHOW)
    due_on = min(latest, *(today + timedelta(days=TRANSFER_DAYS.of(show.scope)) for show in shows))
    return due_on if due_on >= today + timedelta(days=MIN_TRANSFER_DAYS) else None


def _is_chosen(user: User, theater_id: int) -> bool:
    return TransferCustomer.objects.filter(theater=theater_id, email=user.email.lower()).exists()


def start_transfer(*, booking: Booking, user: Person, details: Details | None = None) -> Payment:
    """Hold until the money of a transfer is due, at the choice of the customer. Repeatable.

    Raises `GatewayNotOffered`, and what `ask_for_transfer` and `set_details` raise.
    """
    with transaction.atomic():
        booking = take_details(booking, details) if details else locking.lock_booking(booking.pk)
        if details:
            update(booking, *CONTACT)
        if booking.transfer_due_on is None:
            due_on = find_offer(booking, user, timezone.now())
            if due_on is None:
                raise GatewayNotOffered
        else:
            due_on = booking.transfer_due_on
        return _wait_for_money(booking, due_on, _end_of(due_on, booking), by=None)


def ask_for_transfer(*, booking: Booking, until: datetime, by: User) -> Payment:
    """Let a hold wait for a bank transfer until a moment that staff set, and write to its customer. Repeatable.

    The money is due the day before. Asked again for another moment, it moves, with the reservation that the hold
    may be. Raises `NoBankAccount`, `DueOutOfRange`, `DetailsMissing` without an e-mail address, `NothingToPay`,
    `HoldExpired`, `WrongState`.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        tz, now = booking.theater.tz, timezone.now()
        if not now < until <= min((show.starts_at for show in booking.shows), default=until):
            raise DueOutOfRange
        due_on = timezone.localtime(until, tz).date() - timedelta(days=DAYS_TO_SEE_IT)
        payment = _wait_for_money(booking, max(due_on, timezone.localtime(now, tz).date()), until, by=by)
        Reservation.objects.filter(booking=booking).update(until=until)
        record(
            by=by,
            action=Action.ASK_FOR_TRANSFER,
            on=booking,
            theater_id=booking.theater_id,
            after={"until": until.isoformat(), "amount": str(payment.amount), "currency": payment.currency},
        )
    return payment


def _end_of(due_on: date, booking: Booking) -> datetime:
    """Return when a hold lapses whose money is due on a day: at midnight of the theater, a day later."""
    return datetime.combine(due_on + timedelta(days=1 + DAYS_TO_SEE_IT), time(), tzinfo=booking.theater.tz)


def _wait_for_money(booking: Booking, due_on: date, until: datetime, *, by: User | None) -> Payment:
    """Open the payment of a locked hold, or find it again, and keep the hold until then."""
    now = timezone.now()
    check_payable(booking, now)
    if not booking.due:
        raise NothingToPay
    if exchange_of(booking) is not None:
        raise WrongState
    if not booking.contact_email:
        raise DetailsMissing
    account = BankAccount.objects.filter(theater=booking.theater_id).first()
    if account is None:
        raise NoBankAccount
    payment = find_awaited(booking)
    if payment is None or payment.amount != booking.due:
        payment = begin_payment(booking, by)
    booking.transfer_due_on, booking.expires_at, booking.is_extended = due_on, until, True
    booking.save(update_fields=["transfer_due_on", "expires_at", "is_extended"])
    messages.ask_for_transfer(payment, account)
    return payment


def begin_payment(booking: Booking, by: User | None) -> Payment:
    """Make the payment of what a booking costs by bank transfer, in the caller's transaction."""
    return Payment.objects.create(
        booking=booking,
        gateway=Payment.Gateway.TRANSFER,
        amount=booking.due,
        currency=booking.currency,
        reference=make_reference(booking.code),
        key=uuid.uuid4(),
        made_by=by,
    )


def find_awaited(booking: Booking) -> Payment | None:
    """Return the payment for which a booking waits; the newest, if its amount has changed. One query."""
    return Payment.objects.awaited_transfers().filter(booking=booking).order_by("-pk").first()


def find_missing(booking: Booking) -> Payment | None:
    """Return the newest transfer that has not come, even if its hold is over. One query, none without any."""
    if booking.transfer_due_on is None:
        return None
    states = (Payment.State.STARTED, Payment.State.ABANDONED)
    return booking.payments.filter(gateway=Payment.Gateway.TRANSFER, state__in=states).order_by("-pk").first()


def receive_transfer(
    *, payment: Payment, by: User, payer: str = "", payer_iban: str = "", bank_reference: str = ""
) -> Booking:
    """Record that the whole amount of a transfer has come, as staff see it at the bank. Repeatable.

    Money that comes late is dealt with as `confirm_payment` does. The same money in a file of the bank is not
    counted again (`bank_file.py`). Raises `WrongState` for other payments.
    """
    with transaction.atomic():
        # Before the booking, as the order of locks demands: the money may be late.
        locking.lock_customer_of(payment.booking_id)
        booking = locking.lock_booking(payment.booking_id)
        payment.refresh_from_db()
        if payment.gateway != Payment.Gateway.TRANSFER or payment.state == Payment.State.DECLINED:
            raise WrongState
        if payment.state in Payment.RECEIVED:
            return booking
        booking = confirm_payment(payment=payment, by=by)
        now = timezone.now()
        BankTransfer.objects.create(
            theater=booking.theater,
            fingerprint=f"by hand {payment.key}",
            booked_on=timezone.localtime(now, booking.theater.tz).date(),
            amount=payment.amount,
            currency=payment.currency,
            payer=payer.strip()[:140],
            payer_iban=payer_iban,
            text=bank_reference.strip()[:500],
            state=BankTransfer.State.BOOKED,
            booking=booking,
            payment=payment,
            settled_by=by,
            settled_at=now,
        )
        record(
            by=by,
            action=Action.RECEIVE_TRANSFER,
            on=payment,
            theater_id=booking.theater_id,
            after={"amount": str(payment.received_amount), "currency": payment.received_currency},
        )
    return booking


def to_be_sent() -> QuerySet[Refund]:
    """Refunds that staff are to send by their bank."""
    return Refund.objects.filter(
        payment__gateway=Payment.Gateway.TRANSFER,
        way=Refund.Way.AS_PAID,
        source=Refund.Source.HERE,
        state=Refund.State.PENDING,
    )


def find_sender(payment: Payment) -> BankTransfer | None:
    """Return the transfer by which the money of a payment came: its account is where a refund goes. One query."""
    came = BankTransfer.objects.filter(Q(payment=payment) | Q(surplus=payment))
    return came.order_by("-payer_iban", "pk").first()


def send_refund(*, refund: Refund, by: User, reference: str) -> Refund:
    """Record that staff have sent a refund by their bank, whose `reference` finds it there. Repeatable.

    Raises `WrongState` for a refund that goes another way or has failed.
    """
    with transaction.atomic():
        booking = locking.lock_booking(refund.payment.booking_id)
        refund = Refund.objects.select_related("payment").get(pk=refund.pk)
        if not to_be_sent().filter(pk=refund.pk).exists():
            if refund.state == Refund.State.SUCCEEDED:
                return refund
            raise WrongState
        apply_refund_outcome(refund, RefundOutcome(RefundStatus.SUCCEEDED, reference=reference.strip()[:255]))
        record(
            by=by,
            action=Action.SEND_TRANSFER,
            on=refund,
            theater_id=booking.theater_id,
            after={"amount": str(refund.amount), "currency": refund.currency, "reference": reference.strip()[:255]},
        )
    refund.refresh_from_db()
    return refund
