"""Invitations to a team: sent by e-mail, valid for a while, once, and only for the invited address.

The link is signed and names the invitation and its version, so that a newer e-mail, a
withdrawal, an acceptance or its expiry ends it. Opening it proves that the e-mail was read, so an account
created with it has a confirmed address. Callers check first that `by` may (`access.py`), and
send the mail in the same transaction.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from theaters.models import Invitation, StaffMembership, Theater
from theaters.team import HasRoleAlready, TeamError

INVITATION_LIFETIME = timedelta(days=7)
_signer = signing.Signer(salt="theaters.invitation")


class InvitationOver(TeamError):
    """It was accepted or withdrawn, or has expired."""

    message = _("This invitation is no longer valid. Ask for a new one.")


class InvitedAlready(TeamError):
    message = _("There is an open invitation to this address for this role already. Send it again instead.")


class OtherAddress(TeamError):
    message = _("This invitation is for another address. Sign in with that one.")


def invite(*, theater: Theater, email: str, role: str, by: User) -> Invitation:
    """Create an invitation that is valid for `INVITATION_LIFETIME`. Raises `HasRoleAlready` and `InvitedAlready`."""
    email = email.strip().lower()
    now = timezone.now()
    if StaffMembership.objects.filter(user__email=email, theater=theater, role=role).exists():
        raise HasRoleAlready
    with transaction.atomic():
        # An expired invitation makes room.
        _open(theater=theater, email=email, role=role).filter(expires_at__lte=now).update(withdrawn_at=now)
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    theater=theater, email=email, role=role, made_by=by, expires_at=now + INVITATION_LIFETIME
                )
        except IntegrityError:
            raise InvitedAlready from None
        _record(invitation, Action.INVITE, by)
    return invitation


def renew(*, invitation: Invitation, by: User) -> Invitation:
    """Extend an invitation by `INVITATION_LIFETIME` with a new link; the old one ends. Raises `InvitationOver`."""
    with transaction.atomic():
        invitation = _lock(invitation)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise InvitationOver
        invitation.version += 1
        invitation.expires_at = timezone.now() + INVITATION_LIFETIME
        invitation.save(update_fields=["version", "expires_at"])
        _record(invitation, Action.INVITE_AGAIN, by)
    return invitation


def withdraw(*, invitation: Invitation, by: User) -> bool:
    """End an open invitation, and return True if it was open."""
    with transaction.atomic():
        if not _open(pk=invitation.pk).update(withdrawn_at=timezone.now()):
            return False
        _record(invitation, Action.WITHDRAW_INVITATION, by)
    return True


def link_to(invitation: Invitation) -> str:
    """Return the absolute address that accepts the invitation."""
    token = _signer.sign(f"{invitation.pk}.{invitation.version}").replace(":", "~")
    return f"{settings.SITE_URL}{reverse('theaters:invitation', args=[token])}"


def read_link(token: str) -> Invitation | None:
    """Return the invitation that a link names, open or not; None for a forged or replaced link."""
    try:
        pk, _dot, version = _signer.unsign(token.replace("~", ":")).partition(".")
    except signing.BadSignature:
        return None
    found = Invitation.objects.select_related("theater__city", "made_by")
    return found.filter(pk=int(pk), version=int(version)).first()


def find_account(invitation: Invitation) -> User | None:
    """Return the account with the invited address, if it is confirmed.

    An account with an unconfirmed address may be someone else's: it is not returned,
    and `accept_as_new` takes it over.
    """
    proven = EmailAddress.objects.filter(email=invitation.email, verified=True, user__is_active=True)
    address = proven.select_related("user").first()
    return address.user if address else None


def accept(*, invitation: Invitation, user: User) -> StaffMembership:
    """Make a signed-in person a member of staff, once. Raises `InvitationOver` and `OtherAddress`."""
    with transaction.atomic():
        invitation = _lock(invitation)
        now = timezone.now()
        if not invitation.is_open(now):
            raise InvitationOver
        if not EmailAddress.objects.filter(user=user, email=invitation.email, verified=True).exists():
            raise OtherAddress
        membership, _is_new = StaffMembership.objects.get_or_create(
            user=user, theater=invitation.theater, role=invitation.role
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        _record(invitation, Action.ACCEPT_INVITATION, user)
    return membership


def accept_as_new(*, invitation: Invitation, name: str, password: str, language: str) -> User:
    """Create an account for the invited address, with this password, and join the team. Raises `InvitationOver`.

    An account that was created with the address and never confirmed becomes theirs: its old password no
    longer works.
    """
    with transaction.atomic():
        locked = _lock(invitation)
        if not locked.is_open(timezone.now()) or find_account(locked) is not None:
            raise InvitationOver
        user = User.objects.filter(email=locked.email).first() or User(email=locked.email)
        if not user.is_active or user.is_superuser:
            # Closed by a platform admin, or a platform admin's own: an e-mail must not open that.
            raise InvitationOver
        user.name = name or user.name
        user.language = language
        user.set_password(password)
        user.save()
        EmailAddress.objects.filter(email=locked.email).exclude(user=user).delete()
        EmailAddress.objects.filter(user=user).exclude(email=locked.email).delete()
        EmailAddress.objects.update_or_create(
            user=user, email=locked.email, defaults={"verified": True, "primary": True}
        )
        accept(invitation=locked, user=user)
    return user


def _open(**which: object) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, **which)


def _lock(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("theater__city", "made_by")
    return rows.get(pk=invitation.pk)


def _record(invitation: Invitation, action: str, by: User) -> None:
    audit.record(
        by=by,
        action=action,
        on=invitation,
        theater_id=invitation.theater_id,
        after={"email": invitation.email, "role": invitation.role, "until": invitation.expires_at.isoformat()},
    )
