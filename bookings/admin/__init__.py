"""The console's pages for bookings and their money."""

from bookings.admin import areas, best_of_map, bookings, money, printing

__all__ = ["areas", "best_of_map", "bookings", "money", "printing"]
