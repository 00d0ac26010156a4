"""The console's pages for the programme."""

from events.admin import events, prices, reviews, shows

__all__ = ["events", "prices", "reviews", "shows"]
