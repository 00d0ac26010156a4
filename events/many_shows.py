"""What holds for many shows at once: which can go on sale, and which drafts can go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from events.errors import SchedulingError
from events.locking import claim_show
from events.models import Price, Show
from events.scheduling import describe
from events.selectors import forget_catalogue
from events.services import find_missing, used_categories


class ShowInUse(SchedulingError):
    """A draft has bookings, so that it can't go."""

    def __init__(self, show: Show) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        return _("“%(title)s” has bookings and can't be deleted.") % {"title": self.show.event.title}


def find_obstacles(shows: Sequence[Show], now: datetime) -> dict[int, list[str | Promise]]:
    """Return by show what keeps it from going on sale. A query for each seat map, and one for all prices."""
    priced: dict[int, set[int]] = {show.pk: set() for show in shows}
    for show_id, category_id in Price.objects.filter(show__in=list(priced)).order_by().values_list("show", "category"):
        priced[show_id].add(category_id)
    used = {pk: list(used_categories(pk)) for pk in {show.seat_map_id for show in shows}}
    return {
        show.pk: find_missing(
            show, now, unpriced=[one for one in used[show.seat_map_id] if one.pk not in priced[show.pk]]
        )
        for show in shows
    }


def delete_drafts(*, shows: Iterable[Show], by: User | None) -> int:
    """Delete these drafts with their prices, all or none, and return how many there were.

    One that is gone already is passed over. Raises `WrongShowState` for a show that is no draft, or
    `ShowInUse`.
    """
    deleted = 0
    with transaction.atomic():
        for one in Show.objects.filter(pk__in=[show.pk for show in shows]).order_by("pk"):
            show = claim_show(one, Show.State.DRAFT)
            audit.record(by=by, action="delete show", on=show, theater_id=show.hall.theater_id, before=describe(show))
            try:
                show.delete()
            except ProtectedError as error:
                raise ShowInUse(show) from error
            deleted += 1
        if deleted:
            forget_catalogue()
    return deleted
