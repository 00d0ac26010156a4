"""Pay for a hold through any gateway."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings import locking
from bookings.errors import NothingToPay
from bookings.models import Booking, exchange_of
from bookings.services.accept_terms import Accepted, take_acceptance
from bookings.services.confirm import check_payable
from bookings.services.details import CONTACT, Details, take_details
from bookings.services.settle import apply_outcome
from events.models.settings import HOLD_EXTENSION_MINUTES, Scope
from lib.compiled import insert, update
from lib.refusals import Refusal
from payments.errors import GatewayNotOffered, PaymentDeclined
from payments.gateways import find_account, get_gateway, offered_gateways
from payments.gateways.base import Gateway, PaymentStatus
from payments.models import Payment


@dataclass(frozen=True)
class StartedPayment:
    """The payment, and where to send the customer: empty if the money is taken here (counter).

    `leads_on` says that the page there may lead on to any other site at once.
    """

    payment: Payment
    redirect_url: str
    leads_on: bool = False


def start_payment(
    *,
    booking: Booking,
    gateway: str,
    return_url: str,
    made_by: User | None = None,
    details: Details | None = None,
    accepted: Accepted | None = None,
) -> StartedPayment:
    """Open a payment of all that is due for a hold at a gateway, and extend the hold once.

    `details` are written in the same transaction, as `set_details` does, and stay even if the payment is refused.
    `accepted` are the legal texts that the customer was shown, where `details` do not have them.

    The surcharge of an exchange is paid by its hold, and the payment belongs to the booking exchanged.

    A second start finds the payment that is open there, so that a double click pays once. If the gateway says
    that it was paid already, it is confirmed, and the customer is sent to `return_url`. `made_by` is the staff
    member who takes the money at the counter. Call it outside a transaction.

    Raises `HoldExpired`, `WrongState`, `DetailsMissing`, `NothingToPay`, `GatewayNotOffered`,
    `GatewayUnavailable`; with `details` what `set_details` raises.
    """
    refusal: Refusal | None = None
    with transaction.atomic(durable=True):
        booking = take_details(booking, details) if details else locking.lock_booking(booking.pk)
        if accepted is not None:
            take_acceptance(booking, accepted)
        changed: tuple[str, ...] = CONTACT if details else ()
        try:
            adapter = get_gateway(gateway)
            payment, extended = _open_payment(booking, adapter, made_by)
            changed += extended
        except Refusal as error:
            # Not raised here, so that what the customer has typed stays.
            refusal = error
        if changed:
            update(booking, *changed)
    if refusal is not None:
        raise refusal
    started = adapter.start(payment, return_url=return_url)
    if started.outcome.status != PaymentStatus.OPEN:
        apply_outcome(payment, started.outcome)
        return StartedPayment(payment, return_url)
    if started.reference and started.reference != payment.reference:
        Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED).update(reference=started.reference)
        payment.reference = started.reference
    return StartedPayment(payment, started.redirect_url, started.leads_on)


def pay_with_token(
    *, booking: Booking, gateway: str, token: str, made_by: User | None = None, accepted: Accepted | None = None
) -> Booking:
    """Pay at once with a token of the gateway, as API clients do.

    Returns the booking: confirmed, or still held if the gateway answers later by webhook. Raises
    `PaymentDeclined`, and what `start_payment` raises.
    """
    adapter = get_gateway(gateway)
    if not adapter.takes_token(token):
        raise GatewayNotOffered
    with transaction.atomic(durable=True):
        booking = locking.lock_booking(booking.pk)
        if accepted is not None:
            take_acceptance(booking, accepted)
        payment, extended = _open_payment(booking, adapter, made_by)
        if extended:
            update(booking, *extended)
    outcome = adapter.charge(payment, token)
    apply_outcome(payment, outcome)
    if outcome.status == PaymentStatus.DECLINED:
        raise PaymentDeclined
    return payment.booking


def _open_payment(booking: Booking, adapter: Gateway, made_by: User | None) -> tuple[Payment, tuple[str, ...]]:
    """Write the intent to pay for a locked booking, or find it. The sweep closes an open payment at another gateway.

    The caller writes the fields of the booking that are returned, which extend it, and commits before it calls the
    gateway.
    """
    now = timezone.now()
    check_payable(booking, now)
    if not booking.due:
        raise NothingToPay
    if adapter not in offered_gateways(booking.theater, booking.due, is_staff=made_by is not None):
        raise GatewayNotOffered
    account = find_account(booking.theater, adapter.name)
    exchange = exchange_of(booking)
    payment = None
    if booking.is_extended:
        # A payment of another amount is from before a voucher was put on the hold.
        payments = exchange.payments if exchange else booking.payments
        started = payments.filter(
            gateway=adapter.name, account=account, state=Payment.State.STARTED, amount=booking.due
        )
        payment = started.select_related("booking").first()
    if payment is None:
        payment = Payment(
            booking=exchange.booking if exchange else booking,
            gateway=adapter.name,
            account=account,
            amount=booking.due,
            currency=booking.currency,
            key=uuid.uuid4(),
            created_at=now,
            exchange=exchange,
            made_by=made_by,
        )
        insert(payment)
    if exchange is None:
        payment.booking = booking
    if booking.is_extended:
        return payment, ()
    booking.is_extended = True
    if booking.expires_at is not None:
        booking.expires_at += timedelta(minutes=HOLD_EXTENSION_MINUTES.of(Scope(booking.theater_id)))
    return payment, ("expires_at", "is_extended")
