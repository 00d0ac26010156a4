"""The console's pages for the programme."""

from events.admin import (
    areas,
    events,
    fees,
    imports,
    pictures,
    prices,
    reviews,
    sales_rules,
    settings,
    shows,
    timetable,
)

__all__ = [
    "areas",
    "events",
    "fees",
    "imports",
    "pictures",
    "prices",
    "reviews",
    "sales_rules",
    "settings",
    "shows",
    "timetable",
]
