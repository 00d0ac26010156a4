"""What customers are told about money on its way back."""

from decimal import Decimal

from bookings.messages.telling import describe_amount, read_tickets, tell
from bookings.models import Booking, Payment, Refund
from notifications.models import Notification


def tell_refunded(refund: Refund) -> Notification | None:
    """Say that a refund was made."""
    booking = refund.payment.booking
    return tell(
        booking,
        kind="booking_refunded",
        fact=str(refund.pk),
        tickets=read_tickets(booking),
        context={"refund": describe_amount(refund.amount, refund.payment.currency), "reason": refund.reason},
    )


def tell_money_returned(payment: Payment, amount: Decimal | None = None) -> Notification | None:
    """Explain that a payment bought nothing and is paid back; `amount` where that is not all of it."""
    booking = payment.booking
    return tell(
        booking,
        kind="money_returned",
        fact=str(payment.pk),
        tickets=read_tickets(booking),
        context={
            "refund": describe_amount(payment.amount if amount is None else amount, payment.currency),
            # A second payment for a booking that stands, or the only one for seats that were lost.
            "was_paid_twice": booking.state == Booking.State.CONFIRMED,
        },
    )
