"""Signals to the apps above this one."""

from typing import Any

from allauth.account.models import EmailAddress
from django.dispatch import Signal

from accounts.models import User

# With `user`, who has confirmed an address or signed in: what was made for their confirmed addresses before,
# or while they were signed out, is theirs.
addresses_proven = Signal()


def announce_confirmation(*, email_address: EmailAddress, **kwargs: Any) -> None:
    """Send `addresses_proven`; receives allauth's `email_confirmed`."""
    addresses_proven.send(sender=None, user=email_address.user)


def announce_sign_in(*, user: User, **kwargs: Any) -> None:
    """Send `addresses_proven`; receives Django's `user_logged_in`."""
    addresses_proven.send(sender=None, user=user)
