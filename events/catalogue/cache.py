"""Caches the selectors' answers for seconds, in the `pages` cache, and for moments in the process.

Keys carry a version that `forget_catalogue` renews, so that a change by staff shows at once: in all
processes where they share Redis, else in the one that made it and elsewhere after `CACHE_SECONDS`.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import partial, wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from events.models import Event
from lib.process_memory import Memory
from lib.read_once import read_again, read_once
from theaters.shown import shown_theaters

CACHE_SECONDS = 30
# For what all events have to be looked through for and the clock seldom changes, as the length of a list.
COUNT_CACHE_SECONDS = 300
# True while a selector computes an answer that will be cached: the selectors that it asks may use the cache, too.
_is_caching: ContextVar[bool] = ContextVar("is_caching", default=False)
VERSION_KEY = "catalogue-version"

# Unpickling a page's answer takes about a millisecond, so it is not done for each visitor.
_answers: Memory[tuple[Any]] = Memory(100)

P = ParamSpec("P")
R = TypeVar("R")


def cached(*, seconds: int = CACHE_SECONDS) -> Callable[[Callable[Concatenate[datetime, P], R]], Callable[..., R]]:
    """Turn `read(now, …)` into a selector with `now` as a keyword, and cache its answers by the other arguments.

    Each domain (`theaters/shown.py`) has its own. Callers share an answer, and change nothing in it.
    """

    def decorate(read: Callable[Concatenate[datetime, P], R]) -> Callable[..., R]:
        @wraps(read)
        def selector(*args: Any, now: datetime | None = None, **kwargs: Any) -> R:
            if now is not None and not _is_caching.get():
                return read(now, *args, **kwargs)
            asked = f"{catalogue_version()}:{shown_theaters()}:{read.__name__}:{(args, sorted(kwargs.items()))}"
            found = _answers.get(asked)
            if found is None:
                pages, key = caches["pages"], f"catalogue:{sha256(asked.encode()).hexdigest()}"
                found = pages.get(key)
                if found is None:
                    token = _is_caching.set(True)
                    try:
                        found = (read(now or timezone.now(), *args, **kwargs),)
                    finally:
                        _is_caching.reset(token)
                    pages.set(key, found, seconds)
                _answers.set(asked, found, settings.PAGES_STALE_SECONDS)
            return cast(R, found[0])

        return selector

    return decorate


def catalogue_version() -> str:
    """Return a version that changes with every `forget_catalogue`, for cache keys; read once in a request."""
    return read_once(VERSION_KEY, lambda: str(caches["pages"].get(VERSION_KEY, "")))


def forget_catalogue(*, changed: Iterable[int] = ()) -> None:
    """Invalidate cached answers once the current transaction is committed.

    The pages of `changed` events, by pk, say from then on that they are another. One statement if there are any.
    """
    transaction.on_commit(partial(_renew, frozenset(changed)))


def _renew(changed: frozenset[int]) -> None:
    if changed:
        # After the commit, so that no transaction waits for another because of it.
        Event.objects.filter(pk__in=changed).update(changed_at=timezone.now())
    caches["pages"].set(VERSION_KEY, get_random_string(12), None)
    read_again(VERSION_KEY)
