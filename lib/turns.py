"""The time that a job takes in one go, for many short transactions one after the other."""

from time import monotonic, sleep

from django.db import connection

# SQLite has one writer at a time, and who waits looks ten times a second: a job that writes without a break would be
# the only one.
_WRITING_SECONDS = 0.25
_PAUSE_SECONDS = 0.15


class Turn:
    """A job asks `go_on` before each of its transactions, outside of any."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = monotonic() + seconds
        self._began_at = monotonic()

    def go_on(self) -> bool:
        """Let others write, now and then, and return True while there is time left."""
        if connection.vendor == "sqlite" and monotonic() - self._began_at >= _WRITING_SECONDS:
            sleep(_PAUSE_SECONDS)
            self._began_at = monotonic()
        return monotonic() < self._ends_at
