"""Hold the best seats that are left, for those who leave the choice to us."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from accounts.models import User
from bookings.errors import IdempotencyKeyReused, SeatsUnavailable, TooManyTickets
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import SeatChoice
from bookings.services.hold_seats import hold_seats
from events.models import Show

# How many of the best ways to sit are drawn from at each try: a crowd that all wants the very best
# spreads out instead of running after the same seats. Of 38 who ask at the same moment for two of
# 2,000 seats, the last needs 5 tries; all running after the very best each time, 32.
SPREADS = (1, 16, 64, 256, 1024, 4096)


class NoSeatsTogether(SeatsUnavailable):
    """There may be seats left, but not so many next to each other or in rows next to each other."""

    def __str__(self) -> str:
        return gettext("There are not so many seats left together.")


def hold_best_seats(
    *,
    show: Show,
    quantity: int,
    category_id: int | None = None,
    ticket_type_id: int | None = None,
    ticket_type_ids: Sequence[int] = (),
    accessible: bool = False,
    customer: User | None = None,
    idempotency_key: str | None = None,
    **wish: Any,
) -> Booking:
    """Find the best free seats for a party and hold them, again and again while others are faster.

    `ticket_type_ids` are one for each of the party, where they differ; they sit in a category that
    sells them all. The limit for one customer does not bind the box office. `wish` is what else
    `hold_seats` takes. With the same `idempotency_key` it returns the booking that the first call
    made, whichever seats those are.

    Raises `NoSeatsTogether`, and what `hold_seats` raises.
    """
    # Not worth a search: the hold would be refused.
    if wish.get("channel") != Booking.Channel.BOX_OFFICE and quantity > show.tickets_per_customer:
        raise TooManyTickets(show.tickets_per_customer)
    earlier = _find_earlier(show, quantity, customer, idempotency_key)
    if earlier is not None:
        return earlier
    types: Sequence[int | None] = ticket_type_ids or [ticket_type_id] * quantity
    own = _read_seats(wish.get("replaces"))
    gone: set[int] = set()
    lost: SeatsUnavailable | None = None
    for among in SPREADS:
        seats = find_best_seats(
            show,
            quantity,
            category_id=category_id,
            offering=set(ticket_type_ids),
            accessible=accessible,
            own=own,
            gone=gone,
            among=among,
        )
        if not seats:
            break
        try:
            return hold_seats(
                show=show,
                seats=[SeatChoice(seat.pk, type_id) for seat, type_id in zip(seats, types, strict=True)],
                customer=customer,
                idempotency_key=idempotency_key,
                **wish,
            )
        except SeatsUnavailable as error:
            lost = error
            gone |= {seat.pk for seat in error.seats}
            forget_availability(show.pk)
        except IdempotencyKeyReused:
            # The same call in another thread was faster, with other seats.
            earlier = _find_earlier(show, quantity, customer, idempotency_key)
            if earlier is None:
                raise
            return earlier
    raise lost or NoSeatsTogether


def hold_proposed_seats(*, show: Show, seats: Sequence[SeatChoice], wish: dict[str, Any], **common: Any) -> Booking:
    """Hold the seats that were proposed for `wish`, or the best that are left for it when others were faster.

    Many are shown the same seats at the same moment: without a second choice all but one would be refused
    while the hall is empty. Ticket types are kept. Raises what `hold_best_seats` raises.
    """
    try:
        return hold_seats(show=show, seats=seats, **common)
    except SeatsUnavailable:
        forget_availability(show.pk)
    types = [choice.ticket_type_id for choice in seats if choice.ticket_type_id is not None]
    return hold_best_seats(show=show, **wish, ticket_type_ids=types if len(types) == len(seats) else (), **common)


def _read_seats(hold: Booking | None) -> set[int]:
    """Return the seats of a hold that is given up for this one: they are as good as free."""
    if hold is None:
        return set()
    return {pk for pk in hold.tickets.order_by().values_list("seat_id", flat=True) if pk is not None}


def _find_earlier(show: Show, quantity: int, customer: User | None, key: str | None) -> Booking | None:
    """Return the booking that this key made; one query when there is one. Raises `IdempotencyKeyReused`."""
    if customer is None or not key:
        return None
    earlier = Booking.objects.filter(customer=customer, idempotency_key=key).first()
    if earlier is not None and (earlier.show_id != show.pk or earlier.tickets.count() != quantity):
        raise IdempotencyKeyReused
    return earlier
