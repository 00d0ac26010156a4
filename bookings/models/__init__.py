"""Bookings: from a hold over payment and entry to a refund.

Rows are written by `services/` only; the console shows them read-only, with actions.
"""

from bookings.models.acceptances import Acceptance
from bookings.models.bookings import (
    Booking,
    BookingQuerySet,
    Ticket,
    TicketQuerySet,
    by_show,
    make_booking_code,
    make_ticket_code,
)
from bookings.models.dropped import DroppedPlaces
from bookings.models.exchanges import Exchange, exchange_of, hold_of
from bookings.models.fees import FeeLine
from bookings.models.house import HouseHold, HouseSeries
from bookings.models.prints import TicketPrint
from bookings.models.reservations import Reservation
from bookings.models.vouchers import Voucher

__all__ = [
    "Acceptance",
    "Booking",
    "BookingQuerySet",
    "DroppedPlaces",
    "Exchange",
    "FeeLine",
    "HouseHold",
    "HouseSeries",
    "Reservation",
    "Ticket",
    "TicketPrint",
    "TicketQuerySet",
    "Voucher",
    "by_show",
    "exchange_of",
    "hold_of",
    "make_booking_code",
    "make_ticket_code",
]
