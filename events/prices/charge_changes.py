"""Changes of what a theater charges beside its prices: the moment from which they hold everywhere."""

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from events.catalogue import forget_catalogue
from events.models import Show
from events.prices.ranges import refresh_price_ranges
from theaters.models import Theater


def note_change(theater_id: int) -> None:
    """Let changed rates and rules hold from the end of the transaction on, which has written them."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Change the rules and the key of a theater together.")
    Theater.objects.filter(pk=theater_id).update(charges_key=get_random_string(32))
    refresh_price_ranges(Show.objects.upcoming(timezone.now()).filter(hall__theater=theater_id).values("pk"))
    forget_catalogue()
