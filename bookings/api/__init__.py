"""API calls about seats and bookings."""

from bookings.api.bookings import booking_router
from bookings.api.seats import seat_router

__all__ = ["booking_router", "seat_router"]
