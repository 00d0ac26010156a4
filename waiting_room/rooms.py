"""Which shows have a waiting room now: those that staff marked, and all of them while the site is at its limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import caches
from django.utils import timezone

from events.catalogue.cards import ShowState, Showtime, read_showtimes
from events.models import Show
from lib.process_memory import Memory
from waiting_room.limit import is_at_limit
from waiting_room.line import Terms
from waiting_room.load import load
from waiting_room.models import WaitingRoom

# What a process remembers of rooms and shows is this old at most.
STALE_SECONDS = 2
ROOMS_CACHE_SECONDS = 30
_ROOMS_KEY = "waiting-rooms"
# The line of all shows without a room of their own.
SITE_LINE = "site"
_OPEN = {ShowState.ON_SALE, ShowState.FEW_LEFT, ShowState.SOLD_OUT}


class RoomSettings(NamedTuple):
    """What staff set for a room; `pk` and `theater_id` are those of its row, 0 for the whole site's."""

    pk: int
    theater_id: int
    gathers_minutes: int
    per_minute: int | None
    is_paused: bool
    message: str


# While the site is at its limit: no early comers, and as many as it can serve.
_OF_SITE = RoomSettings(pk=0, theater_id=0, gathers_minutes=0, per_minute=None, is_paused=False, message="")


@dataclass(frozen=True, slots=True)
class Room:
    """The waiting room of one show, as it is now. `line` is shared by the event's shows whose sale opens together."""

    code: str
    line: str
    showtime: Showtime
    per_minute: int | None
    is_paused: bool
    message: str

    @property
    def is_all_held(self) -> bool:
        return self.showtime.state == ShowState.SOLD_OUT

    def seconds_until_open(self) -> float:
        opens_at = self.showtime.sales_open_at
        return (opens_at - timezone.now()).total_seconds() if opens_at else 0.0

    def find_terms(self) -> Terms:
        opens_at = find_opening(self.showtime)
        return Terms(
            opens_at=opens_at.timestamp() if opens_at else None,
            rate=self.per_minute / 60 if self.per_minute else None,
            may_enter=not self.is_paused and not self.is_all_held,
            busy=load.share(),
        )


class _Found(NamedTuple):
    """A show that may have a room; None if it has none, or nothing to sell."""

    event_id: int
    showtime: Showtime
    is_any_held: bool


_rooms: Memory[Mapping[tuple[str, int], RoomSettings]] = Memory(1)
_shows: Memory[tuple[_Found | None]] = Memory(1000)


def find_room(code: str) -> Room | None:
    """Return the waiting room through which a show's seats are reached now, if there is one.

    None too where nobody can buy: before the room opens, after the sale, and when all is sold. No statement while
    what a process remembers is fresh.
    """
    rooms = read_rooms()
    site_is_full = is_at_limit()
    found = _find_show(code) if rooms or site_is_full else None
    if found is None:
        return None
    event_id, showtime, is_any_held = found
    own = rooms.get((showtime.theater_slug, event_id))
    terms = own or (_OF_SITE if site_is_full else None)
    if terms is None:
        return None
    if showtime.state == ShowState.NOT_YET:
        if showtime.sales_open_at is None or own is None:
            return None
        if timezone.now() < showtime.sales_open_at - timedelta(minutes=terms.gathers_minutes):
            return None
    elif showtime.state not in _OPEN or (showtime.state == ShowState.SOLD_OUT and not is_any_held):
        return None
    line = name_line(showtime, event_id) if own else SITE_LINE
    return Room(code, line, showtime, terms.per_minute, terms.is_paused, terms.message)


def find_opening(showtime: Showtime) -> datetime | None:
    """Return when the sale opens or opened, None if that is a day ago: nobody is in line for it any more."""
    opens_at = showtime.sales_open_at
    return opens_at if opens_at and opens_at > timezone.now() - timedelta(days=1) else None


def name_line(showtime: Showtime, event_id: int) -> str:
    """Return the name of a line: an event's shows at a theater whose sale opens at the same moment share one."""
    opens_at = find_opening(showtime)
    return f"{showtime.theater_slug}:{event_id}:{int(opens_at.timestamp()) if opens_at else 0}"


def read_rooms() -> Mapping[tuple[str, int], RoomSettings]:
    """Return the rooms that staff made, by their theater's slug and event; no statement while a process knows them."""
    rooms = _rooms.get(_ROOMS_KEY)
    if rooms is None:
        rooms = caches["pages"].get(_ROOMS_KEY)
        if rooms is None:
            rows = WaitingRoom.objects.order_by().values_list("theater__slug", "event_id", *RoomSettings._fields)
            rooms = {(theater, event): RoomSettings(*terms) for theater, event, *terms in rows}
            caches["pages"].set(_ROOMS_KEY, rooms, ROOMS_CACHE_SECONDS)
        _rooms.set(_ROOMS_KEY, rooms, STALE_SECONDS)
    return rooms


def forget_rooms() -> None:
    """Let a change of the rooms show, in all processes within `STALE_SECONDS`; call it by `after_commit`."""
    caches["pages"].delete(_ROOMS_KEY)
    _rooms.clear()


def _find_show(code: str) -> _Found | None:
    kept = _shows.get(code)
    if kept is None:
        shows = Show.objects.filter(code=code, state=Show.State.ON_SALE)
        found: _Found | None = None
        for event_id, showtime in read_showtimes(shows, timezone.now()):
            is_any_held = showtime.left <= 0 and shows.filter(tickets__state="held").exists()
            found = _Found(event_id, showtime, is_any_held)
        kept = (found,)
        _shows.set(code, kept, STALE_SECONDS)
    return kept[0]
