"""Redis as a cache that may be down: until it is back, each process uses a small cache of its own.

Rate limits then count by process, those of sign-in and of codes too, and what many people see is read
from the database more often. Nothing here must be remembered; sessions are in the database.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from lib.circuit_breaker import CircuitBreaker

log = structlog.get_logger(__name__)

# How long a Redis that did not answer is left alone, so that no page waits for it more than once.
RETRY_SECONDS = 5
LOG_PAUSE_SECONDS = 60


_breakers: dict[str, CircuitBreaker] = {}


class FallbackRedisCache(BaseCache):
    def __init__(self, url: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis: BaseCache = RedisCache(url, params)
        self._own: BaseCache = LocMemCache(f"instead of {url}", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})
        # One per server: Django makes a cache for each thread.
        self._breaker = _breakers.setdefault(
            url, CircuitBreaker(rest_seconds=RETRY_SECONDS, log_seconds=LOG_PAUSE_SECONDS)
        )

    def ask_server(self) -> None:
        """Raise `RedisError` unless the server answers."""
        self._redis.has_key("asked")

    def close(self, **kwargs: Any) -> None:
        self._redis.close()

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self._breaker.may_try():
            try:
                answer = getattr(self._redis, name)(*args, **kwargs)
            except RedisError as error:
                if self._breaker.fail():
                    log.warning("cache_down", error=str(error))
            else:
                self._breaker.succeed()
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
