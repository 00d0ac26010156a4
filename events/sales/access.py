"""Releases the places that are kept for people in wheelchairs and their companions."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.locking import lock_show
from events.models import Show


def release_access_places(*, show: Show, by: User | None) -> Show:
    """Sell a show's wheelchair places and companion seats like all others from now on; harmless when repeated.

    The caller has checked that `by` may. Raises `WrongShowState` for a show that is not on sale.
    """
    with transaction.atomic():
        show = lock_show(show, Show.State.ON_SALE)
        now = timezone.now()
        if show.access_released_at is None:
            show.access_released_at = now
            Show.objects.filter(pk=show.pk).update(access_released_at=now)
            audit.record(by=by, action=Action.RELEASE_ACCESS_PLACES, on=show, theater_id=show.hall.theater_id)
            forget_catalogue()
    return show
