"""Lines in the cache that all processes share: Redis where there is one, else the database's cache.

Each process asks for a line once a second, however many people ask it, and one of them moves it on. While the cache
is away or has lost a line, a process goes on from what it last knew, so nobody begins again from the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from secrets import token_hex
from time import time

from django.core.cache import caches

from lib.process_memory import Memory
from waiting_room.line import Line, Terms, move

# A line that nobody asks for is forgotten after this.
KEEP_SECONDS = 24 * 3600
MOVE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A line, and how many numbers it has given out."""

    line: Line
    given: int


_kept: Memory[Standing] = Memory(1000)
_last: Memory[Standing] = Memory(1000)


def read_line(name: str, find_terms: Callable[[], Terms]) -> Standing:
    """Return where a line stands, at most a second ago, and move it on if no other process does."""
    kept = _kept.get(name)
    if kept is not None:
        return kept
    found = look_up(name)
    cache, now = caches["default"], time()
    if cache.add(_key(name, f"moved:{int(now)}"), 1, 10 * MOVE_SECONDS):
        line = move(found.line, find_terms(), given=found.given, now=now, lot=token_hex(16))
        cache.set(_key(name, "line"), line, KEEP_SECONDS)
        found = Standing(line, found.given)
    _kept.set(name, found, MOVE_SECONDS)
    _last.set(name, found, KEEP_SECONDS)
    return found


def look_up(name: str) -> Standing:
    """Return where a line stands, and change nothing."""
    return look_up_all([name])[name]


def look_up_all(names: Collection[str]) -> dict[str, Standing]:
    """Return where each of these lines stands, and change nothing. The cache is asked once."""
    known = caches["default"].get_many([_key(name, part) for name in names for part in ("line", "given")])
    found = {}
    for name in names:
        last = _last.get(name) or Standing(Line(moved_at=time()), 0)
        line: Line = known.get(_key(name, "line")) or last.line
        if line.admitted < last.line.admitted:
            line = last.line
        found[name] = Standing(line, max(known.get(_key(name, "given")) or 0, last.given))
    return found


def give_number(name: str) -> int:
    """Return the next number of a line."""
    cache, key = caches["default"], _key(name, "given")
    last = _last.get(name) or Standing(Line(moved_at=time()), 0)
    cache.add(key, last.given, KEEP_SECONDS)
    number: int = cache.incr(key)
    _last.set(name, replace(last, given=max(number, last.given)), KEEP_SECONDS)
    return number


def restore(name: str, number: int) -> None:
    """Let a line whose count was lost go on behind a number that it has given out."""
    cache, key = caches["default"], _key(name, "given")
    if (cache.get(key) or 0) < number:
        cache.set(key, number, KEEP_SECONDS)


def read_place(name: str, user_id: int) -> str:
    """Return the place of an account in a line, as `keep_place` was given it; "" if it has none."""
    return caches["default"].get(_key(name, f"account:{user_id}")) or ""


def keep_place(name: str, user_id: int, place: str) -> str:
    """Keep the place of an account unless it has one by now; return the one that it has."""
    key = _key(name, f"account:{user_id}")
    return place if caches["default"].add(key, place, KEEP_SECONDS) else read_place(name, user_id) or place


def forget_place(name: str, user_id: int) -> None:
    caches["default"].delete(_key(name, f"account:{user_id}"))


def _key(name: str, part: str) -> str:
    return f"line:{name}:{part}"
