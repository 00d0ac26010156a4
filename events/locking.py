"""The locks of this app: a show, while its prices, times or state change, or while it moves, and halls.

While `claim_show` is held nothing else is locked, so that it may come before or after any lock of
`bookings/locking.py`. `lock_show_alone` comes after the locks of bookings. Halls are locked before
`claim_show`, and after `lock_show_alone`, which leaves nothing behind that a writer would wait for.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import F

from events.errors import WrongShowState
from events.models import Show
from theaters.models import Hall


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


def claim_shows(shows: Iterable[Show], *states: Show.State) -> list[Show]:
    """Do for many shows what `claim_show` does for one, in two statements; return them in their order of keys.

    Raises `WrongShowState` for the first that is in none of `states`.
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
    """Lock a show against everybody, those who are just taking its seats too, and return it as it is now.

    Whoever inserts a ticket shares the row until the end of their transaction (guard `ticket_place_shared`),
    so this waits for them, and they for it. Come after the locks of bookings, which they have by then.
    Raises `Show.DoesNotExist`.
    """
    return (
        Show.objects.select_for_update(of=("self",))
        .select_related("event", "hall__theater__city", "seat_map")
        .get(pk=show_id)
    )


def lock_halls(hall_ids: Iterable[int]) -> None:
    """Let those who put shows into these halls take turns, until the transaction ends. One query on PostgreSQL.

    The exclusion constraint decides who gets a hall. But of two who insert at the same moment each can
    find the other's row and wait for its end, which the database then calls a deadlock.
    """
    if connection.vendor == "postgresql":
        halls = Hall.objects.filter(pk__in=set(hall_ids)).order_by("pk")
        list(halls.select_for_update(no_key=True).values_list("pk", flat=True))
