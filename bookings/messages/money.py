"""Messages to customers and staff about money that went wrong or is refunded."""

from django.utils import timezone
from django.utils.translation import gettext

from bookings.messages.customers import describe_amount, notify_customer, read_tickets
from bookings.messages.staff import alert_staff
from bookings.models import Booking, Ticket, hold_of
from lib.money import format_money
from notifications.models import Notification
from payments.models import Payment, Refund


def notify_refunded(refund: Refund) -> Notification | None:
    """Announce a refund that was made: in which way, and for which exchange."""
    booking = refund.payment.booking
    way = Refund.Way.CASH if refund.is_in_cash else refund.way
    return notify_customer(
        booking,
        kind=Notification.Kind.BOOKING_REFUNDED,
        fact=str(refund.pk),
        tickets=read_tickets(booking),
        context={
            "refund": describe_amount(refund.amount, refund.currency),
            "way": str(way),
            "is_exchange": refund.exchange_id is not None,
            "reference": refund.reference if way == Refund.Way.TRANSFER else "",
            "reason": refund.reason,
        },
    )


def notify_money_returned(payment: Payment) -> Notification | None:
    """Explain why a payment bought nothing, and that all that came is to be paid back."""
    booking = payment.booking
    return notify_customer(
        booking,
        kind=Notification.Kind.MONEY_RETURNED,
        fact=str(payment.pk),
        tickets=read_tickets(booking),
        context={
            "refund": describe_amount(payment.received_amount or payment.amount, payment.paid_currency),
            "why": payment.surplus_reason,
            "may_choose_again": payment.may_choose_again(timezone.now()),
        },
    )


def notify_payment_failed(payment: Payment) -> Notification | None:
    """Explain that a payment was declined and until when the places are kept; nothing once they are gone."""
    hold = hold_of(payment)
    if hold is None or hold.state != Booking.State.HELD or not hold.expires_at or hold.expires_at <= timezone.now():
        return None
    return notify_customer(
        payment.booking,
        kind=Notification.Kind.PAYMENT_FAILED,
        fact=str(payment.pk),
        tickets=read_tickets(hold).filter(state=Ticket.State.HELD),
        context={
            "due": describe_amount(payment.amount, payment.currency),
            "until": hold.expires_at.isoformat(),
        },
    )


def alert_refund_failed(refund: Refund) -> list[Notification]:
    """Alert the theater that a refund did not go through."""
    booking = refund.payment.booking

    def words() -> tuple[str, str]:
        values = {
            "code": booking.code,
            "amount": format_money(refund.amount, refund.currency),
            "error": refund.error,
        }
        return gettext("A refund did not go through"), gettext("Booking %(code)s, %(amount)s: %(error)s") % values

    theater = booking.theater
    # Open to everyone who gets the alert, even if they may not see all payments.
    path = f"/admin/payments/payment/{refund.payment_id}/remedy/"
    return alert_staff(theater, fact=f"refund {refund.pk}", words=words, path=path)


def alert_taken_back(refund: Refund) -> list[Notification]:
    """Alert the theater that money went back without us, and that its tickets are still good."""
    booking = refund.payment.booking
    is_chargeback = refund.source == Refund.Source.CHARGEBACK

    def words() -> tuple[str, str]:
        values = {"code": booking.code, "amount": format_money(refund.amount, refund.currency)}
        title = gettext("A payment was charged back") if is_chargeback else gettext("A refund was made at the gateway")
        return title, gettext("Booking %(code)s, %(amount)s. Decide whether its tickets stay valid.") % values

    path = f"/admin/payments/payment/{refund.payment_id}/remedy/"
    return alert_staff(booking.theater, fact=f"outside {refund.pk}", words=words, path=path)
