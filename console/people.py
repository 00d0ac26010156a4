"""What people may do in the console, and where."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Capability, Person, theaters_by_capability


def may_at(user: Person, capability: Capability, theater_id: int | None = None) -> bool:
    """Return True if the person has the capability in that theater, or in any when none is given.

    One query for each person and request.
    """
    if not isinstance(user, User):
        return False
    if user.is_superuser:
        return bool(user.is_active)
    own = theaters_of(user, capability)
    return theater_id in own if theater_id is not None else bool(own)


def require_at(user: Person, capability: Capability, theater_id: int | None = None) -> None:
    """Raise `PermissionDenied` unless `may_at`."""
    if not may_at(user, capability, theater_id):
        raise PermissionDenied


def theaters_of(user: Person, capability: Capability) -> frozenset[int]:
    """Return the pks of the theaters where the person has the capability; not for platform admins.

    One query for each person and request. With pks instead of a subquery, the database's planner knows how
    few rows are meant.
    """
    if not isinstance(user, User):
        return frozenset()
    # Cached on the person's object, which lives as long as the request.
    known: dict[Capability, frozenset[int]] | None = user.__dict__.get("_console_theaters")
    if known is None:
        known = user.__dict__["_console_theaters"] = theaters_by_capability(user)
    return known[capability]


def own_zone(user: Person) -> tzinfo:
    """Return the zone that all of a person's theaters share; UTC if they differ, and for platform admins."""
    if not isinstance(user, User) or user.is_superuser:
        return UTC
    zones = user.time_zones
    return ZoneInfo(next(iter(zones))) if len(zones) == 1 else UTC


def person_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
