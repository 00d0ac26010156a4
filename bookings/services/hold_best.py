"""Hold the best seats that are left, for those who leave the choice to us."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.utils.translation import gettext

from accounts.models import User
from bookings.errors import IdempotencyKeyReused, SeatsUnavailable, TooManyTickets
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import Chosen, SeatChoice
from bookings.services.change_hold import ChangedHold, change_hold
from bookings.services.hold_seats import hold_seats
from events.models import Show

# At each try, one of so many of the best ways to sit is drawn at random, so that a crowd that wants the very
# best spreads out. Of 38 parties that ask at the same moment for two of 2,000 seats, the last one needs 5
# tries; if all of them ran after the very best each time, 32.
SPREADS = (1, 16, 64, 256, 1024, 4096)

Held = TypeVar("Held", Booking, ChangedHold)


class NoSeatsTogether(SeatsUnavailable):
    """There may be seats left, but not that many next to each other or in adjacent rows."""

    def __str__(self) -> str:
        return gettext("There are not that many seats left together.")


def hold_best_seats(
    *,
    show: Show,
    quantity: int,
    category_id: int | None = None,
    ticket_type_id: int | None = None,
    accessible: bool = False,
    customer: User | None = None,
    channel: str = Booking.Channel.WEB,
    idempotency_key: str | None = None,
    **terms: Any,
) -> Booking:
    """Find the best free seats for a party and hold them, trying again while others are faster.

    `terms` is what else `hold_seats` takes. With the same `idempotency_key` it returns the booking that the
    first call made, whatever its seats are.

    Raises `NoSeatsTogether`, and what `hold_seats` raises.
    """
    _check_size(show, quantity, channel)
    earlier = _find_earlier(show, quantity, customer, idempotency_key)
    if earlier is not None:
        return earlier
    hold = partial(hold_seats, show=show, customer=customer, channel=channel, idempotency_key=idempotency_key, **terms)
    try:
        return _hold_best(show, [ticket_type_id] * quantity, hold, category_id=category_id, accessible=accessible)
    except IdempotencyKeyReused:
        # The same call in another thread was faster, with other seats.
        earlier = _find_earlier(show, quantity, customer, idempotency_key)
        if earlier is None:
            raise
        return earlier


def change_to_best_seats(
    *,
    show: Show,
    ticket_type_ids: Sequence[int | None],
    category_id: int | None = None,
    accessible: bool = False,
    into: Booking | None,
    channel: str = Booking.Channel.WEB,
    **person: Any,
) -> ChangedHold:
    """Hold the best free seats in the basket `into`, one for each of these ticket types.

    The party sits in a category that sells all of its types. The seats that `into` has of the show are as good as
    free, and those that it does not get again are.
    `person` is what else `change_hold` takes. Raises `NoSeatsTogether`, and what `hold_seats` raises.
    """
    _check_size(show, len(ticket_type_ids), channel)
    own = Chosen.of(ticket for ticket in into.tickets.all() if ticket.show_id == show.pk).seat_ids if into else set()
    hold = partial(change_hold, show=show, into=into, channel=channel, **person)
    return _hold_best(
        show,
        ticket_type_ids,
        hold,
        category_id=category_id,
        offering={pk for pk in ticket_type_ids if pk is not None},
        accessible=accessible,
        own=own,
    )


def _check_size(show: Show, quantity: int, channel: str) -> None:
    """Refuse a party whose hold would be refused, before searching. The limit does not bind the box office."""
    if channel != Booking.Channel.BOX_OFFICE and quantity > show.tickets_per_customer:
        raise TooManyTickets(show.tickets_per_customer)


def _hold_best(show: Show, ticket_type_ids: Sequence[int | None], hold: Callable[..., Held], **wish: Any) -> Held:
    """Call `hold` with the best seats for the wish of `find_best_seats`, and with others while those are lost."""
    gone: set[int] = set()
    lost: SeatsUnavailable | None = None
    for among in SPREADS:
        seats = find_best_seats(show, len(ticket_type_ids), gone=gone, among=among, **wish)
        if not seats:
            break
        try:
            return hold(
                seats=[SeatChoice(seat.pk, type_id) for seat, type_id in zip(seats, ticket_type_ids, strict=True)]
            )
        except SeatsUnavailable as error:
            lost = error
            gone |= {seat.pk for seat in error.seats}
            forget_availability(show.pk)
    raise lost or NoSeatsTogether


def _find_earlier(show: Show, quantity: int, customer: User | None, key: str | None) -> Booking | None:
    """Return the booking that this key made; one query when there is one. Raises `IdempotencyKeyReused`."""
    if customer is None or not key:
        return None
    earlier = Booking.objects.filter(customer=customer, idempotency_key=key).first()
    if earlier is not None and list(earlier.tickets.order_by().values_list("show", flat=True)) != [show.pk] * quantity:
        raise IdempotencyKeyReused
    return earlier
