"""Rate limits of the sale: wrong voucher codes, and mail that anonymous visitors can trigger."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from accounts.models import User
from bookings.errors import TooManyWrongCodes, UnknownVoucher
from lib.client_address import client_network
from lib.throttling import Throttle

# More than a school class behind one address mistypes. A guesser can try a million codes a year out of the
# 6 × 10¹⁴ that `make_voucher_code` draws from. Counted over all shows and theaters.
WRONG_CODES = Throttle("wrong-codes", limit=20, seconds=600)

# For each kind of mail: to one address, and requested by one household, office or school.
MAIL_TO_ADDRESS = Throttle("mail-to-address", limit=5, seconds=3600)
MAIL_FOR_NETWORK = Throttle("mail-for-network", limit=30, seconds=3600)


@contextmanager
def limit_wrong_codes(request: HttpRequest) -> Iterator[None]:
    """Refuse the block after too many wrong codes; count another one if it raises `UnknownVoucher`.

    Counts by the network of the request and by the account that is signed in. Raises `TooManyWrongCodes`.
    """
    subjects = [f"network {client_network(request)}"]
    if isinstance(request.user, User):
        subjects.append(f"person {request.user.pk}")
    is_wrong = False
    try:
        if not WRONG_CODES.count(*subjects):
            raise TooManyWrongCodes(max(WRONG_CODES.seconds_left(subject) for subject in subjects))
        yield
    except UnknownVoucher:
        is_wrong = True
        raise
    finally:
        if not is_wrong:
            WRONG_CODES.uncount(*subjects)


def may_request_mail(request: HttpRequest, kind: str, email: str) -> bool:
    """Count another request to write to `email`; return True if both limits allow it."""
    return all([MAIL_TO_ADDRESS.count(f"{kind} {email}"), MAIL_FOR_NETWORK.count(f"{kind} {client_network(request)}")])
