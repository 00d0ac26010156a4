"""What is on: events, their shows, prices and reviews."""

from events.models.prices import Price, TicketType
from events.models.shows import CODE_ALPHABET, Show, ShowArea, ShowQuerySet, make_show_code
from events.models.titles import Event, EventQuerySet, Label, Review, SearchWord, SortTitleField

__all__ = [
    "CODE_ALPHABET",
    "Event",
    "EventQuerySet",
    "Label",
    "Price",
    "Review",
    "SearchWord",
    "Show",
    "ShowArea",
    "ShowQuerySet",
    "SortTitleField",
    "TicketType",
    "make_show_code",
]
