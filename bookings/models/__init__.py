"""Bookings: from a hold over payment and entry to a refund.

Rows are written by `services/` only; the console shows them read-only, with actions.
"""

from bookings.models.bookings import (
    Booking,
    BookingQuerySet,
    Ticket,
    TicketQuerySet,
    make_booking_code,
    make_ticket_code,
)
from bookings.models.cancellations import CanceledBooking, ShowCancellation
from bookings.models.door import CheckIn
from bookings.models.drawer import Drawer, DrawerEntry
from bookings.models.exchanges import Exchange
from bookings.models.money import GatewayEvent, Payment, Refund, SandboxAnswer
from bookings.models.moves import ShowMove
from bookings.models.reconciliation import ExportMapping, ExportUpload, Reconciliation, ReconciliationLine
from bookings.models.remedies import Remedy
from bookings.models.reservations import Reservation
from bookings.models.vouchers import Voucher
from bookings.models.waiting_list import WaitingListEntry

__all__ = [
    "Booking",
    "BookingQuerySet",
    "CanceledBooking",
    "CheckIn",
    "Drawer",
    "DrawerEntry",
    "Exchange",
    "ExportMapping",
    "ExportUpload",
    "GatewayEvent",
    "Payment",
    "Reconciliation",
    "ReconciliationLine",
    "Refund",
    "Remedy",
    "Reservation",
    "SandboxAnswer",
    "ShowCancellation",
    "ShowMove",
    "Ticket",
    "TicketQuerySet",
    "Voucher",
    "WaitingListEntry",
    "make_booking_code",
    "make_ticket_code",
]
