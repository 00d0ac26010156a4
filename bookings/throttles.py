"""Rate limits of the sale: wrong voucher codes, and mail that anonymous visitors can trigger."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from accounts.models import User
from bookings.errors import TooManyWrongCodes, UnknownVoucher
from lib.client_address import client_network
from lib.throttling import Throttle

# More than a school's class behind one address mistypes. A guesser tries a million codes a year, of the
# 6 × 10¹⁴ that `make_voucher_code` draws from. Counted over all shows and theaters.
WRONG_CODES = Throttle("wrong-codes", limit=20, seconds=600)

# Each kind of mail by itself: to one address, and asked for by one household, office or school.
MAIL_TO_ADDRESS = Throttle("mail-to-address", limit=5, seconds=3600)
MAIL_FOR_NETWORK = Throttle("mail-for-network", limit=30, seconds=3600)


@contextmanager
def limit_wrong_codes(request: HttpRequest) -> Iterator[None]:
    """Refuse the block after too many wrong codes; count one more if it raises `UnknownVoucher`.

    Counts for the network that the request comes from and for the account that is signed in.
    Raises `TooManyWrongCodes`.
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
    """Count one more request to write to `email`; return True if both limits allow it."""
    return all([MAIL_TO_ADDRESS.count(f"{kind} {email}"), MAIL_FOR_NETWORK.count(f"{kind} {client_network(request)}")])
