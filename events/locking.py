"""The locks of this app: on a show while its prices, times or state change or it moves, and on halls.

Nothing else is locked while `lock_show` is held, so it may come before or after any lock of
`bookings/locking.py`. `lock_show_alone` comes after the locks of bookings. Halls are locked before
`lock_show`, and after `lock_show_alone`, behind which no writer of a hall can be waiting.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import F

from events.errors import WrongShowState
from events.models import Show
from theaters.models import Hall


def lock_show(show: Show, *states: Show.State) -> Show:
    """Wait until no one else is changing the show, lock its row and return it as it is now.

    Raises `WrongShowState` unless it is in one of `states`. A conditional update, not `SELECT …
    FOR UPDATE`, because it decides and locks in one statement on both databases.
    """
    claimed = Show.objects.filter(pk=show.pk, state__in=states).update(lowest_price=F("lowest_price"))
    current = Show.objects.select_related("event", "hall__theater__city", "seat_map").get(pk=show.pk)
    if not claimed:
        raise WrongShowState(current)
    return current


def lock_shows(shows: Iterable[Show], *states: Show.State) -> list[Show]:
    """Lock many shows as `lock_show` does one, in two statements; return them by pk.

    Raises `WrongShowState` for the first one that is not in `states`.
    """
    pks = [show.pk for show in shows]
    Show.objects.filter(pk__in=pks, state__in=states).update(lowest_price=F("lowest_price"))
    related = ("event", "hall__theater__city", "seat_map")
    current = list(Show.objects.filter(pk__in=pks).select_related(*related).defer("seat_map__layout").order_by("pk"))
    for show in current:
        if show.state not in states:
            raise WrongShowState(show)
    return current


def lock_show_alone(show_id: int) -> Show:
    """Lock a show exclusively, even against transactions that are taking its seats, and return it as it is now.

    A transaction that inserts a ticket shares the row until it ends (guard `ticket_place_shared`),
    so each waits for the other. Take it after the locks of bookings, which such a transaction already has.
    Raises `Show.DoesNotExist`.
    """
    return (
        Show.objects.select_for_update(of=("self",))
        .select_related("event", "hall__theater__city", "seat_map")
        .get(pk=show_id)
    )


def lock_halls(hall_ids: Iterable[int]) -> None:
    """Serialize writers that put shows into these halls, until the transaction ends. One query on PostgreSQL.

    The exclusion constraint decides who gets a hall. But of two simultaneous inserts, each can
    find the other's row and wait for its transaction, which is a deadlock.
    """
    if connection.vendor == "postgresql":
        halls = Hall.objects.filter(pk__in=set(hall_ids)).order_by("pk")
        list(halls.select_for_update(no_key=True).values_list("pk", flat=True))
