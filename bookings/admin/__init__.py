"""The console's pages for bookings, money and the door."""

from bookings.admin import bookings, cancel_show, door, money

__all__ = ["bookings", "cancel_show", "door", "money"]
