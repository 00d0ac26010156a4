"""How busy this process is: the share of its threads that work, as its requests are counted in and out.

By Little's law it nears one as requests begin to queue before the process, whatever they wait for: the processor, the
database or each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from django.conf import settings

# The mean is of the last full span of so many seconds and the one that has begun.
SPAN_SECONDS = 5.0


class Load:
    def __init__(self) -> None:
        self._lock = Lock()
        self._active = 0
        self._work = 0.0
        self._last_work = 0.0
        self._counted_at = self._began_at = monotonic()

    @contextmanager
    def count(self) -> Iterator[None]:
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def share(self) -> float:
        """Return the share of threads that were busy in the last five to ten seconds, 0 to 1."""
        self._change(0)
        seconds = SPAN_SECONDS + self._counted_at - self._began_at
        threads: int = settings.WEB_THREADS
        return min((self._last_work + self._work) / seconds / threads, 1.0)

    def _change(self, by: int) -> None:
        with self._lock:
            now = monotonic()
            self._work += self._active * (now - self._counted_at)
            self._counted_at = now
            self._active += by
            if now - self._began_at >= SPAN_SECONDS:
                # After a pause the work of the span before is long past.
                self._last_work = self._work * SPAN_SECONDS / (now - self._began_at)
                self._work, self._began_at = 0.0, now


load = Load()
