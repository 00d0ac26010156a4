"""Rate limits for mail that anonymous visitors can trigger."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from lib.client_address import client_network

# What may be asked for in an hour, each kind by itself: mail to one address, and by one household, office or school.
PER_RECIPIENT = 5
PER_NETWORK = 30


def may_ask(request: HttpRequest, what: str, email: str) -> bool:
    """Count one more request to write to `email`; return True if both limits allow it."""
    # Both are counted, whichever of them is over.
    return all([_count(f"{what}:{email}", PER_RECIPIENT), _count(f"{what}:{client_network(request)}", PER_NETWORK)])


def _count(whom: str, limit: int) -> bool:
    key = f"asked:{sha256(whom.encode()).hexdigest()}"
    cache.add(key, 0, 3600)
    try:
        return cache.incr(key) <= limit
    except ValueError:
        # It lapsed in between.
        return True
