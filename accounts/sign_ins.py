"""What is written down of sign-ins: a log line for everybody, and for staff an entry in the audit log.

Nothing that was typed is written down: some people type their password into the wrong field.
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
    """Receive allauth's word that somebody signed in; the API says so by itself."""
    log.info("signed_in", user=user.pk, way=way)
    if user.is_staff:
        audit.record_for_staff(by=user, action=Action.SIGN_IN, on=user, after={"way": way})


def note_refusal(*, user: User | None, what: str) -> None:
    """Write down that signing in was refused because of `what`; `user` is whose account it was about."""
    log.warning("sign_in_refused", user=user.pk if user else None, what=what)
    if user is not None and user.is_staff:
        audit.record_for_staff(by=None, action=Action.SIGN_IN_REFUSED, on=user, after={"what": what})


def note_wrong_password(*, email: str) -> None:
    note_refusal(user=User.objects.filter(email=email.strip().lower()).first(), what="password")


def note_wrong_factor(*, user: User, **kwargs: Any) -> None:
    """Receive allauth's word that a second factor was not right."""
    note_refusal(user=user, what="second factor")


def note_wrong_code(*, user: User | None = None, **kwargs: Any) -> None:
    """Receive allauth's word that an e-mailed code was not right."""
    note_refusal(user=user, what="code")


def end_other_sessions(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Receive allauth's word that what guards an account has changed: who came by what was before is signed out."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
