"""What the demo's box office set aside: seats for the house, and a reservation by phone."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from bookings.errors import SeatsUnavailable
from bookings.models import Booking
from box_office.house_holds import block
from box_office.reservations import default_until, reserve
from box_office.sale import Best, hold_at_counter
from demo.people import LOGINS
from events.models import Show, TicketType

_SELLER = next(login for login in LOGINS if login.role == "box_office")


def load_set_aside(now: datetime) -> int:
    """Set seats of one coming show aside, once; return the number of bookings."""
    seller = User.objects.get(email=_SELLER.email)
    adult = TicketType.objects.filter(theater__slug=_SELLER.theater).order_by("order", "name").first()
    if adult is None or Booking.objects.filter(made_by=seller, kind=Booking.Kind.HOUSE).exists():
        return 0
    coming = Show.objects.filter(
        hall__theater__slug=_SELLER.theater,
        state=Show.State.ON_SALE,
        starts_at__gt=now + timedelta(days=1),
        sales_open_at__lte=now,
    )
    for show in coming.select_related("event", "hall__theater__city").order_by("starts_at"):
        try:
            with transaction.atomic():
                _set_aside(show, seller, adult, now)
        except SeatsUnavailable:
            continue
        return 2
    return 0


def _set_aside(show: Show, seller: User, adult: TicketType, now: datetime) -> None:
    house = hold_at_counter(show=show, seller=seller, cart="demo-house", best=Best({adult.pk: 4}))
    block(hold=house, reason="Demo: guests of the house", until=show.starts_at - timedelta(hours=2), by=seller)
    called = hold_at_counter(show=show, seller=seller, cart="demo-call", best=Best({adult.pk: 2}))
    reserve(hold=called, name="Demo caller", phone="0123 456789", until=default_until(show, now), seller=seller)
