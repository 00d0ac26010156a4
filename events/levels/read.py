"""Reads the row of a level, for those who change it."""

from __future__ import annotations

from events.models import OwnSettings
from events.models.settings import Scope


def find_own(scope: Scope) -> OwnSettings:
    """Return what this level itself sets: its row, or a new one that is not saved. One query."""
    key = {"level": scope.level, "theater_id": scope.theater_id, "event_id": scope.event_id}
    return OwnSettings.objects.filter(**key).first() or OwnSettings(**key)
