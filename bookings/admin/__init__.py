"""The console's pages for bookings and their money."""

from bookings.admin import areas, bookings, money, printing

__all__ = ["areas", "bookings", "money", "printing"]
