"""Records of sign-ins: a log line for everyone, and for staff an entry in the audit log.

Nothing that was typed is recorded: some people type their password into the wrong field.
"""

from typing import Any

import structlog
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts import audit
from accounts.actions import Action
from accounts.models import User

log = structlog.get_logger(__name__)


def note_sign_in(*, user: User, way: str = "website", **kwargs: Any) -> None:
    """Record a sign-in: the receiver of allauth's signal, called directly by the API."""
    log.info("signed_in", user=user.pk, way=way)
    if user.is_staff:
        audit.record_for_staff(by=user, action=Action.SIGN_IN, on=user, after={"way": way})


def note_refusal(*, user: User | None, what: str) -> None:
    """Record that signing in to the account of `user` was refused because of `what`."""
    log.warning("sign_in_refused", user=user.pk if user else None, what=what)
    if user is not None and user.is_staff:
        audit.record_for_staff(by=None, action=Action.SIGN_IN_REFUSED, on=user, after={"what": what})


def note_wrong_password(*, email: str) -> None:
    note_refusal(user=User.objects.filter(email=email.strip().lower()).first(), what="password")


def note_wrong_factor(*, user: User, **kwargs: Any) -> None:
    """Receive allauth's signal of a wrong second factor."""
    note_refusal(user=user, what="second factor")


def note_wrong_code(*, user: User | None = None, **kwargs: Any) -> None:
    """Receive allauth's signal of a wrong e-mailed code."""
    note_refusal(user=user, what="code")


def end_other_sessions(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign out all other sessions, because the account's password, address or second factor has changed."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
