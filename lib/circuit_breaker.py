"""Leaving a server that failed alone for a while, so that not every request waits for it."""

import threading
import time


class CircuitBreaker:
    """What this process knows of one server; its threads share it.

    The breaker opens with a failure. After each rest, one thread tries again for all.
    """

    def __init__(self, *, rest_seconds: float, log_seconds: float) -> None:
        self.rest_seconds = rest_seconds
        self.log_seconds = log_seconds
        self.is_open = False
        self.rests_until = self.logs_after = 0.0
        self._lock = threading.Lock()

    def may_try(self) -> bool:
        if not self.is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self.rests_until:
                return False
            self.rests_until = now + self.rest_seconds
            return True

    def fail(self) -> bool:
        """Note a failure. Return True if it is to be logged: the first one, and then one each `log_seconds`."""
        with self._lock:
            now = time.monotonic()
            self.is_open, self.rests_until = True, now + self.rest_seconds
            is_news = now >= self.logs_after
            if is_news:
                self.logs_after = now + self.log_seconds
            return is_news

    def succeed(self) -> None:
        self.is_open = False
