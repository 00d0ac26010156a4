"""Keep places for callers who pay later at the counter, until a time at which they are free again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import HoldExpired, WrongState
from bookings.models import Booking, Reservation
from bookings.services.details import set_details
from bookings.services.release_hold import release_hold
from bookings.services.transfer import ask_for_transfer
from events.models import Show
from events.models.settings import HOLD_MINUTES, Scope

# How long before the start a reservation ends by default.
RESERVATION_ENDS_BEFORE_START = timedelta(minutes=30)


class CallerUnknown(WrongState):
    message = _("A reservation needs a name, and a phone number or an e-mail address.")


class EndOutOfRange(WrongState):
    message = _("A reservation must end before the show does, and in the future.")


def default_until(show: Show, now: datetime) -> datetime:
    """Return when a reservation ends by default: half an hour before the start, or if that is over, in half an hour."""
    usual = show.starts_at - RESERVATION_ENDS_BEFORE_START
    return usual if usual > now else min(now + RESERVATION_ENDS_BEFORE_START, show.ends_at)


def reserve(
    *,
    hold: Booking,
    name: str,
    phone: str,
    until: datetime,
    seller: User,
    email: str = "",
    note: str = "",
    by_transfer: bool = False,
) -> Reservation:
    """Make a reservation of a hold, or change one. Repeatable.

    `by_transfer` also asks the customer for a bank transfer, as `ask_for_transfer` does. Raises `CallerUnknown`,
    `EndOutOfRange`, `HoldExpired`, `WrongState`, and what `ask_for_transfer` raises.
    """
    if not name.strip() or not (phone.strip() or email.strip()):
        raise CallerUnknown
    with transaction.atomic():
        booking = set_details(booking=hold, name=name, email=email, phone=phone)
        if booking.kind != Booking.Kind.SALE:
            raise WrongState
        if not timezone.now() < until <= min(show.ends_at for show in booking.shows):
            raise EndOutOfRange
        booking.expires_at, booking.note = until, note.strip()
        booking.save(update_fields=["expires_at", "note"])
        reservation, _is_new = Reservation.objects.update_or_create(
            booking=booking, defaults={"until": until}, create_defaults={"until": until, "made_by": seller}
        )
        record(
            by=seller,
            action=Action.RESERVE,
            on=booking,
            theater_id=booking.theater_id,
            after={"until": until.isoformat(), "tickets": booking.tickets.live().count()},
        )
        if by_transfer:
            ask_for_transfer(booking=booking, until=until, by=seller)
    return reservation


def collect(*, reservation: Reservation, seller: User, cart: str) -> Booking:
    """Put a reservation into the seller's cart, so that it can be paid. Raises `HoldExpired`, `WrongState`."""
    with transaction.atomic():
        booking = locking.lock_booking(reservation.booking_id)
        now = timezone.now()
        if booking.state == Booking.State.EXPIRED:
            raise HoldExpired
        if booking.state != Booking.State.HELD:
            raise WrongState
        booking.made_by, booking.cart = seller, cart
        booking.expires_at = max(reservation.until, now + timedelta(minutes=HOLD_MINUTES.of(Scope(booking.theater_id))))
        booking.save(update_fields=["made_by", "cart", "expires_at"])
    return booking


def give_up(*, reservation: Reservation, seller: User) -> Booking:
    """Free the places of a reservation that the caller no longer wants. Repeatable."""
    return release_hold(booking=reservation.booking, by=seller)
