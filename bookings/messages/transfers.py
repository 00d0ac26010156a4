"""Messages to customers who pay by bank transfer: where to send the money, and a reminder before it is due."""

from datetime import datetime, time
from typing import Any

from bookings.messages.customers import describe_amount, notify_customer, read_tickets
from bookings.models import Booking, Ticket
from notifications.models import Notification
from payments.models import BankAccount, Payment
from payments.transfers import EPC_CURRENCY, write_reference


def ask_for_transfer(payment: Payment, account: BankAccount) -> Notification | None:
    """Say where the money goes and by when, once for each amount and day."""
    booking = payment.booking
    return _write(booking, payment, account, Notification.Kind.TRANSFER_ASKED)


def remind_of_transfer(booking: Booking, payment: Payment, account: BankAccount) -> Notification | None:
    """Remind the customer, once for each day on which the money is due."""
    return _write(booking, payment, account, Notification.Kind.TRANSFER_DUE)


def notify_transfer_ended(payment: Payment) -> Notification | None:
    """Tell the customer, once, that the places are free again; nothing if they were paid in another way."""
    booking = payment.booking
    if booking.state == Booking.State.CONFIRMED:
        return None
    return notify_customer(
        booking,
        kind=Notification.Kind.TRANSFER_ENDED,
        fact=f"{booking.code}:{booking.transfer_due_on}",
        tickets=read_tickets(booking).filter(state=Ticket.State.RELEASED),
        context={"due": describe_amount(payment.amount, payment.currency)},
    )


def _noon(booking: Booking) -> datetime:
    """Return a moment of the day on which the money is due, by the theater's clock."""
    if booking.transfer_due_on is None:
        raise ValueError("This booking waits for no transfer.")
    return datetime.combine(booking.transfer_due_on, time(12), tzinfo=booking.theater.tz)


def _write(booking: Booking, payment: Payment, account: BankAccount, kind: str) -> Notification | None:
    has_code = payment.currency == EPC_CURRENCY
    context: dict[str, Any] = {
        "due": describe_amount(payment.amount, payment.currency),
        "due_on": _noon(booking).isoformat(),
        "holder": account.holder,
        "iban": account.written_iban,
        "bic": account.bic,
        "reference": write_reference(payment.reference),
        "has_code": has_code,
    }
    return notify_customer(
        booking,
        kind=kind,
        fact=f"{payment.pk}:{booking.transfer_due_on}",
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        attachments=[("transfer.png", booking.code)] if has_code else [],
        context=context,
    )
