"""Messages to customers about their bookings.

Each function writes one outbox row in the caller's transaction and may be called again, since its unique
key names the fact. A booking without an e-mail address, as at the box office, gets none.
"""

from bookings.messages.customers import notify_withdrawn, send_passed_on
from bookings.messages.exchanges import notify_exchanged, notify_moved, notify_surcharge
from bookings.messages.money import (
    alert_refund_failed,
    alert_taken_back,
    notify_money_returned,
    notify_payment_failed,
    notify_refunded,
)
from bookings.messages.purchase import notify_canceled, notify_confirmed, send_booking_link, send_tickets_again
from bookings.messages.staff import alert_staff
from bookings.messages.transfers import ask_for_transfer, notify_transfer_ended, remind_of_transfer

__all__ = [
    "alert_refund_failed",
    "alert_staff",
    "alert_taken_back",
    "ask_for_transfer",
    "notify_canceled",
    "notify_confirmed",
    "notify_exchanged",
    "notify_money_returned",
    "notify_moved",
    "notify_payment_failed",
    "notify_refunded",
    "notify_surcharge",
    "notify_transfer_ended",
    "notify_withdrawn",
    "remind_of_transfer",
    "send_booking_link",
    "send_passed_on",
    "send_tickets_again",
]
