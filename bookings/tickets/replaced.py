"""Tickets that others have replaced, and what an old print of them still stands for.

A ticket that is moved or exchanged is canceled at once, and its place is free. But its print admits to the place that
replaced it, until the customer has the new ticket in hand or in the mail. That of a ticket that was passed on to
another person admits nobody.

A show that moves to another hall replaces all its tickets. So all of this is asked for many at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Prefetch

from bookings.models import Exchange, Ticket
from notifications.models import Notification


def find_successors(tickets: Iterable[Ticket]) -> dict[Ticket, list[Ticket]]:
    """Return for each ticket what replaced it in a move or an exchange, what replaced that, and so on.

    The last of them may be canceled, too. One query if all were moved, four if some were exchanged, and as many again
    as often as some were replaced again. None for valid tickets.
    """
    tickets = list(tickets)
    links: dict[int, Ticket] = {}
    asked: set[int] = set()
    ends = {ticket.pk for ticket in tickets if ticket.state == Ticket.State.CANCELED}
    while ends:
        newer = _find_next(ends)
        links |= newer
        asked |= ends
        ends = {ticket.pk for ticket in newer.values() if ticket.state == Ticket.State.CANCELED} - asked
    return {ticket: list(_follow(ticket, links)) for ticket in tickets}


def _find_next(pks: Collection[int]) -> dict[int, Ticket]:
    """Return by the pk of each canceled ticket the one that replaced it, whatever became of that."""
    tickets = Ticket.objects.select_related("booking").order_by("pk")
    found = {ticket.moved_from_id: ticket for ticket in tickets.filter(moved_from__in=pks) if ticket.moved_from_id}
    left = set(pks) - found.keys()
    exchanges = Exchange.objects.filter(returned__in=left, completed_at__isnull=False).order_by("pk").distinct()
    for exchange in exchanges.prefetch_related(
        Prefetch("returned", Ticket.objects.order_by("pk")),
        Prefetch("taken", tickets.filter(moved_from=None)),
    ):
        found |= {pk: ticket for pk, ticket in _pair(exchange) if pk in left}
    return found


def _pair(exchange: Exchange) -> Iterator[tuple[int, Ticket]]:
    """Yield the pk of each ticket that was returned, with the one that was taken for it. No query.

    As many were taken as given back, by the customer and by each person to whom some were passed on: each stands for
    one of the same person.
    """
    taken: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in exchange.taken.all():
        taken[ticket.attendee_email].append(ticket)
    for ticket in exchange.returned.all():
        if own := taken[ticket.attendee_email]:
            yield ticket.pk, own.pop(0)


def _follow(ticket: Ticket, links: Mapping[int, Ticket]) -> Iterator[Ticket]:
    successor = links.get(ticket.pk)
    while successor is not None:
        yield successor
        successor = links.get(successor.pk)


def find_standing(ticket: Ticket) -> Ticket:
    """Return the ticket that a print of this one admits as: itself, or a valid one that the customer does not have yet.

    No query for a valid ticket.
    """
    if ticket.state != Ticket.State.CANCELED or ticket.is_withdrawn:
        return ticket
    return find_standings(find_successors([ticket]))[ticket]


def find_standings(successors: Mapping[Ticket, Sequence[Ticket]]) -> dict[Ticket, Ticket]:
    """Return for each ticket, given with its successors, the one that its print admits as. Two queries."""
    reached = _find_reached({ticket for later in successors.values() for ticket in later})
    return {ticket: _stand_for(ticket, later, reached) for ticket, later in successors.items()}


def _stand_for(ticket: Ticket, successors: Sequence[Ticket], reached: set[int]) -> Ticket:
    former = ticket
    for successor in successors:
        if former.is_withdrawn or successor.pk in reached:
            return ticket
        former = successor
    return former if former.state == Ticket.State.ISSUED else ticket


def _find_reached(tickets: Collection[Ticket]) -> set[int]:
    """Return the pks of tickets that replaced others and were printed, or mailed to an address that took them."""
    prints = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets], prints__isnull=False)
    printed = set(prints.order_by().values_list("pk", flat=True))
    left = [ticket for ticket in tickets if ticket.pk not in printed]
    mails = Notification.objects.filter(
        about__in={ticket.booking.code for ticket in left},
        kind__in=[Notification.Kind.BOOKING_CONFIRMED, Notification.Kind.TICKET_PASSED_ON],
        state=Notification.State.SENT,
    ).exclude(delivery=Notification.Delivery.BOUNCED)
    # By booking: the last mail to the customer, at whatever address, and to each person who was passed a ticket.
    sent: dict[tuple[str, str], datetime] = {}
    for code, kind, recipient, at in mails.order_by("created_at").values_list(
        "about", "kind", "recipient", "created_at"
    ):
        sent[code, recipient if kind == Notification.Kind.TICKET_PASSED_ON else ""] = at
    return printed | {ticket.pk for ticket in left if _was_mailed(ticket, sent)}


def _was_mailed(ticket: Ticket, sent: Mapping[tuple[str, str], datetime]) -> bool:
    exchange = ticket.exchange if ticket.moved_from_id is None else None
    # Of an exchange, the place was held before the ticket was valid.
    since = (exchange and exchange.completed_at) or ticket.held_at
    last = sent.get((ticket.booking.code, ticket.attendee_email))
    return last is not None and last >= since
