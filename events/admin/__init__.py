"""The console's pages for the programme."""

from events.admin import events, prices, reviews, sales_rules, shows, timetable

__all__ = ["events", "prices", "reviews", "sales_rules", "shows", "timetable"]
