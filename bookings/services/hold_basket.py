"""Hold places of several shows of a theater at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accounts.models import User
from bookings.errors import IdempotencyKeyReused, SeveralTheaters
from bookings.models import Booking, Ticket
from bookings.seating.chosen import SeatChoice, ShowChoice
from bookings.services.hold_best import BestChoice, check_size, hold_best
from bookings.services.hold_seats import HoldRequest, find_earlier, hold_all


def hold_basket(
    *,
    choices: Sequence[ShowChoice | BestChoice],
    customer: User | None = None,
    channel: str = Booking.Channel.WEB,
    voucher_code: str = "",
    idempotency_key: str | None = None,
    locale: str = "en",
) -> Booking:
    """Hold places of several shows, each named once, in one booking: all of them, or none.

    Best seats are found again while others are faster. With the same `idempotency_key` it returns the booking that
    the first call made, whatever its best seats are.

    Raises `SeveralTheaters`, `NoSeatsTogether`, and what `hold_seats` raises; `PlacesOfShowsUnavailable` if there
    are several shows, with all that is gone at any of them.
    """
    if len({choice.show.hall.theater_id for choice in choices}) > 1:
        raise SeveralTheaters
    best = [choice for choice in choices if isinstance(choice, BestChoice)]
    for choice in best:
        check_size(choice, channel)
    wish = HoldRequest(
        choices=[choice for choice in choices if isinstance(choice, ShowChoice)],
        customer=customer,
        email=customer.email if customer else "",
        channel=channel,
        voucher_code=voucher_code.strip(),
        idempotency_key=idempotency_key if customer else None,
        locale=locale,
    )
    if not best:
        return hold_all(wish)
    earlier = _find_earlier(wish, best)
    if earlier is not None:
        return earlier
    try:
        return hold_best(best, lambda found: hold_all(replace(wish, choices=[*wish.choices, *found])))
    except IdempotencyKeyReused:
        # The same call in another thread was faster, with other seats.
        earlier = _find_earlier(wish, best)
        if earlier is None:
            raise
        return earlier


def _find_earlier(wish: HoldRequest, best: Sequence[BestChoice]) -> Booking | None:
    """Return the booking that this key made, whatever best seats it got. Three queries if there is one.

    Raises `IdempotencyKeyReused` if that call asked for something else.
    """
    if wish.idempotency_key is None:
        return None
    booked = Ticket.objects.filter(
        booking__customer=wish.customer, booking__idempotency_key=wish.idempotency_key, seat__isnull=False
    )
    seats: dict[int, list[int]] = {}
    for show_id, seat_id in booked.order_by().values_list("show_id", "seat_id"):
        seats.setdefault(show_id, []).append(seat_id)
    if not seats:
        return None
    found = [ShowChoice(one.show, [SeatChoice(pk) for pk in seats.get(one.show.pk, [])]) for one in best]
    if any(len(choice.seats) != len(one.ticket_type_ids) for choice, one in zip(found, best, strict=True)):
        raise IdempotencyKeyReused
    return find_earlier(replace(wish, choices=[*wish.choices, *found]))
