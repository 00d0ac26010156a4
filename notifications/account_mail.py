"""How allauth signs people in and up: with our words, and with its mail in the outbox."""

import time
from typing import Any, ClassVar
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.languages import remember_language
from accounts.models import User
from accounts.sign_ins import note_refusal, note_wrong_password
from notifications.models import Notification
from notifications.services import notify

# Kinds by allauth's templates; every other template is about a change of the account.
_KINDS = {
    "email_confirmation": Notification.Kind.EMAIL_CONFIRMATION,
    "email_confirmation_signup": Notification.Kind.EMAIL_CONFIRMATION,
    "login_code": Notification.Kind.SIGN_IN_CODE,
    "password_reset_code": Notification.Kind.PASSWORD_RESET,
    "account_already_exists": Notification.Kind.ACCOUNT_EXISTS,
    "unknown_account": Notification.Kind.ACCOUNT_UNKNOWN,
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is already your address."),
        "email_password_mismatch": _(
            "The e-mail address or password is wrong. If you have not confirmed your address yet, "
            "have a code sent to it."
        ),
        "email_taken": _("There is already an account with this e-mail address."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is wrong."),
        "incorrect_password": _("This password is wrong."),
        "invalid_or_expired_key": _("This link is no longer valid."),
        "invalid_login": _("Signing in did not work."),
        "invalid_password_reset": _("This link is no longer valid."),
        "rate_limited": _("Too many attempts. Wait a little and try again."),
        "same_as_current": _("This is the same as before."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "unknown_email": _("There is no account with this e-mail address."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's message into the outbox, so that no request waits for a mail server."""
        name = template_prefix.rsplit("/", 1)[-1]
        user = context.get("user")
        if not isinstance(user, User):
            user = self.request.user if self.request and self.request.user.is_authenticated else None
        about = {"name": user.name if user else "", "recipient": email, "code": context.get("code", "")}
        notify(
            kind=_KINDS.get(name, Notification.Kind.ACCOUNT_CHANGED),
            recipient=email,
            # Each message is new, with a code of its own.
            unique_key=f"account:{uuid4()}",
            user=user,
            language=get_language() or settings.LANGUAGE_CODE,
            context={**describe_change(name, context), **about},
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_refusal(user=None, what="too many attempts")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_wrong_password(email=credentials.get("email", ""))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Require it unless the person has just signed in."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        is_recent = time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not is_recent and bool(super().is_reauthentication_required(app=app))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase:
        """Continue in the language of the person's profile."""
        translation.activate(user.language)
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response


def describe_change(what: str, context: dict[str, Any]) -> dict[str, str]:
    """Return the context of account messages as plain JSON. URLs are built from SITE_URL, never from the request."""
    at = context.get("timestamp")
    return {
        "what": what,
        "at": at.isoformat() if at else "",
        "address": context.get("ip", ""),
        "browser": context.get("user_agent", ""),
        **{key: str(context.get(key, "")) for key in ("from_email", "to_email", "deleted_email")},
        "sign_in_url": settings.SITE_URL + reverse("account_login"),
        "sign_up_url": settings.SITE_URL + reverse("account_signup"),
        "password_reset_url": settings.SITE_URL + reverse("account_reset_password"),
    }
