"""Guests of the demo season who booked two evenings at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bookings.models import Booking, Ticket
from demo.sales import Ledger
from events.models import Show
from payments.models import Payment, Refund

# Of the guests who booked within an hour of each other, every tenth is one and the same.
_WITHIN, _EVERY = timedelta(hours=1), 10


def put_into_baskets(ledger: Ledger, shows: Sequence[Show]) -> None:
    """Make one booking, paid at once, of some that guests made for two shows shortly after each other."""
    by_key = {show.pk: show for show in shows}
    tickets: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in ledger.tickets:
        tickets[ticket.booking.code].append(ticket)
    payments = {payment.booking.code: payment for payment in ledger.payments}
    refunds = {refund.payment.key: refund for refund in ledger.refunds}
    guests = [
        booking
        for booking in ledger.bookings
        if booking.customer is None and booking.channel == Booking.Channel.WEB and booking.confirmed_at is not None
    ]
    guests.sort(key=lambda booking: booking.created_at)
    gone = set()
    for first, second in list(pairwise(guests))[::_EVERY]:
        show = by_key[tickets[first.code][0].show_id]
        refund = refunds.get(payments[first.code].key)
        is_possible = (
            second.created_at - first.created_at < _WITHIN
            and show.pk != tickets[second.code][0].show_id
            and second.created_at < show.starts_at - timedelta(hours=1)
            and (refund is None or refund.created_at > payments[second.code].created_at + timedelta(hours=1))
        )
        if is_possible:
            _join(first, second, tickets[first.code], (payments[first.code], payments[second.code]), refund)
            gone.add(first.code)
    ledger.bookings = [booking for booking in ledger.bookings if booking.code not in gone]
    ledger.payments = [payment for payment in ledger.payments if payment.booking.code not in gone]


def _join(
    first: Booking, second: Booking, tickets: list[Ticket], payments: tuple[Payment, Payment], refund: Refund | None
) -> None:
    """Give all of the first booking to the second, which is paid a little later."""
    for ticket in tickets:
        ticket.booking = second
    for name in ("total", "fees", "tax"):
        setattr(second, name, getattr(first, name) + getattr(second, name))
    earlier, payment = payments
    payment.amount = second.total
    payment.refunded += earlier.refunded
    payment.receive(payment.captured_at or payment.created_at)
    if refund is not None:
        refund.payment = payment
    if first.state != second.state:
        second.state, second.canceled_at = Booking.State.CONFIRMED, None
    elif first.canceled_at is not None and second.canceled_at is not None:
        second.canceled_at = max(first.canceled_at, second.canceled_at)
