"""How busy this process is, as requests are counted in and out: the share of its threads that work, or of one core.

By Little's law the threads are all busy as requests begin to queue before the process, whatever they wait for: the
database or each other. What they compute takes turns on one core, since one thread of Python runs at a time, so a
process that uses a whole core is at its limit though few of its threads are busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic, process_time

from django.conf import settings

# The mean is of the last full span of so many seconds and the one that has begun.
SPAN_SECONDS = 5.0


class Load:
    def __init__(self) -> None:
        self._lock = Lock()
        self._active = 0
        # Seconds that threads worked, and that they used a core, in this span and the one before.
        self._work = self._last_work = self._last_cpu = 0.0
        self._began_with = process_time()
        self._counted_at = self._began_at = monotonic()

    @contextmanager
    def count(self) -> Iterator[None]:
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def share(self) -> float:
        """Return the share of threads or of a core, the larger one, of the last five to ten seconds, 0 to 1."""
        self._change(0)
        seconds = SPAN_SECONDS + self._counted_at - self._began_at
        threads: int = settings.WEB_THREADS
        cpu = self._last_cpu + process_time() - self._began_with
        return min(max((self._last_work + self._work) / threads, cpu) / seconds, 1.0)

    def _change(self, by: int) -> None:
        with self._lock:
            now = monotonic()
            self._work += self._active * (now - self._counted_at)
            self._counted_at = now
            self._active += by
            if (passed := now - self._began_at) >= SPAN_SECONDS:
                # After a pause the work of the span before is long past.
                cpu = process_time()
                self._last_work = self._work * SPAN_SECONDS / passed
                self._last_cpu = (cpu - self._began_with) * SPAN_SECONDS / passed
                self._work, self._began_at, self._began_with = 0.0, now, cpu


load = Load()
