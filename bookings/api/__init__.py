"""API calls about seats, bookings and entry."""

from bookings.api.bookings import booking_router
from bookings.api.door import door_router
from bookings.api.seats import seat_router

__all__ = ["booking_router", "door_router", "seat_router"]
