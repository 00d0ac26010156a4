"""Keep companions and wheelchair places together when tickets are given back or exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Ticket, by_show
from bookings.services.places import Admission, find_lone_companion
from events.models import Show

STAYS_ALONE = _("The companion's ticket goes with the wheelchair place: give back both, or exchange both.")


def leaves_companions_alone(
    booking: Booking, leaving: Sequence[Ticket], now: datetime, coming: Sequence[Admission] = (), to: Show | None = None
) -> bool:
    """Return True if a confirmed booking may not give up these tickets, for others of the show `to` or for nothing.

    One query, if a wheelchair place is given up or something comes.
    """
    shows = {ticket.show_id for ticket in leaving if ticket.seat is not None and ticket.seat.is_accessible}
    shows |= {to.pk} if to is not None else set()
    if not shows:
        return False
    issued = booking.tickets.issued().filter(show__in=shows).exclude(pk__in=[ticket.pk for ticket in leaving])
    staying = by_show(issued.select_related("seat", "ticket_type", "show__hall__theater"))
    if to is not None:
        staying.setdefault(to, [])
    return any(
        find_lone_companion(show, [*tickets, *(coming if show == to else ())], now) for show, tickets in staying.items()
    )
