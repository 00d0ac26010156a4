"""Rate limits: how often something may be done within a window of time.

Counts are in a cache, so that a limit holds for all processes that share it. A subject's window begins
when it is first counted.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import BaseCache, caches


@dataclass(frozen=True)
class Throttle:
    """A limit for each subject: a network, an account, an address, a payment."""

    name: str
    limit: int
    seconds: int
    cache: str = "default"

    def count(self, *subjects: str) -> bool:
        """Count each subject once more; return True if all of them are within the limit.

        Count before doing what is limited, so that many attempts at the same moment are no way around it.
        """
        # Count all of them, even if one is over.
        counts = [self._count(self._key(subject)) for subject in subjects]
        return max(counts) <= self.limit

    def spend(self, subject: str) -> int:
        """Count a subject once more; return how often it may still be counted, negative if it is over."""
        return self.limit - self._count(self._key(subject))

    def uncount(self, *subjects: str) -> None:
        """Undo `count`, for something that turned out not to be limited."""
        for subject in subjects:
            # Its window may have ended in between.
            with suppress(ValueError):
                self._cache.decr(self._key(subject))

    def seconds_left(self, subject: str) -> int:
        """Return the seconds until the subject is counted from zero again; at least 1."""
        ends_at: float = self._cache.get(_end(self._key(subject)), 0)
        return max(1, math.ceil(ends_at - time.time()))

    @property
    def _cache(self) -> BaseCache:
        return caches[self.cache]

    def _key(self, subject: str) -> str:
        return f"throttle:{self.name}:{sha256(subject.encode()).hexdigest()}"

    def _count(self, key: str) -> int:
        if self._cache.add(key, 1, self.seconds):
            self._cache.set(_end(key), time.time() + self.seconds, self.seconds)
            return 1
        try:
            return self._cache.incr(key)
        except ValueError:
            # Its window ended in between.
            return 1


def _end(key: str) -> str:
    return f"{key}:end"
