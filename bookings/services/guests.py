"""Join what somebody booked as a guest to the account that they made later."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from bookings.models import Booking


def attach_guest_bookings(*, user: User) -> int:
    """Give the user all guest bookings of addresses that are proven theirs; return how many.

    One statement, harmless when repeated. Unproven addresses claim nothing: anybody may type them.
    What staff hold for the house is nobody's purchase.
    """
    own = Booking.objects.filter(customer__isnull=True, email__in=proven_addresses(user))
    return own.exclude(kind=Booking.Kind.HOUSE).update(customer=user)


def proven_addresses(user: User) -> QuerySet[Any, Any]:
    """Return the addresses that the user has confirmed, in lower case. Lazy, no query."""
    rows: QuerySet[Any, Any] = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    return rows


def attach_after_confirmation(*, email_address: EmailAddress, **kwargs: Any) -> None:
    """Receive allauth's word that an address is proven."""
    attach_guest_bookings(user=email_address.user)


def attach_after_sign_in(*, user: User, **kwargs: Any) -> None:
    """Receive Django's word that somebody signed in: they may have booked before they did."""
    attach_guest_bookings(user=user)
