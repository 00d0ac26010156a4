"""Changes to a theater's team: roles changed and revoked. Callers check first that `by` may (`access.py`).

Permissions follow from memberships at every request, so changes apply at once, in
open sessions and for API tokens. A theater never loses its last manager: changes of
its managers are serialized by a lock on their memberships, in order of pk.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from accounts.roles import Role
from theaters.models import StaffMembership


class TeamError(Exception):
    """A change to a team was refused; nothing has changed."""

    message = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class LastManager(TeamError):
    message = _("This is the theater's last manager. Make someone else a manager first.")


class HasRoleAlready(TeamError):
    message = _("This person has this role already.")


def is_last_manager(membership: StaffMembership) -> bool:
    """Return True if the theater would be left without a manager who can sign in. One query."""
    if membership.role != Role.MANAGER:
        return False
    others = StaffMembership.objects.filter(
        theater=membership.theater_id, role=Role.MANAGER, user__is_active=True
    ).exclude(user=membership.user_id)
    return not others.exists()


def change_role(*, membership: StaffMembership, role: str, by: User) -> StaffMembership:
    """Change a person's role in a theater. Harmless when repeated.

    Raises `LastManager` and `HasRoleAlready`.
    """
    with transaction.atomic():
        membership = _lock(membership)
        if membership.role == role:
            return membership
        same = StaffMembership.objects.filter(user=membership.user_id, theater=membership.theater_id, role=role)
        if same.exists():
            raise HasRoleAlready
        if is_last_manager(membership):
            raise LastManager
        before, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        audit.record(
            by=by,
            action=Action.CHANGE_ROLE,
            on=membership,
            theater_id=membership.theater_id,
            before={"role": before},
            after={"role": role},
        )
    return membership


def revoke(*, membership: StaffMembership, by: User) -> bool:
    """Revoke a role, and return True if it existed. Raises `LastManager`."""
    with transaction.atomic():
        try:
            membership = _lock(membership)
        except StaffMembership.DoesNotExist:
            return False
        if is_last_manager(membership):
            raise LastManager
        audit.record(
            by=by,
            action=Action.REVOKE_ROLE,
            on=membership,
            theater_id=membership.theater_id,
            before={"user": membership.user.email, "role": membership.role},
        )
        membership.delete()
    return True


def _lock(membership: StaffMembership) -> StaffMembership:
    """Lock the theater's managers and this membership, and return it as it is now."""
    rows = StaffMembership.objects.select_for_update(of=("self",)).select_related("user", "theater")
    managers = rows.filter(theater=membership.theater_id, role=Role.MANAGER)
    locked = {row.pk: row for row in managers.order_by("pk")}
    found = locked.get(membership.pk)
    return found if found is not None else rows.get(pk=membership.pk)
