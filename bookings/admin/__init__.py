"""The console's pages for bookings and their money."""

from bookings.admin import areas, bookings, money  # noqa: F401 each registers its models
