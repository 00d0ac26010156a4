"""Release the places of a hold: because the customer chose otherwise, or because its time is over."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Value
from django.db.models.functions import Least
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import WrongState
from bookings.models import Booking, DroppedPlaces, Ticket
from bookings.seating.availability import forget_availability
from bookings.signals import announce_freed
from bookings.tallies import move_areas, move_vouchers
from lib.after_commit import after_commit

# Locks are held until the batch is committed: 200 holds of four tickets take 50 ms on PostgreSQL.
SWEEP_BATCH = 200


@dataclass
class Freed:
    """What freed holds leave to be subtracted from counters: places by (show, area), uses by voucher."""

    areas: Counter[tuple[int, int]] = field(default_factory=Counter)
    vouchers: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Freed") -> None:
        self.areas.update(other.areas)
        self.vouchers.update(other.vouchers)


def release_hold(*, booking: Booking, by: User | None = None) -> Booking:
    """Release all places of a hold at the request of its customer, or of staff (`by`).

    Harmless if the hold is over already. `confirm_payment` handles money that still arrives for it. Raises
    `WrongState` for a booking that was confirmed.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        if booking.state in (Booking.State.CONFIRMED, Booking.State.CANCELED):
            raise WrongState
        if booking.state == Booking.State.HELD:
            free_at_once([booking])
            if by is not None and by.pk != booking.customer_id:
                record(by=by, action=Action.RELEASE_HOLD, on=booking, theater_id=booking.theater_id)
    booking.state = Booking.State.EXPIRED
    return booking


def free_lapsed_holds(*, now: datetime | None = None) -> int:
    """Free every hold whose time is over, in batches; return how many. Several sweeps share the work."""
    freed = 0
    while True:
        with transaction.atomic():
            holds = locking.lock_lapsed_holds(now or timezone.now(), limit=SWEEP_BATCH)
            free_at_once(holds)
        freed += len(holds)
        if len(holds) < SWEEP_BATCH:
            return freed


def free_at_once(holds: Sequence[Booking]) -> None:
    """Free locked holds completely, including their counters."""
    freed = free_tickets(holds)
    move_areas({key: -count for key, count in freed.areas.items()})
    move_vouchers({key: -count for key, count in freed.vouchers.items()})


def free_tickets(holds: Sequence[Booking]) -> Freed:
    """Release the tickets of locked holds, and return the counters that the caller still has to update.

    Counters come last in the order of locks, so a transaction that also takes places updates both together.
    """
    freed = Freed()
    if not holds:
        return freed
    ids = [hold.pk for hold in holds]
    tickets = Ticket.objects.filter(booking__in=ids, state=Ticket.State.HELD)
    show_ids = set()
    by_area = tickets.order_by().values_list("show_id", "area_id")
    for show_id, area_id, quantity in by_area.annotate(quantity=Count("pk")):
        show_ids.add(show_id)
        if area_id is not None:
            freed.areas[show_id, area_id] = quantity
    freed.vouchers.update(hold.voucher_id for hold in holds if hold.voucher_id is not None)
    tickets.update(state=Ticket.State.RELEASED)
    # From now on, `expires_at` is when the places became free.
    ended_at = Least(F("expires_at"), Value(timezone.now()))
    Booking.objects.filter(pk__in=ids, state=Booking.State.HELD).update(
        state=Booking.State.EXPIRED, expires_at=ended_at
    )
    for show_id in show_ids:
        _announce(show_id)
    return freed


def drop_tickets(tickets: Sequence[Ticket], now: datetime, *, given_up: Collection[Ticket]) -> None:
    """Delete held tickets of one show from a locked hold that goes on. The caller updates the counters.

    Those `given_up` count for the limits; the places of the others the hold takes again. Two queries.
    """
    # Without the look for rows that refer to them: to a ticket that is not issued, none does.
    held = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets], state=Ticket.State.HELD)
    held._raw_delete(held.db)
    since = Counter((ticket.booking_id, ticket.show_id, ticket.held_at) for ticket in given_up)
    DroppedPlaces.objects.bulk_create(
        DroppedPlaces(booking_id=booking_id, show_id=show_id, places=places, held_at=held_at, dropped_at=now)
        for (booking_id, show_id, held_at), places in since.items()
    )
    for show_id in {ticket.show_id for ticket in given_up}:
        _announce(show_id)


def _announce(show_id: int) -> None:
    after_commit(forget_availability, show_id)
    announce_freed(show_id)


def free_places(canceled: Iterable[Ticket]) -> None:
    """Update the counters for tickets that were just canceled, and announce that their places are free."""
    chosen = list(canceled)
    in_areas = Counter((ticket.show_id, ticket.area_id) for ticket in chosen if ticket.area_id)
    move_areas({place: -quantity for place, quantity in in_areas.items()})
    for show_id in {ticket.show_id for ticket in chosen}:
        after_commit(forget_availability, show_id)
        announce_freed(show_id)
