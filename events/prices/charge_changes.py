"""Changes of what a theater charges beside its prices: the moment from which they hold everywhere."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from events.catalogue import forget_catalogue
from events.models import FeeRule, Show
from events.prices.ranges import refresh_price_ranges
from theaters.models import Theater


def note_change(theater_id: int) -> None:
    """Let changed rates and rules hold from the end of the transaction on, which has written them."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Change the rules and the key of a theater together.")
    Theater.objects.filter(pk=theater_id).update(charges_key=get_random_string(32), charges_shown_at=timezone.now())
    refresh_price_ranges(Show.objects.upcoming(timezone.now()).filter(hall__theater=theater_id).values("pk"))
    forget_catalogue()


def follow_fees(now: datetime) -> None:
    """Let “from” prices have the fees that began or ended since they were reckoned; run every few minutes.

    One statement if there are none.
    """
    shown_at = F("theater__charges_shown_at")
    passed = Q(starts_at__gt=shown_at, starts_at__lte=now) | Q(ends_at__gt=shown_at, ends_at__lte=now)
    due = FeeRule.objects.filter(passed, is_active=True).order_by()
    for theater_id in due.values_list("theater", flat=True).distinct():
        with transaction.atomic():
            note_change(theater_id)
