"""Changes what a level above shows sets. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.audit import record_shows
from events.catalogue import forget_catalogue
from events.levels.read import find_own
from events.locking import lock_shows
from events.models import Level, OwnSettings, Show
from events.models.settings import DOORS_MINUTES, REFUNDS, Refunds, Scope, forget_settings
from events.sales.terms import find_shows_with_tickets, refund_columns
from lib.after_commit import after_commit

WRITE_BATCH = 500


def change_settings(*, scope: Scope, values: Mapping[str, Any], by: User | None) -> OwnSettings:
    """Set these columns of a level, and clear those that are empty; nothing is written if nothing differs.

    Tickets keep the refund terms under which they were sold: upcoming shows that have tickets and would get other
    ones get their former terms as their own. Calendars learn of other door times. Raises `IntegrityError` for values
    that do not go together.
    """
    with transaction.atomic():
        _lock()
        row = find_own(scope)
        before = row.values()
        for name, value in values.items():
            setattr(row, name, value)
        after = row.values()
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if not changed:
            return row
        following = _read_following(scope) if set(changed) & set(REFUNDS.fields) else []
        forget_settings()
        former = {show.pk: show.refund_terms for show in following}
        row.save()
        forget_settings()
        _keep_refunds(following, former, by)
        if DOORS_MINUTES.name in changed:
            # Writes what is there already, and so raises the revision of their calendar entries.
            upcoming_shows(scope).filter(doors_at=None).update(doors_at=None)
        audit.record(
            by=by,
            action=Action.CHANGE_SETTINGS,
            on=row,
            theater_id=scope.theater_id,
            before={name: before.get(name) for name in changed},
            after={name: after.get(name) for name in changed},
        )
        after_commit(forget_settings)
        forget_catalogue()
    return row


def upcoming_shows(scope: Scope) -> QuerySet[Show]:
    """Return the shows on sale or in preparation to which a level's settings apply. Lazy."""
    shows = Show.objects.filter(state__in=[Show.State.DRAFT, Show.State.ON_SALE], starts_at__gt=timezone.now())
    if scope.theater_id is not None:
        shows = shows.filter(hall__theater=scope.theater_id)
    return shows.filter(event=scope.event_id) if scope.event_id is not None else shows


def _lock() -> None:
    """Let one change after the other read what the levels set; the site's row stands for all."""
    site, _is_new = OwnSettings.objects.get_or_create(level=Level.SITE)
    OwnSettings.objects.select_for_update().get(pk=site.pk)


def _read_following(scope: Scope) -> list[Show]:
    """Lock and return the shows that have no refund terms of their own."""
    return lock_shows(upcoming_shows(scope).filter(refunds=""), Show.State.DRAFT, Show.State.ON_SALE)


def _keep_refunds(shows: Sequence[Show], former: Mapping[int, Refunds], by: User | None) -> None:
    sold = find_shows_with_tickets(shows)
    kept = [show for show in shows if show.pk in sold and show.refund_terms != former[show.pk]]
    changes = []
    for show in kept:
        values = refund_columns(former[show.pk])
        before = {name: getattr(show, name) for name in values}
        for name, value in values.items():
            setattr(show, name, value)
        changes.append((show, before, values))
    if kept:
        Show.objects.bulk_update(kept, REFUNDS.fields, batch_size=WRITE_BATCH)
        record_shows(by=by, action=Action.SET_TERMS, changes=changes)
