"""How many tickets one customer has for a show, signed in or as a guest."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from bookings.models import Booking, Ticket
from events.models import Show


def count_live_tickets(
    show: Show, customer: User | None, email: str, now: datetime, *, but: Booking | None = None
) -> int:
    """Count the live tickets of this person's bookings, by account and by e-mail address. One query.

    Lapsed holds do not count, nor does the booking `but`, nor what staff set aside free of charge.
    """
    whose = Q(booking__email=email)
    if customer is not None:
        whose |= Q(booking__customer=customer) | Q(booking__email=customer.email)
    lapsed = Q(booking__state=Booking.State.HELD, booking__expires_at__lte=now)
    mine = Ticket.objects.live().filter(whose, show=show, booking__kind=Booking.Kind.SALE)
    if but is not None:
        mine = mine.exclude(booking=but)
    return mine.exclude(lapsed).count()
