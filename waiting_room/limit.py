"""Whether the site is at its limit: one of its page processes has been busy to the full for some seconds (`load.py`).

Then newcomers to any show wait in line (`rooms.py`), and pages that nobody has written yet are written by one thread of
each process (`ticketing/shared_pages.py`): the others stay free for those who are booking.
"""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches

from lib.process_memory import Memory
from waiting_room.load import load

# Above this share of what a process can do, and until it has been less for so long.
LIMIT_SHARE = 0.95
LIMIT_SECONDS = 30
_KEY = "site-at-its-limit"

_kept: Memory[tuple[bool]] = Memory(1)


def is_at_limit() -> bool:
    """Return True if a process has found itself at its limit of late: any one with Redis, this one without it."""
    if not settings.WAITING_ROOM_AT_LIMIT:
        return False
    kept = _kept.get(_KEY)
    if kept is None:
        cache = caches["pages"]
        if load.share() >= LIMIT_SHARE:
            cache.set(_KEY, 1, LIMIT_SECONDS)
            kept = (True,)
        else:
            kept = (cache.get(_KEY) is not None,)
        _kept.set(_KEY, kept, 1)
    return kept[0]
