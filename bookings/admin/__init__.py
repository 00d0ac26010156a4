"""The console's pages for bookings, money and the door."""

from bookings.admin import bookings, door, money

__all__ = ["bookings", "door", "money"]
