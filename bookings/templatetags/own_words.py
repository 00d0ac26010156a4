"""What a theater says itself on the pages of a booking."""

from __future__ import annotations

from typing import Any

from django import template

from bookings.models import Booking
from bookings.own_words import read_words
from events.models import Show
from theaters.models import Theater

register = template.Library()


@register.inclusion_tag("bookings/_own_words.html")
def own_words(group: str, booking: Booking, theater: Theater, show: Show | None = None, **guest: str) -> dict[str, Any]:
    """Show the theater's note, if it has one; `show` is that of a booking for one show alone.

    `name` is the guest's, if not the customer's.
    """
    return {"words": read_words(group, booking, theater, show, **guest).get("note")}
