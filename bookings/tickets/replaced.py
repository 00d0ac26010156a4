"""Tickets that others have replaced, and what an old print of them still stands for.

A ticket that is moved or exchanged is canceled at once, and its place is free. But its print admits to the place that
replaced it, until the customer has the new ticket in hand or in the mail. That of a ticket that was passed on to
another person admits nobody.
"""

from collections.abc import Iterator

from django.db.models import Q

from bookings.models import Ticket
from notifications.models import Notification


def find_successor(ticket: Ticket) -> Ticket | None:
    """Return the ticket that replaced this one, in a move or an exchange, whatever became of it. Up to four queries."""
    moved = Ticket.objects.filter(moved_from=ticket).first()
    if moved is not None:
        return moved
    exchange = ticket.exchanges.filter(completed_at__isnull=False).first()
    if exchange is None:
        return None
    # As many were taken as given back, by the customer and by each person to whom some were passed on: each stands
    # for one of the same person.
    own = Q(attendee_email=ticket.attendee_email)
    at = list(exchange.returned.filter(own).order_by("pk").values_list("pk", flat=True)).index(ticket.pk)
    return next(iter(exchange.taken.filter(own, moved_from=None).order_by("pk")[at : at + 1]), None)


def find_successors(ticket: Ticket) -> Iterator[Ticket]:
    """Yield what replaced this ticket, what replaced that, and so on."""
    successor = find_successor(ticket)
    while successor is not None:
        yield successor
        successor = find_successor(successor)


def find_standing(ticket: Ticket) -> Ticket:
    """Return the ticket that a print of this one admits as: itself, or a valid one that the customer does not have yet.

    No query for a valid ticket.
    """
    standing = ticket
    while standing.state == Ticket.State.CANCELED and not standing.is_withdrawn:
        successor = find_successor(standing)
        if successor is None or has_reached_customer(successor):
            return ticket
        standing = successor
    return standing if standing.state == Ticket.State.ISSUED else ticket


def has_reached_customer(ticket: Ticket) -> bool:
    """Return True if a ticket that replaced another was printed, or mailed to an address that took it."""
    if ticket.prints.exists():
        return True
    exchange = ticket.exchange if ticket.moved_from_id is None else None
    # Of an exchange, the place was held before the ticket was valid.
    since = (exchange and exchange.completed_at) or ticket.held_at
    sent = Notification.objects.filter(
        about=ticket.booking.code,
        kind=Notification.Kind.TICKET_PASSED_ON if ticket.is_passed_on else Notification.Kind.BOOKING_CONFIRMED,
        state=Notification.State.SENT,
        created_at__gte=since,
    )
    if ticket.is_passed_on:
        sent = sent.filter(recipient=ticket.attendee_email)
    return sent.exclude(delivery=Notification.Delivery.BOUNCED).exists()
