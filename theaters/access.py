"""Who may see and do what. Nothing else decides.

A person works in a theater by `StaffMembership`; a role is a set of capabilities. A platform
admin (superuser) has all of them everywhere. Ask `may` for one theater, `theaters_for` to scope a
query, and `require` to refuse.

A person who must use a second factor but has none set up has no capability anywhere, in pages or the API.
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q

from accounts.models import User
from accounts.roles import SECOND_FACTORS, Capability, Person, SecondFactorMissing, lacks_second_factor, roles_with
from theaters.models import StaffMembership, Theater, TheaterQuerySet


def theaters_for(user: Person, *capabilities: Capability) -> TheaterQuerySet:
    """Return the theaters where `user` has any of these capabilities; none for a customer. Lazy, no query."""
    if not user.is_active or not isinstance(user, User):
        return Theater.objects.none()
    if user.is_superuser:
        return Theater.objects.filter(_passes_second_factor(user))
    memberships = StaffMembership.objects.filter(user=user, role__in=roles_with(*capabilities))
    return Theater.objects.filter(_passes_second_factor(user), pk__in=memberships.values("theater_id"))


def may(user: Person, capability: Capability, theater_id: int | None = None) -> bool:
    """Return True if `user` has `capability` in that theater, or in any when none is given. One query."""
    theaters = theaters_for(user, capability)
    if theater_id is not None:
        theaters = theaters.filter(pk=theater_id)
    return theaters.exists()


def require(user: Person, capability: Capability, theater_id: int | None = None) -> None:
    """Raise `PermissionDenied` unless `may` allows it; `SecondFactorMissing` if that is the reason."""
    if not may(user, capability, theater_id):
        raise SecondFactorMissing if lacks_second_factor(user) else PermissionDenied


def _passes_second_factor(user: User) -> Q | Exists:
    """Return a query condition, the same for all rows, that `lacks_second_factor` is False."""
    has_factor = Exists(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS))
    # Everyone these queries find is staff.
    if settings.REQUIRE_STAFF_MFA or (settings.REQUIRE_ADMIN_MFA and user.is_superuser):
        return has_factor
    asked = Exists(StaffMembership.objects.filter(user=user, theater__requires_mfa=True))
    return ~asked | has_factor
