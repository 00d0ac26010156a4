"""Turn a hold into a booking, when its money has come or none is due."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import (
    DetailsMissing,
    HoldExpired,
    SeatsUnavailable,
    TicketRulesBroken,
    TooManyTickets,
    VoucherRefused,
    WrongState,
)
from bookings.models import Booking, Exchange, Ticket, exchange_of
from bookings.selectors import in_seating_order, read_tickets
from bookings.services.complete_exchange import complete_exchange, object_to_exchange
from bookings.services.late_money import check_limit, reissue
from bookings.services.refund import request_refund
from bookings.services.vouchers import check_uses_by_customer
from events.models import Show
from lib.compiled import compiled, compiled_update, refresh, update
from payments import drawers
from payments.models import Payment

log = structlog.get_logger(__name__)

SurplusReason = Payment.SurplusReason


class _Late(Exception):
    """The hold is over, so the customer's other tickets count, and have to be locked first."""


def confirm_payment(
    *,
    payment: Payment,
    reference: str = "",
    by: User | None = None,
    amount: Decimal | None = None,
    currency: str = "",
) -> Booking:
    """Record that the money has come, and issue the tickets that it pays for. Harmless when repeated.

    `amount` and `currency` are what the gateway says was paid, if it does. A lapsed hold takes its places
    again if they are free and its customer may still have them. Money that buys nothing becomes a surplus:
    all of it is refunded and explained, and staff see it. Cash goes into the open drawer of the person who
    takes it; raises `NoOpenDrawer`. The surcharge of an exchange completes it. The states of the returned booking
    and of `payment`, which is updated, show the result.
    """
    try:
        with transaction.atomic():
            return _confirm(payment, reference, by, amount, currency)
    except _Late:
        with transaction.atomic():
            # Before the booking, as the order of locks demands.
            locking.lock_customer_of((payment.exchange and payment.exchange.hold_id) or payment.booking_id)
            return _confirm(payment, reference, by, amount, currency, is_customer_locked=True)


def _confirm(
    payment: Payment,
    reference: str,
    by: User | None,
    amount: Decimal | None,
    currency: str,
    *,
    is_customer_locked: bool = False,
) -> Booking:
    booking = locking.lock_booking(payment.booking_id)
    now = timezone.now()
    refresh(payment, _read_payment(payment.pk))
    payment.booking = booking
    if payment.state in Payment.RECEIVED:
        return booking
    exchange = payment.exchange
    # What is bought: the hold of an exchange, None once that is complete, or the booking itself.
    hold = booking if exchange is None else _lock_hold(exchange)
    payment.reference = reference or payment.reference
    payment.receive(now, amount=amount, currency=currency)
    tickets: list[Ticket] = []
    wanted: list[Ticket] = []
    reason = SurplusReason.PAID_ALREADY if hold is None else _find_mismatch(payment, hold)
    if hold is not None and reason is None:
        if _is_late(hold, now) and not is_customer_locked:
            raise _Late
        tickets = in_seating_order(read_tickets(hold))
        wanted = [ticket for ticket in tickets if ticket.state != Ticket.State.CANCELED]
        reason = _find_objection(hold, wanted, now)
        if reason is None and exchange is not None:
            reason = object_to_exchange(exchange, booking)
        if reason is None:
            reason = _buy(booking, hold, exchange, wanted, now, by)
    if payment.gateway == Payment.Gateway.CASH:
        drawers.book_cash(payment, by)
    payment.state = Payment.State.SURPLUS if reason else Payment.State.CAPTURED
    payment.surplus_reason = reason or ""
    update(payment, "reference", "captured_at", "received_amount", "received_currency", "state", "surplus_reason")
    if reason is not None:
        _return_money(payment, reason)
    elif exchange is None:
        mark_confirmed(booking, now, by, tickets=wanted)
        if all(ticket.state == Ticket.State.ISSUED for ticket in wanted):
            booking.made_tickets = tickets
    return booking


@compiled
def _read_payment(pk: int) -> QuerySet[Payment]:
    return Payment.objects.filter(pk=pk)


def _lock_hold(exchange: Exchange) -> Booking | None:
    """Lock the hold of an exchange whose booking is locked; None if the exchange is complete."""
    exchange.refresh_from_db()
    exchange.hold = locking.lock_booking(exchange.hold_id) if exchange.hold_id else None
    return exchange.hold


def _buy(  # noqa: PLR0917
    booking: Booking,
    hold: Booking,
    exchange: Exchange | None,
    tickets: Iterable[Ticket],
    now: datetime,
    by: User | None,
) -> SurplusReason | None:
    """Issue the tickets of a locked hold; return why not, if its places or the customer's right to them are gone."""
    # A hold whose time is not over has its places for certain, and needs no savepoint to give them up.
    is_certain = exchange is None and not _is_late(hold, now)
    try:
        with nullcontext() if is_certain else transaction.atomic():
            if _is_late(hold, now):
                check_limit(hold, now)
            if exchange is None:
                _take_places(booking, tickets, now)
            else:
                complete_exchange(exchange, booking=booking, hold=hold, now=now, by=by)
    except TooManyTickets:
        return SurplusReason.OVER_LIMIT
    except VoucherRefused:
        return SurplusReason.VOUCHER_USED
    except (SeatsUnavailable, TicketRulesBroken, IntegrityError) as error:
        log.info("places_lost", booking=booking.code, error=str(error))
        return SurplusReason.PLACES_GONE
    return None


def confirm_free(*, booking: Booking, by: User | None = None) -> Booking:
    """Confirm a hold that costs nothing. Harmless when repeated.

    Raises `WrongState` when there is something to pay, `DetailsMissing`, `HoldExpired`.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        if booking.state == Booking.State.CONFIRMED:
            return booking
        if booking.due or exchange_of(booking) is not None:
            raise WrongState
        check_payable(booking, now)
        tickets = in_seating_order(read_tickets(booking))
        _issue(booking, tickets)
        booking.made_tickets = tickets
        mark_confirmed(booking, now, by, tickets=[one for one in tickets if one.state == Ticket.State.ISSUED])
    return booking


def _issue(booking: Booking, tickets: Iterable[Ticket]) -> None:
    _issue_held(booking.pk)
    for ticket in tickets:
        if ticket.state == Ticket.State.HELD:
            ticket.state = Ticket.State.ISSUED


@compiled_update
def _issue_held(booking_id: int) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    return Ticket.objects.filter(booking=booking_id, state=Ticket.State.HELD), {"state": Ticket.State.ISSUED}


@compiled_update
def _confirm_booking(booking_id: int, now: datetime) -> tuple[QuerySet[Booking], dict[str, Any]]:
    return Booking.objects.filter(pk=booking_id), {
        "state": Booking.State.CONFIRMED, "confirmed_at": now, "network_key": "",
    }  # fmt: skip


def check_payable(booking: Booking, now: datetime) -> None:
    """Refuse a locked booking that is not a live hold, or whose customer can't be reached."""
    if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
        raise HoldExpired
    if booking.state != Booking.State.HELD or booking.is_off_sale:
        raise WrongState
    if not booking.contact_email and booking.channel != Booking.Channel.BOX_OFFICE:
        raise DetailsMissing


def mark_confirmed(
    booking: Booking,
    now: datetime,
    by: User | None,
    *,
    tickets: Iterable[Ticket] | None = None,
    after_all: bool = False,
) -> None:
    """Confirm a locked booking whose tickets are issued, and notify its customer, in the caller's transaction.

    `tickets` are all of them, if they have been read for the message. `after_all` is for late money that the
    customer was told would be refunded.
    """
    booking.state = Booking.State.CONFIRMED
    booking.confirmed_at, booking.network_key = now, ""
    _confirm_booking(booking.pk, now)
    messages.notify_confirmed(booking, tickets, after_all=after_all)
    if by is not None and by.pk != booking.customer_id:
        record(by=by, action=Action.CONFIRM_BOOKING, on=booking, theater_id=booking.theater_id)


def _is_late(booking: Booking, now: datetime) -> bool:
    return booking.state == Booking.State.EXPIRED or booking.is_lapsed(now)


def _find_mismatch(payment: Payment, hold: Booking) -> SurplusReason | None:
    if payment.received_currency != payment.currency:
        return SurplusReason.OTHER_CURRENCY
    if payment.received_amount != payment.amount:
        return SurplusReason.OTHER_AMOUNT
    if payment.amount != hold.due:
        return SurplusReason.AMOUNT_CHANGED
    return None


def _find_objection(booking: Booking, tickets: Iterable[Ticket], now: datetime) -> SurplusReason | None:
    """Return why money can't buy a locked booking, regardless of whether its places are free."""
    if booking.state == Booking.State.CONFIRMED:
        return SurplusReason.PAID_ALREADY
    if booking.state == Booking.State.CANCELED:
        return SurplusReason.BOOKING_CANCELED
    for ticket in tickets:
        if ticket.show.state == Show.State.CANCELED:
            return SurplusReason.SHOW_CANCELED
        if now >= ticket.show.ends_at:
            return SurplusReason.SHOW_OVER
        if ticket.show.state != Show.State.ON_SALE:
            return SurplusReason.OFF_SALE
        if ticket.show_moved_at is not None and booking.state == Booking.State.EXPIRED:
            # Released because the show moved: customers must see where and when it is before they pay.
            return SurplusReason.SHOW_MOVED
    return None


def _take_places(booking: Booking, tickets: Iterable[Ticket], now: datetime) -> None:
    """Issue the `tickets` of a locked booking. Raises what `reissue` and `check_uses_by_customer` raise."""
    if booking.state == Booking.State.HELD:
        # It has not been freed, so it still has its places, even if its time is over.
        _issue(booking, tickets)
    else:
        reissue(booking, now)
    if _is_late(booking, now) and booking.voucher_id is not None:
        check_uses_by_customer(booking, locking.lock_voucher(booking.voucher_id), now)


def _return_money(payment: Payment, reason: SurplusReason) -> None:
    """Promise a refund of everything that came, in its own currency, and notify the customer."""
    booking = payment.booking
    record(
        by=None,
        action=Action.SURPLUS_PAYMENT,
        on=payment,
        theater_id=booking.theater_id,
        after={"amount": str(payment.received_amount), "currency": payment.received_currency, "why": reason.value},
    )
    log.warning("surplus_payment", booking=booking.code, payment=str(payment.key), reason=reason.value)
    if payment.left:
        request_refund(payment=payment, amount=payment.left)
        messages.notify_money_returned(payment)
