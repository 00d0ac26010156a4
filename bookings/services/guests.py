"""Attach the bookings of a guest to the account that they made later."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from bookings.models import Booking


def attach_guest_bookings(*, user: User, **kwargs: Any) -> int:
    """Give the user all guest bookings of their confirmed addresses; return how many. Receives `addresses_proven`.

    One statement, harmless when repeated. An address that is not confirmed may be a stranger's. House
    holds are no purchases and stay where they are.
    """
    own = Booking.objects.filter(customer__isnull=True, email__in=proven_addresses(user))
    return own.exclude(kind=Booking.Kind.HOUSE).update(customer=user)


def proven_addresses(user: User) -> QuerySet[Any, Any]:
    """Return the addresses that the user has confirmed, in lower case. Lazy, no query."""
    rows: QuerySet[Any, Any] = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    return rows
