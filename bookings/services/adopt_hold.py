"""Give a hold to the account of the person who made it before signing in."""

from accounts.models import User
from bookings.models import Booking


def adopt_hold(*, booking: Booking, user: User) -> Booking:
    """Put a guest's hold into the account of `user`, who has shown that it is theirs. Harmless when repeated.

    One conditional update; nothing happens to a hold that has a customer, or that is none any more. The
    limit of tickets is checked when the details are set.
    """
    adopted = Booking.objects.filter(pk=booking.pk, customer=None, state=Booking.State.HELD).update(customer=user)
    if adopted:
        booking.customer = user
    return booking
