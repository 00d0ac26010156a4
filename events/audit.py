"""Records changes of many shows in the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts import audit
from accounts.models import User
from events.models import Show


def record_shows(
    *, by: User | None, action: str, changes: Iterable[tuple[Show, dict[str, Any], dict[str, Any]]]
) -> None:
    """Record each show's values before and after, under its theater."""
    by_theater: dict[int, list[tuple[Show, dict[str, Any], dict[str, Any]]]] = {}
    for change in changes:
        by_theater.setdefault(change[0].hall.theater_id, []).append(change)
    for theater_id, group in by_theater.items():
        audit.record_many(by=by, action=action, changes=group, theater_id=theater_id)
