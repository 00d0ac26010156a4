"""Who may see and do what. Nothing else decides.

A person works in a theater by `StaffMembership`; a role is a set of capabilities. A platform
admin (superuser) has all of them everywhere. Ask `may` for one theater, `theaters_for` to scope a
query, and `require` to refuse.

Who has to use a second factor and has none set up has no capability anywhere, by whatever way they come.
"""

from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from theaters.models import StaffMembership, Theater, TheaterQuerySet

Role = StaffMembership.Role


class Capability(StrEnum):
    SEE_PROGRAMME = "see programme"
    EDIT_PROGRAMME = "edit programme"
    EDIT_THEATER = "edit theater"
    SEE_BOOKINGS = "see bookings"
    EDIT_BOOKINGS = "edit bookings"
    SELL = "sell"
    SEE_VOUCHERS = "see vouchers"
    REFUND = "refund"
    CANCEL_SHOW = "cancel show"
    CHECK_IN = "check in"
    SEE_MONEY = "see money"
    EDIT_TEAM = "edit team"
    SEE_AUDIT = "see audit"


CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.MANAGER: frozenset(Capability),
    Role.PROGRAMMER: frozenset(
        {Capability.SEE_PROGRAMME, Capability.EDIT_PROGRAMME, Capability.SEE_BOOKINGS, Capability.SEE_VOUCHERS}
    ),
    Role.BOX_OFFICE: frozenset(
        {
            Capability.SEE_PROGRAMME,
            Capability.SEE_BOOKINGS,
            Capability.EDIT_BOOKINGS,
            Capability.SELL,
            Capability.SEE_VOUCHERS,
            Capability.REFUND,
            Capability.CHECK_IN,
        }
    ),
    Role.DOOR: frozenset({Capability.SEE_PROGRAMME, Capability.CHECK_IN}),
    Role.ACCOUNTANT: frozenset({Capability.SEE_PROGRAMME, Capability.SEE_BOOKINGS, Capability.SEE_MONEY}),
}

# What each capability means, as the page of the roles says it: "may …".
WORDS: dict[Capability, str | Promise] = {
    Capability.SEE_PROGRAMME: _("see the programme: events, shows, halls and how full they are"),
    Capability.EDIT_PROGRAMME: _("make and change events, shows, prices and vouchers, and put shows on sale"),
    Capability.EDIT_THEATER: _("change the theater, its halls and its seat maps"),
    Capability.SEE_BOOKINGS: _("find bookings and tickets, with names and addresses"),
    Capability.EDIT_BOOKINGS: _("change bookings: send tickets again, move seats, correct names"),
    Capability.SELL: _("sell at the box office and take cash"),
    Capability.SEE_VOUCHERS: _("see the codes of vouchers"),
    Capability.REFUND: _("cancel tickets and give money back"),
    Capability.CANCEL_SHOW: _("cancel a whole show, with all its bookings"),
    Capability.CHECK_IN: _("check tickets at the door, and see who is inside"),
    Capability.SEE_MONEY: _("see payments, refunds, settlements and reports"),
    Capability.EDIT_TEAM: _("invite people, change their roles and take them off the team"),
    Capability.SEE_AUDIT: _("read the audit log: who changed what, and when"),
}

# What counts as a second factor; recovery codes only stand in for one.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]

Person = User | AnonymousUser


class SecondFactorMissing(PermissionDenied):
    """The person might do this, but has not set up the second factor that is asked of them."""

    # Of the problem that the API answers with.
    slug = "mfa-setup-required"


def roles_with(*capabilities: Capability) -> list[str]:
    """Return the roles that have any of these capabilities."""
    return [role for role, own in CAPABILITIES.items() if not own.isdisjoint(capabilities)]


def theaters_for(user: Person, *capabilities: Capability) -> TheaterQuerySet:
    """Return the theaters where `user` has any of these capabilities; none for a customer. Lazy, no query."""
    if not user.is_active or not isinstance(user, User):
        return Theater.objects.none()
    if user.is_superuser:
        return Theater.objects.filter(_passes_second_factor(user))
    memberships = StaffMembership.objects.filter(user=user, role__in=roles_with(*capabilities))
    return Theater.objects.filter(_passes_second_factor(user), pk__in=memberships.values("theater_id"))


def theaters_by_capability(user: User) -> dict[Capability, frozenset[int]]:
    """Return the pks of the theaters where each capability is theirs, platform admins aside.

    Two queries at most, none where the person's workplaces are known and no second factor is asked of them.
    """
    found: dict[Capability, set[int]] = {capability: set() for capability in Capability}
    if user.is_active and user.workplaces and not lacks_second_factor(user):
        for place in user.workplaces:
            for capability in CAPABILITIES[place.role]:
                found[capability].add(place.theater_id)
    return {capability: frozenset(theaters) for capability, theaters in found.items()}


def may(user: Person, capability: Capability, theater_id: int | None = None) -> bool:
    """Say whether `user` has `capability` in that theater, or in any when none is given. One query."""
    theaters = theaters_for(user, capability)
    if theater_id is not None:
        theaters = theaters.filter(pk=theater_id)
    return theaters.exists()


def require(user: Person, capability: Capability, theater_id: int | None = None) -> None:
    """Raise `PermissionDenied` unless `may` says yes; `SecondFactorMissing` where that is why."""
    if not may(user, capability, theater_id):
        raise SecondFactorMissing if lacks_second_factor(user) else PermissionDenied


def lacks_second_factor(user: Person) -> bool:
    """Return True if the site or one of their theaters asks for a second factor that `user` has not set up.

    Two queries at most, none for customers of whom it is known that they are no staff.
    """
    return (
        isinstance(user, User)
        and (_site_asks(user) or user.is_asked_by_theater)
        and not Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
    )


def _site_asks(user: User) -> bool:
    return (settings.REQUIRE_STAFF_MFA and user.is_staff) or (settings.REQUIRE_ADMIN_MFA and user.is_superuser)


def _passes_second_factor(user: User) -> Q | Exists:
    """Return the condition of a query, the same for all its rows, that `lacks_second_factor` is False."""
    has_factor = Exists(Authenticator.objects.filter(user=user, type__in=FACTORS))
    # All who are found by these queries are staff.
    if settings.REQUIRE_STAFF_MFA or (settings.REQUIRE_ADMIN_MFA and user.is_superuser):
        return has_factor
    asked = Exists(StaffMembership.objects.filter(user=user, theater__requires_mfa=True))
    return ~asked | has_factor
