"""What customers and staff are told about money that went wrong or goes back."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.messages.staff import tell_staff
from bookings.messages.telling import describe_amount, read_tickets, tell
from bookings.models import Booking, Payment, Refund, Ticket
from notifications.models import Notification
from theaters.money import format_money


def tell_refunded(refund: Refund) -> Notification | None:
    """Say that a refund was made, and in which way."""
    booking = refund.payment.booking
    way = Refund.Way.CASH if refund.is_in_cash else refund.way
    return tell(
        booking,
        kind="booking_refunded",
        fact=str(refund.pk),
        tickets=read_tickets(booking),
        context={
            "refund": describe_amount(refund.amount, refund.payment.currency),
            "way": str(way),
            "reference": refund.reference if way == Refund.Way.TRANSFER else "",
            "reason": refund.reason,
        },
    )


def tell_money_returned(payment: Payment, amount: Decimal | None = None) -> Notification | None:
    """Explain that a payment bought nothing and is to be paid back; `amount` where that is not all of it."""
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


def tell_payment_failed(payment: Payment) -> Notification | None:
    """Say that a payment was declined and until when the places are kept; nothing once they are gone."""
    booking = payment.booking
    if booking.state != Booking.State.HELD or booking.expires_at is None or booking.expires_at <= timezone.now():
        return None
    return tell(
        booking,
        kind="payment_failed",
        fact=str(payment.pk),
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        context={
            "due": describe_amount(payment.amount, payment.currency),
            "until": booking.expires_at.isoformat(),
        },
    )


def tell_refund_failed(refund: Refund) -> list[Notification]:
    """Alert the theater that a refund did not go through."""
    booking = refund.payment.booking

    def words() -> tuple[str, str]:
        values = {
            "code": booking.code,
            "amount": format_money(refund.amount, refund.payment.currency),
            "error": refund.error,
        }
        return _("A refund did not go through"), _("Booking %(code)s, %(amount)s: %(error)s") % values

    theater = booking.show.hall.theater
    # Open to everybody who is told, though they may not see all payments.
    path = f"/admin/bookings/payment/{refund.payment_id}/remedy/"
    return tell_staff(theater, fact=f"refund {refund.pk}", words=words, path=path)


def tell_money_stuck(payment: Payment, reason: str) -> list[Notification]:
    """Alert the theater that money came which buys nothing and which nothing pays back by itself."""
    booking = payment.booking

    def words() -> tuple[str, str]:
        values = {"code": booking.code, "reason": reason}
        return _("Money needs somebody"), _("Booking %(code)s was %(reason)s. Pay it back by hand.") % values

    theater = booking.show.hall.theater
    path = f"/admin/bookings/payment/{payment.pk}/remedy/"
    return tell_staff(theater, fact=f"payment {payment.pk}", words=words, path=path)
