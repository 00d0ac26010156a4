"""Roles and what each of them may do. Who holds a role where is in `theaters/access.py`."""

from __future__ import annotations

from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.refusals import ProblemType


class Role(models.TextChoices):
    MANAGER = "manager", _("manager")
    PROGRAMMER = "programmer", _("programmer")
    BOX_OFFICE = "box_office", _("box office")
    DOOR = "door", _("door")
    ACCOUNTANT = "accountant", _("accountant")


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
    ADMIT_ANYWAY = "admit anyway"
    SEE_MONEY = "see money"
    BOOK_TRANSFERS = "book transfers"
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
            Capability.ADMIT_ANYWAY,
        }
    ),
    Role.DOOR: frozenset({Capability.SEE_PROGRAMME, Capability.CHECK_IN}),
    Role.ACCOUNTANT: frozenset(
        {Capability.SEE_PROGRAMME, Capability.SEE_BOOKINGS, Capability.SEE_MONEY, Capability.BOOK_TRANSFERS}
    ),
}
# What each capability means, as the roles' page says it: "may …".
CAPABILITY_WORDS: dict[Capability, str | Promise] = {
    Capability.SEE_PROGRAMME: _("see the program: events, shows, halls and how full they are"),
    Capability.EDIT_PROGRAMME: _("make and change events, shows, prices and vouchers, and put shows on sale"),
    Capability.EDIT_THEATER: _("change the theater, its halls and its seat maps"),
    Capability.SEE_BOOKINGS: _("find bookings and tickets, with names and addresses"),
    Capability.EDIT_BOOKINGS: _(
        "change bookings: send tickets again, move seats, correct names; write to the customers of a show"
    ),
    Capability.SELL: _("sell at the box office and take cash"),
    Capability.SEE_VOUCHERS: _("see the codes of vouchers"),
    Capability.REFUND: _("cancel tickets and give money back"),
    Capability.CANCEL_SHOW: _("cancel a whole show, with all its bookings"),
    Capability.CHECK_IN: _("check tickets at the door, and see who is inside"),
    Capability.ADMIT_ANYWAY: _("admit a visitor whose ticket the door refuses, with a reason"),
    Capability.SEE_MONEY: _("see payments, refunds, settlements and reports"),
    Capability.BOOK_TRANSFERS: _("record bank transfers that came, and refunds that were sent by the bank"),
    Capability.EDIT_TEAM: _("invite people, change their roles and take them off the team"),
    Capability.SEE_AUDIT: _("read the audit log: who changed what, and when"),
}
# What counts as a second factor; recovery codes only stand in for one.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
Person = User | AnonymousUser


class SecondFactorMissing(PermissionDenied):
    """The person may do this, but has not set up the second factor that is required of them."""

    problem = ProblemType(
        "mfa-setup-required",
        403,
        _("Your theater asks its staff for a second factor, and you have none."),
        _("Set one up on the website, under “Your account”, then get a new token."),
    )


def roles_with(*capabilities: Capability) -> list[str]:
    """Return the roles that have any of these capabilities."""
    return [role for role, own in CAPABILITIES.items() if not own.isdisjoint(capabilities)]


def theaters_by_capability(user: User) -> dict[Capability, frozenset[int]]:
    """Return the pks of the theaters where the person has each capability; not for platform admins.

    At most two queries; none if the person's workplaces are cached and no second factor is required.
    """
    found: dict[Capability, set[int]] = {capability: set() for capability in Capability}
    if user.is_active and user.workplaces and not lacks_second_factor(user):
        for place in user.workplaces:
            for capability in CAPABILITIES[place.role]:
                found[capability].add(place.theater_id)
    return {capability: frozenset(theaters) for capability, theaters in found.items()}


def lacks_second_factor(user: Person) -> bool:
    """Return True if the site or a theater requires a second factor that `user` has not set up.

    At most two queries; none for people whose workplaces are cached as none.
    """
    return (
        isinstance(user, User)
        and (_site_requires(user) or user.must_use_second_factor)
        and not Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()
    )


def _site_requires(user: User) -> bool:
    return (settings.REQUIRE_STAFF_MFA and user.is_staff) or (settings.REQUIRE_ADMIN_MFA and user.is_superuser)
