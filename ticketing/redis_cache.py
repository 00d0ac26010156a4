"""Redis as a cache that may be down: until it is back, each process uses a small cache of its own.

Rate limits then count by process, those of sign-in and of codes too, and what many people see is read
from the database more often. Nothing here must be remembered; sessions are in the database.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# How long a Redis that did not answer is left alone, so that no page waits for it more than once.
RETRY_SECONDS = 5
LOG_SECONDS = 60


class _Outage:
    """The outage of one Redis, as known to the threads of this process."""

    def __init__(self) -> None:
        self.is_on = False
        self.retry_at = 0.0
        self.log_after = 0.0
        self.lock = threading.Lock()

    def may_ask(self) -> bool:
        """Return True unless it is left alone; when that is over, one thread asks for all."""
        if not self.is_on:
            return True
        with self.lock:
            now = time.monotonic()
            if now < self.retry_at:
                return False
            self.retry_at = now + RETRY_SECONDS
            return True

    def note(self, error: RedisError) -> None:
        with self.lock:
            now = time.monotonic()
            self.is_on, self.retry_at = True, now + RETRY_SECONDS
            is_news, self.log_after = now >= self.log_after, max(self.log_after, now + LOG_SECONDS)
        if is_news:
            log.warning("cache_down", error=str(error))


_outages: dict[str, _Outage] = {}


class FallbackRedisCache(BaseCache):
    def __init__(self, url: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis: BaseCache = RedisCache(url, params)
        self._own: BaseCache = LocMemCache(f"instead of {url}", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})
        # One per server: Django makes a cache for each thread.
        self._outage = _outages.setdefault(url, _Outage())

    def ask_server(self) -> None:
        """Raise `RedisError` unless the server answers."""
        self._redis.has_key("asked")

    def close(self, **kwargs: Any) -> None:
        self._redis.close()

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self._outage.may_ask():
            try:
                answer = getattr(self._redis, name)(*args, **kwargs)
            except RedisError as error:
                self._outage.note(error)
            else:
                self._outage.is_on = False
                return answer
        return getattr(self._own, name)(*args, **kwargs)


def _either(name: str) -> Callable[..., Any]:
    def method(self: FallbackRedisCache, *args: Any, **kwargs: Any) -> Any:
        return self._call(name, *args, **kwargs)

    return method


# The methods on which the rest of `BaseCache` is built.
for _name in (
    *("add", "get", "set", "touch", "delete", "has_key", "incr", "clear"),
    *("get_many", "set_many", "delete_many"),
):
    setattr(FallbackRedisCache, _name, _either(_name))
