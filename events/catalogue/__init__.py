"""What the pages and the API of the catalogue read, as plain frozen data.

Nothing here depends on the visitor, so answers are kept in the `pages` cache for
`cache.CACHE_SECONDS`: a warm page costs no query. An explicit `now` is for tests, and bypasses the
cache. Only published events in published theaters are ever returned.

Every read starts with one statement that ends at a page of events, which it finds in the order of an
index; details are then read for these few. Counts stop at a limit (`counts.py`). The number
of statements does not depend on the size of the catalogue, and tests pin it.
"""

from events.catalogue.cache import catalogue_version, forget_catalogue
from events.catalogue.cards import EventCard, LabelItem, ShowState, Showtime, find_prices
from events.catalogue.choices import FilterChoices, read_filter_choices
from events.catalogue.event_cards import read_cards_by_slug, read_event_cards, shows_in
from events.catalogue.event_page import EventDetail, read_draft, read_event
from events.catalogue.filters import EventFilters, EventSort
from events.catalogue.from_prices import FromPrice, make_from_price
from events.catalogue.home import Home, HomeDay, read_home
from events.catalogue.listing import EventPage, search_events
from events.catalogue.reviews import ReviewItem
from events.catalogue.shows import PriceItem, ShowPage, list_shows, read_prices, read_show
from events.catalogue.suggestions import Suggestions, suggest
from events.catalogue.theater_page import (
    HallItem,
    TheaterDetail,
    TheaterItem,
    read_theater,
    read_theaters,
)

__all__ = [
    "EventCard",
    "EventDetail",
    "EventFilters",
    "EventPage",
    "EventSort",
    "FilterChoices",
    "FromPrice",
    "HallItem",
    "Home",
    "HomeDay",
    "LabelItem",
    "PriceItem",
    "ReviewItem",
    "ShowPage",
    "ShowState",
    "Showtime",
    "Suggestions",
    "TheaterDetail",
    "TheaterItem",
    "catalogue_version",
    "find_prices",
    "forget_catalogue",
    "list_shows",
    "make_from_price",
    "read_cards_by_slug",
    "read_draft",
    "read_event",
    "read_event_cards",
    "read_filter_choices",
    "read_home",
    "read_prices",
    "read_show",
    "read_theater",
    "read_theaters",
    "search_events",
    "shows_in",
    "suggest",
]
