"""Rate limit for wrong voucher codes: a slip costs nothing, guessing gets nowhere.

Counted for the network that a request comes from and for the account that is signed in, over all shows
and theaters. The counters are in the shared cache: without it, guesses are not slowed down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from accounts.models import User
from bookings.errors import TooManyWrongCodes, UnknownVoucher
from lib.client_address import client_network

# More than a school's class behind one address mistypes. A guesser tries a million codes a year, of the
# 6 × 10¹⁴ that `make_voucher_code` draws from.
MAX_WRONG_CODES = 20
SECONDS = 600


@contextmanager
def limit_guesses(request: HttpRequest) -> Iterator[None]:
    """Refuse the block when too many codes were wrong lately; count one more if it raises `UnknownVoucher`.

    Counted before it is tried, so that many guesses at the same moment are no way around.
    Raises `TooManyWrongCodes`.
    """
    keys = [f"network {client_network(request)}"]
    if isinstance(request.user, User):
        keys.append(f"person {request.user.pk}")
    keys = [f"wrong-codes:{sha256(key.encode()).hexdigest()}" for key in keys]
    counts = [_add(key, 1) for key in keys]
    is_wrong = False
    try:
        if max(counts) > MAX_WRONG_CODES:
            raise TooManyWrongCodes
        yield
    except UnknownVoucher:
        is_wrong = True
        raise
    finally:
        if not is_wrong:
            for key in keys:
                _add(key, -1)


def _add(key: str, change: int) -> int:
    cache.add(key, 0, SECONDS)
    try:
        return int(cache.incr(key, change))
    except ValueError:
        # It lapsed in between.
        return 0
