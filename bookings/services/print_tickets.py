"""Print tickets, the first time or again."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from bookings import locking
from bookings.errors import ReasonMissing, WrongState
from bookings.models import Booking, TicketPrint

# A second click comes within this, and is not another print.
SECOND_CLICK = timedelta(seconds=10)


def print_tickets(
    *,
    booking: Booking,
    by: User,
    stock: str,
    tickets: Collection[int] = (),
    format: str = TicketPrint.Format.PDF,  # noqa: A002 the column's name
    reason: str = "",
) -> TicketPrint:
    """Record that issued tickets, by pk, are printed on `stock`; its file is made from the record.

    Without `tickets`, those that were never printed, or all if there are none: after an exchange, the new ones. Those
    that the customer has passed on are left out then. The same again by the same person within seconds is the same
    print.

    Raises `WrongState` if one is not issued, and `ReasonMissing` if one was printed before and no reason is given.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        # How often each valid ticket was printed.
        printed = dict(booking.tickets.issued().order_by().values_list("pk", Count("prints")))
        own = set(booking.tickets.issued().kept().values_list("pk", flat=True))
        chosen = set(tickets) or {pk for pk in own if not printed[pk]} or own
        last = booking.prints.filter(by=by, stock=stock, format=format, at__gt=now - SECOND_CLICK).last()
        if last is not None:
            just_printed = set(last.tickets.values_list("pk", flat=True))
            if just_printed <= set(printed) and (not tickets or set(tickets) == just_printed):
                return last
        if not chosen or not chosen <= set(printed):
            raise WrongState
        copy = 1 + max(printed[pk] for pk in chosen)
        if copy > 1 and not reason:
            raise ReasonMissing
        made = TicketPrint.objects.create(
            booking=booking, stock=stock, format=format, copy=copy, reason=reason if copy > 1 else "", by=by, at=now
        )
        made.tickets.set(chosen)
    return made
