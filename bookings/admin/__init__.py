"""The console's pages for bookings, the box office, money and the door."""

from bookings.admin import (
    bookings,
    box_office,
    cancel_show,
    cancel_shows,
    correct_times,
    counter_sales,
    day_end,
    door,
    drawer,
    drawers,
    money,
    reconciliation,
    set_aside,
    waiting_list,
)

__all__ = [
    "bookings",
    "box_office",
    "cancel_show",
    "cancel_shows",
    "correct_times",
    "counter_sales",
    "day_end",
    "door",
    "drawer",
    "drawers",
    "money",
    "reconciliation",
    "set_aside",
    "waiting_list",
]
