"""What a booking cost, what came in and went back, and what the theater keeps or owes the customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bookings.models import Booking
from bookings.pricing import ZERO
from payments.models import Payment, Refund


@dataclass
class Balance:
    """Amounts in the booking's currency; each payment and refund counts in exactly one of them.

    `paid` bought its tickets. `owed` should have gone back and did not: failed refunds that nothing has replaced,
    and money that bought nothing and is not being refunded.
    """

    total: Decimal
    due: Decimal
    paid: Decimal = ZERO
    surplus: Decimal = ZERO
    refunded: Decimal = ZERO
    refund_pending: Decimal = ZERO
    owed: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        """What the theater keeps."""
        return self.paid + self.surplus - self.refunded - self.refund_pending - self.owed


def find_balance(booking: Booking, payments: Iterable[Payment], refunds: Iterable[Refund], now: datetime) -> Balance:
    """Add up a booking from its payments and their refunds, each with its `remedy` loaded. No query."""
    is_open = booking.state == Booking.State.HELD and not booking.is_lapsed(now)
    balance = Balance(booking.total, booking.due if is_open else ZERO)
    for payment in payments:
        if payment.paid_currency != booking.currency:
            continue
        if payment.state == Payment.State.CAPTURED:
            balance.paid += payment.amount
        elif payment.state == Payment.State.SURPLUS:
            balance.surplus += payment.received_amount or ZERO
            balance.owed += payment.left
    for refund in refunds:
        if refund.currency != booking.currency:
            continue
        if refund.state == Refund.State.SUCCEEDED:
            balance.refunded += refund.amount
        elif refund.state == Refund.State.PENDING:
            balance.refund_pending += refund.amount
        # What a failed refund did not give back of a surplus is left of the payment; a failed chargeback was won.
        elif refund.is_outside:
            continue
        elif refund.payment.state == Payment.State.CAPTURED and not hasattr(refund, "remedy"):
            balance.owed += refund.amount
    return balance
