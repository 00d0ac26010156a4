"""How often strangers may make us write to an address."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

# What one address, and one browser, may ask for in an hour, each kind by itself.
PER_HOUR = 5


def may_ask(request: HttpRequest, what: str, email: str) -> bool:
    """Count one more request to write to `email`; say whether it is within `PER_HOUR`, for the asker too."""
    # Both are counted, whichever of them is over.
    return all([_count(f"{what}:{email}"), _count(f"{what}:{request.META.get('REMOTE_ADDR', '')}")])


def _count(whom: str) -> bool:
    key = f"asked:{sha256(whom.encode()).hexdigest()}"
    cache.add(key, 0, 3600)
    try:
        return cache.incr(key) <= PER_HOUR
    except ValueError:
        # It lapsed in between.
        return True
