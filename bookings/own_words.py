"""A theater's own words around a booking: on its pages, tickets and receipts."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from bookings.messages.customers import describe_show, describe_theater
from bookings.models import Booking
from events.models import Show
from notifications.wordings import Words, fill_words, values_of
from theaters.models import Theater
from theaters.wordings.find import find_words


def read_words(
    group: str, booking: Booking, theater: Theater, show: Show | None, *, name: str | None = None
) -> dict[str, Words]:
    """Return what the theater says in the active language, by slot. `show` is None if the booking is for several.

    `name` is the reader's, if not the customer's. A theater without texts, or one that this process has met, costs
    no query.
    """
    language = translation.get_language() or booking.locale
    words = find_words(theater, group, language)
    if not words:
        return {}
    guest = booking.name if name is None else name
    context: dict[str, Any] = {"theater": describe_theater(theater), "name": guest, "code": booking.code}
    if show is not None:
        context["show"] = describe_show(show)
    return fill_words(words, values_of(context), language)


def write_words(group: str, booking: Booking, theater: Theater, show: Show | None) -> str:
    """Return the same as plain text on one line, for paper."""
    return write_line(read_words(group, booking, theater, show))


def write_line(words: dict[str, Words]) -> str:
    return " ".join(" ".join(one.text.split()) for one in words.values())
