"""Puts many shows on sale at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise

from accounts.actions import Action
from accounts.models import User
from events.audit import record_shows
from events.catalogue import forget_catalogue
from events.errors import NotReadyForSale
from events.locking import lock_shows
from events.models import Price, Show
from events.prices.grid import used_categories
from events.sales.opening import find_missing
from events.signals import sales_opened
from events.timetable.relocate import make_areas


def find_missing_by_show(shows: Sequence[Show], now: datetime) -> dict[int, list[str | Promise]]:
    """Return, by show pk, what keeps it from going on sale. A query for each seat map, and one for all prices."""
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


def open_many(*, shows: Sequence[Show], by: User | None) -> None:
    """Put drafts on sale, all or none, in a few statements. Raises `NotReadyForSale` and `WrongShowState`."""
    with transaction.atomic():
        drafts = lock_shows(shows, Show.State.DRAFT)
        missing = [one for found in find_missing_by_show(drafts, timezone.now()).values() for one in found]
        if missing:
            raise NotReadyForSale(list({str(one): one for one in missing}.values()))
        make_areas(drafts)
        Show.objects.filter(pk__in=[show.pk for show in drafts]).update(state=Show.State.ON_SALE)
        record_shows(by=by, action=Action.OPEN_SALES, changes=[(show, {}, {}) for show in drafts])
        sales_opened.send(sender=None, shows=drafts)
        forget_catalogue(changed=[show.event_id for show in drafts])
