"""The dates of an event that a group can choose from, and which of them have room for it."""

from collections.abc import Iterable
from datetime import datetime

from events.catalogue import Showtime
from events.catalogue.cards import read_showtimes
from events.models import Event, Show
from events.models.shows import ShowQuerySet
from theaters.models import Theater

# As many dates as a form lists; a group that wants a later one says so in its wishes.
MOST_DATES = 60
# How many dates are proposed in place of those that are too full.
MOST_PROPOSED = 5


def coming_shows(event: Event, theater: Theater, now: datetime) -> ShowQuerySet:
    """Return the coming shows of an event at one theater. Lazy, no query."""
    shows = Show.objects.public().upcoming(now).filter(event=event, hall__theater=theater, state=Show.State.ON_SALE)
    return shows.order_by("starts_at", "pk")


def read_dates(event: Event, theater: Theater, now: datetime) -> list[Showtime]:
    """Return the coming dates with the places left of each. One query."""
    return [date for _event_id, date in read_showtimes(coming_shows(event, theater, now), now, limit=MOST_DATES)]


def has_room(date: Showtime, party_size: int) -> bool:
    return date.left >= party_size


def propose_dates(dates: Iterable[Showtime], wished: Iterable[str], party_size: int) -> list[Showtime]:
    """Return dates with room for the party if none of the wished ones, by code, has it. Pure.

    No wished date means any.
    """
    known = list(dates)
    wanted = set(wished)
    if any(has_room(date, party_size) and (not wanted or date.code in wanted) for date in known):
        return []
    return [date for date in known if has_room(date, party_size)][:MOST_PROPOSED]
