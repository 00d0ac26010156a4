"""The one row lock of this app: a show, while its prices, times or state change.

Nothing else is locked while it is held, so that it may come before or after any lock of
`bookings/locking.py`.
"""

from django.db.models import F

from events.errors import WrongShowState
from events.models import Show


def claim_show(show: Show, *states: Show.State) -> Show:
    """Wait for whoever is changing the show, lock its row and return it as it is now.

    Raises `WrongShowState` unless it is in one of `states`. A conditional update and no `SELECT …
    FOR UPDATE`, because it decides and locks in one statement on both databases.
    """
    claimed = Show.objects.filter(pk=show.pk, state__in=states).update(lowest_price=F("lowest_price"))
    current = Show.objects.select_related("event", "hall__theater__city", "seat_map").get(pk=show.pk)
    if not claimed:
        raise WrongShowState(current)
    return current
