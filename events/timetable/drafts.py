"""Deletes drafts of shows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import ShowInUse
from events.locking import lock_show
from events.models import Show
from events.timetable.scheduling import describe


def delete_drafts(*, shows: Iterable[Show], by: User | None) -> int:
    """Delete these drafts with their prices, all or none, and return how many there were.

    Drafts that are already gone are skipped. Raises `WrongShowState` for a show that is not a draft, or
    `ShowInUse`.
    """
    deleted = 0
    with transaction.atomic():
        for one in Show.objects.filter(pk__in=[show.pk for show in shows]).order_by("pk"):
            show = lock_show(one, Show.State.DRAFT)
            audit.record(
                by=by, action=Action.DELETE_SHOW, on=show, theater_id=show.hall.theater_id, before=describe(show)
            )
            try:
                show.delete()
            except ProtectedError as error:
                raise ShowInUse(show) from error
            deleted += 1
        if deleted:
            forget_catalogue()
    return deleted
