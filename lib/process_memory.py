"""What one process remembers for moments beside the shared caches: finished pages, and what they are made of.

It keeps the objects themselves, so nothing is fetched or unpickled, and nobody may change them.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from time import time
from typing import Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

_memories: WeakSet[Memory[object]] = WeakSet()


class Memory(Generic[T]):
    """Values that expire; the oldest ones make room for new ones beyond `max_entries`."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._entries: dict[Hashable, tuple[float, T]] = {}
        self._lock = Lock()
        _memories.add(self)  # type: ignore[arg-type]

    def get(self, key: Hashable) -> T | None:
        entry = self._entries.get(key)
        return None if entry is None or entry[0] <= time() else entry[1]

    def set(self, key: Hashable, value: T, seconds: float) -> None:
        if seconds <= 0:
            return
        now = time()
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = now + seconds, value
            # The oldest come first. The new one stays, so this ends.
            while len(self._entries) > self._max_entries or self._entries[next(iter(self._entries))][0] <= now:
                del self._entries[next(iter(self._entries))]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def forget_everything() -> None:
    """Clear all memories of this process, for tests: a rollback brings keys back that were used before."""
    for memory in list(_memories):
        memory.clear()
