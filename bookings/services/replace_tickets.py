"""Give tickets new codes, so that those sent or printed before no longer admit anyone."""

from collections.abc import Iterable

from bookings.models import Booking
from bookings.services.move_tickets import give_up, take_over


def replace_tickets(*, booking: Booking, tickets: Iterable[int] | None = None) -> dict[str, str]:
    """Replace the issued tickets of a locked booking, or those with these pks, keeping their places and prices.

    Without pks, those that the customer has passed on stay as they are. Returns the new code for each old one. The
    door answers an old code as replaced. A ticket that has come through the door is used, and keeps its code. Four
    queries.
    """
    rows = (
        booking.tickets.issued()
        .exclude(pk__in=booking.tickets.admitted().values("pk"))
        .select_related("seat", "area")
        .order_by("pk")
    )
    former = list(rows.kept() if tickets is None else rows.filter(pk__in=list(tickets)))
    give_up(former, is_withdrawn=True)
    places = [ticket.seat or ticket.area for ticket in former]
    made = take_over(booking, former, [place for place in places if place is not None])
    codes = {ticket.moved_from_id: ticket.code for ticket in made}
    return {ticket.code: codes[ticket.pk] for ticket in former}
