"""Messages to customers about their bookings.

Each function writes one outbox row in the caller's transaction and may be called again, since its unique
key names the fact. A booking without an e-mail address, as at the box office, gets none.
"""

from bookings.messages.exchanges import tell_moved, tell_surcharge
from bookings.messages.money import (
    tell_money_returned,
    tell_payment_failed,
    tell_refund_failed,
    tell_refunded,
    tell_taken_back,
)
from bookings.messages.purchase import send_tickets_again, tell_canceled, tell_confirmed, tell_link
from bookings.messages.staff import tell_staff

__all__ = [
    "send_tickets_again",
    "tell_canceled",
    "tell_confirmed",
    "tell_link",
    "tell_money_returned",
    "tell_moved",
    "tell_payment_failed",
    "tell_refund_failed",
    "tell_refunded",
    "tell_staff",
    "tell_surcharge",
    "tell_taken_back",
]
