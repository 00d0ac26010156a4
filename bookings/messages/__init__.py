"""What customers are told about their bookings.

Each function writes one outbox row in the caller's transaction and may be called again: its unique
key names the fact. A booking without an e-mail address, as at the box office, is told nothing.
"""

from bookings.messages.money import tell_money_returned, tell_refunded
from bookings.messages.purchase import send_tickets_again, tell_canceled, tell_confirmed, tell_link
from bookings.messages.shows import BeforeMove, tell_show_canceled, tell_show_moved

__all__ = [
    "BeforeMove",
    "send_tickets_again",
    "tell_canceled",
    "tell_confirmed",
    "tell_link",
    "tell_money_returned",
    "tell_refunded",
    "tell_show_canceled",
    "tell_show_moved",
]
