"""Who may sign in by password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from lib.compiled import compiled


class PasswordBackend(AuthenticationBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user with these credentials, unless they signed up and never confirmed the address.

        Those sign in by an e-mailed code, which confirms it. Otherwise, signing up with another person's
        address and then signing in would reveal whether it has an account. One query more than allauth's own.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            return None
        confirmed = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
        # An account that an operator made has no address to confirm yet.
        return user if any(confirmed) or not confirmed else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, for each of their requests, if they may still sign in."""
        user = next(iter(_read_user(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None


@compiled
def _read_user(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
