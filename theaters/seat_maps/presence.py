"""Who has a draft open in the editor at this moment.

Each open page says every few seconds that it is there. What it says is in the cache, and ends by itself; nothing
depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from theaters.models import SeatMap

# A page asks every 4 s (`static/js/seat-editor/draft/save.js`); three lost calls are no farewell.
PRESENT_SECONDS = 15
MAX_EDITORS = 20


@dataclass(frozen=True)
class Editor:
    """One open page. `selection` are ids of seats and areas."""

    page: str
    user_id: int
    name: str
    since: datetime
    selection: tuple[str, ...]


def note_editor(*, seat_map: SeatMap, page: str, user: User, selection: Sequence[str]) -> list[Editor]:
    """Keep one page present for some seconds, and return the others, who came first at the front."""
    pages, found = _read(seat_map)
    known = found.pop(_key(seat_map, page), None)
    since = known.since if known and known.user_id == user.pk else timezone.now()
    here = Editor(page, user.pk, str(user), since, tuple(selection))
    cache.set(_key(seat_map, page), here, PRESENT_SECONDS)
    others = sorted(found.values(), key=lambda editor: editor.since)[:MAX_EDITORS]
    if page not in pages:
        # Of two that arrive at the same moment one may be left out, and is added by its next call.
        cache.set(_key(seat_map), [*(editor.page for editor in others), page], None)
    return others


def leave(*, seat_map: SeatMap, page: str) -> None:
    cache.delete(_key(seat_map, page))


def _read(seat_map: SeatMap) -> tuple[list[str], dict[str, Editor]]:
    pages: list[str] = cache.get(_key(seat_map), [])
    return pages, cache.get_many([_key(seat_map, page) for page in pages])


def _key(seat_map: SeatMap, page: str = "") -> str:
    return f"seat-map-editors:{seat_map.pk}:{page}"
