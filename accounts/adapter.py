"""What allauth does our way: its mail goes through the outbox, and people keep their language."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import User
from notifications.services import notify

# allauth names a message by its template; those that are not here tell of a change of the account.
KINDS = {
    "email_confirmation": "email_confirmation",
    "email_confirmation_signup": "email_confirmation",
    "login_code": "sign_in_code",
    "password_reset_code": "password_reset",
    "account_already_exists": "account_exists",
    "unknown_account": "account_unknown",
}


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's message into the outbox: no request waits for a mail server."""
        name = template_prefix.rsplit("/", 1)[-1]
        user = context.get("user")
        if not isinstance(user, User):
            user = self.request.user if self.request and self.request.user.is_authenticated else None
        notify(
            kind=KINDS.get(name, "account_changed"),
            recipient=email,
            # Each is a message of its own, with a code of its own.
            unique_key=f"account:{uuid4()}",
            user=user,
            language=get_language() or settings.LANGUAGE_CODE,
            context=describe_change(name, context)
            | {"name": user.name if user else "", "recipient": email, "code": context.get("code", "")},
        )


def describe_change(what: str, context: dict[str, Any]) -> dict[str, str]:
    """Return what the messages may say, as plain JSON. Addresses are built from SITE_URL, never from the request."""
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
