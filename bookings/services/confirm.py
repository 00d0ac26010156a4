"""Turn a hold into a booking: money has come, or none is due."""

from datetime import datetime
from decimal import Decimal

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import DetailsMissing, HoldExpired, SeatsUnavailable, WrongState
from bookings.models import Booking, Payment, Ticket
from bookings.models.drawer import CASH
from bookings.services import drawer
from bookings.services.complete_exchange import complete_exchange, exchange_of, object_to_exchange
from bookings.services.refund import request_refund
from bookings.services.take_again import take_again
from events.models import Show
from theaters.money import round_money

log = structlog.get_logger(__name__)

RECEIVED = (Payment.State.CAPTURED, Payment.State.SURPLUS)


def confirm_payment(
    *,
    payment: Payment,
    reference: str = "",
    by: User | None = None,
    amount: Decimal | None = None,
    currency: str = "",
) -> Booking:
    """Record that the money has come, and issue the tickets that it pays. Harmless when repeated.

    `amount` and `currency` are what the gateway says was paid, where it does. A lapsed hold takes
    its places again if they are free. Money that buys nothing, because they are not, the booking is
    paid already or the amount is wrong, becomes a surplus: it is refunded and explained, and staff
    see it. Cash goes into the open drawer of whoever takes it: raises `NoOpenDrawer`. The caller
    tells by the states of the returned booking and of the payment, which is brought up to date.
    """
    with transaction.atomic():
        old = locking.lock_booking(payment.exchange.booking_id) if payment.exchange else None
        booking = locking.lock_booking(payment.booking_id)
        now = timezone.now()
        payment.refresh_from_db()
        payment.booking = booking
        if payment.state in RECEIVED:
            return booking
        payment.reference = reference or payment.reference
        payment.captured_at = now
        objection = _find_mismatch(payment, amount, currency) or _take_places(booking, old, now)
        if payment.gateway == CASH:
            drawer.put_in(payment, by)
        payment.state = Payment.State.SURPLUS if objection else Payment.State.CAPTURED
        payment.save(update_fields=["reference", "captured_at", "state"])
        if objection:
            _return_money(payment, objection, amount, currency)
        else:
            if old is not None:
                _complete(booking, old, now, by)
            mark_confirmed(booking, now, by)
    return booking


def confirm_free(*, booking: Booking, by: User | None = None) -> Booking:
    """Confirm a hold that costs nothing. Harmless when repeated.

    Raises `WrongState` when there is something to pay, `DetailsMissing`, `HoldExpired`.
    """
    with transaction.atomic():
        old_id = Booking.objects.filter(exchanges__replacement=booking.pk).values_list("pk", flat=True).first()
        old = locking.lock_booking(old_id) if old_id else None
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        if booking.state == Booking.State.CONFIRMED:
            return booking
        if booking.due:
            raise WrongState
        check_payable(booking, now)
        if old is not None:
            if _object(booking, old):
                raise WrongState
            _complete(booking, old, now, by)
        Ticket.objects.filter(booking=booking, state=Ticket.State.HELD).update(state=Ticket.State.ISSUED)
        mark_confirmed(booking, now, by)
    return booking


def check_payable(booking: Booking, now: datetime) -> None:
    """Refuse a booking that is not a live hold, or that nobody can be told about."""
    if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
        raise HoldExpired
    if booking.state != Booking.State.HELD or booking.show.state != Show.State.ON_SALE:
        raise WrongState
    if not booking.contact_email and booking.channel != Booking.Channel.BOX_OFFICE:
        raise DetailsMissing


def mark_confirmed(booking: Booking, now: datetime, by: User | None, *, after_all: bool = False) -> None:
    """Confirm a locked booking whose tickets are issued, and tell its customer, in the caller's transaction.

    `after_all` is for late money that they were told goes back.
    """
    booking.state = Booking.State.CONFIRMED
    booking.confirmed_at, booking.network_key = now, ""
    booking.save(update_fields=["state", "confirmed_at", "network_key"])
    messages.tell_confirmed(booking, after_all=after_all)
    if by is not None and by.pk != booking.customer_id:
        record(by=by, action="confirm booking", on=booking, theater_id=booking.show.hall.theater_id)


def _find_mismatch(payment: Payment, amount: Decimal | None, currency: str) -> str:
    if currency and currency != payment.currency:
        return f"paid in {currency} instead of {payment.currency}"
    if amount is not None and amount != payment.amount:
        return f"paid {amount} instead of {round_money(payment.amount, payment.currency)} {payment.currency}"
    if payment.amount != payment.booking.due:
        return "amount due has changed"
    return ""


def _object(booking: Booking, old: Booking) -> str:
    exchange = exchange_of(booking)
    return object_to_exchange(exchange, old) if exchange else ""


def _complete(booking: Booking, old: Booking, now: datetime, by: User | None) -> None:
    exchange = exchange_of(booking)
    if exchange is not None:
        exchange.replacement = booking
        complete_exchange(exchange, old=old, now=now, by=by)


def _take_places(booking: Booking, old: Booking | None, now: datetime) -> str:
    """Issue the tickets of a locked booking; return why not."""
    if booking.state == Booking.State.CONFIRMED:
        return "paid already"
    if booking.state == Booking.State.CANCELED:
        return "booking was canceled"
    if booking.show.state != Show.State.ON_SALE or now >= booking.show.ends_at:
        return "show is over or canceled"
    objection = _object(booking, old) if old is not None else ""
    if objection:
        return objection
    if booking.state == Booking.State.HELD:
        # Nobody has freed it, so its places are still its own, even when its time is over.
        Ticket.objects.filter(booking=booking, state=Ticket.State.HELD).update(state=Ticket.State.ISSUED)
        return ""
    if booking.moved_at is not None:
        # Let go for it: who pays shall have seen the show where and when it is.
        return "show was moved"
    try:
        with transaction.atomic():
            take_again(booking, now)
    except (SeatsUnavailable, IntegrityError) as error:
        log.info("places_lost", booking=booking.code, error=str(error))
        return "places are gone"
    return ""


def _return_money(payment: Payment, objection: str, amount: Decimal | None, currency: str) -> None:
    """Refund a surplus and say so; one in another currency is left to staff."""
    booking = payment.booking
    record(
        by=None,
        action="surplus payment",
        on=payment,
        theater_id=booking.show.hall.theater_id,
        after={"amount": str(payment.amount if amount is None else amount), "currency": currency or payment.currency},
        reason=objection,
    )
    log.warning("surplus_payment", booking=booking.code, payment=str(payment.key), reason=objection)
    if currency and currency != payment.currency:
        messages.tell_money_stuck(payment, objection)
        return
    returned = payment.amount if amount is None else min(amount, payment.amount)
    if returned:
        request_refund(payment=payment, amount=returned, reason=objection)
        messages.tell_money_returned(payment, returned)
