"""The console's pages for the programme."""

from events.admin import events, imports, prices, reviews, sales_rules, shows, timetable

__all__ = ["events", "imports", "prices", "reviews", "sales_rules", "shows", "timetable"]
