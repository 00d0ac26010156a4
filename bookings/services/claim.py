"""Join what somebody booked as a guest to the account that they made later."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower

from accounts.models import User
from bookings.models import Booking, WaitingListEntry


def claim_guest_bookings(*, user: User) -> int:
    """Give the user all guest bookings of addresses that are proven theirs; return how many.

    Their places on waiting lists too, uncounted. Two statements, harmless when repeated. Unproven
    addresses claim nothing: anybody may type them.
    What staff hold for the house is nobody's purchase.
    """
    proven = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    WaitingListEntry.objects.filter(customer__isnull=True, email__in=proven).update(customer=user)
    guests = Booking.objects.filter(customer__isnull=True, email__in=proven).exclude(kind=Booking.Kind.HOUSE)
    return guests.update(customer=user)


def claim_after_confirmation(*, email_address: EmailAddress, **kwargs: Any) -> None:
    """Receive allauth's word that an address is proven."""
    claim_guest_bookings(user=email_address.user)


def claim_after_sign_in(*, user: User, **kwargs: Any) -> None:
    """Receive Django's word that somebody signed in: they may have booked before they did."""
    claim_guest_bookings(user=user)
