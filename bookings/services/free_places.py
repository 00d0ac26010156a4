"""Before places are taken: see who has them, and lock the lapsed holds that stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from bookings.errors import SeatsUnavailable
from bookings.models import Booking, Ticket
from events.models import Show, ShowArea
from theaters.models import Seat


@dataclass(frozen=True)
class InTheWay:
    """Lapsed holds to be freed, by pk of booking, and which of the seats are held by `own`."""

    lapsed: set[int]
    own_seats: set[int]


def find_in_the_way(
    show: Show,
    *,
    seats: Mapping[int, Seat],
    areas: Mapping[int, ShowArea],
    wanted: Mapping[int, int],
    own: Booking | None,
    now: datetime,
) -> InTheWay:
    """Find the holds that must go before these places can be taken. One query for seats, one for full areas.

    `own` is a hold that the same customer gives up for this one. Raises `SeatsUnavailable` with
    every place that somebody else really has; a place that is lost after this query is found out by
    the unique index or the counter.
    """
    own_id = own.pk if own else None
    lapsed: set[int] = set()
    own_seats: set[int] = set()
    gone: list[Seat] = []
    if seats:
        live = Ticket.objects.live().filter(show=show, seat__in=seats).order_by()
        for seat_id, booking_id, state, expires_at in live.values_list(
            "seat_id", "booking_id", "booking__state", "booking__expires_at"
        ):
            if booking_id == own_id:
                own_seats.add(seat_id)
            elif state == Booking.State.HELD and expires_at is not None and expires_at <= now:
                lapsed.add(booking_id)
            else:
                gone.append(seats[seat_id])

    full = {pk for pk, row in areas.items() if row.most - row.taken < wanted[pk]}
    short: list[ShowArea] = []
    if full:
        mine = Q(booking=own_id) if own_id else Q(pk__in=())
        late = Q(booking__state=Booking.State.HELD, booking__expires_at__lte=now)
        held = Ticket.objects.filter(mine | late, show=show, area__in=full, state=Ticket.State.HELD).order_by()
        freed = dict.fromkeys(full, 0)
        for area_id, booking_id in held.values_list("area_id", "booking_id"):
            freed[area_id] += 1
            if booking_id != own_id:
                lapsed.add(booking_id)
        short = [areas[pk] for pk in full if areas[pk].most - areas[pk].taken + freed[pk] < wanted[pk]]
    if gone or short:
        raise SeatsUnavailable(sorted(gone, key=lambda seat: (seat.run, seat.position)), [row.area for row in short])
    return InTheWay(lapsed, own_seats)
