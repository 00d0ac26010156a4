"""The console's pages for bookings and their money."""

from bookings.admin import areas, best_of_map, bookings, message_preview, money, preview_map, printing, transfers

__all__ = ["areas", "best_of_map", "bookings", "message_preview", "money", "preview_map", "printing", "transfers"]
