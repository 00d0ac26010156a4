"""Keep the rules of ticket types when some of a booking's tickets are given back or exchanged.

What stays has to be sold like that: a companion with the wheelchair place, a child with its company, a group of its
size, so that nobody buys ten tickets at a group's price and gives eight back. Staff may cancel part of a party for
customers, and only companions bind them. Passing a ticket on takes it out of no booking, and so breaks no rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Ticket, by_show
from bookings.services.places import QuotedLine
from events.models import COMPANION_RULES, RULES_OF_PARTY, Admission, Show, find_violations

STAYS_ALONE = _("The companion's ticket goes with the wheelchair place: give back both, or exchange both.")


def object_to_leaving(
    booking: Booking,
    leaving: Sequence[Ticket],
    now: datetime,
    *,
    by_customer: bool,
    coming: Sequence[QuotedLine] = (),
    to: Show | None = None,
) -> str | Promise:
    """Return why a confirmed booking may not give up these tickets, for others of the show `to` or for nothing.

    Tickets that come for others of the same show and type keep the right to their type. What was broken before, as
    after a change of the rules, is no reason. One query.
    """
    shows = {ticket.show_id for ticket in leaving} | ({to.pk} if to is not None else set())
    issued = booking.tickets.issued().filter(show__in=shows)
    before = by_show(issued.select_related("seat", "ticket_type", "show__hall__theater__city"))
    if to is not None:
        before.setdefault(to, [])
    gone = {ticket.pk for ticket in leaving}
    channel = Booking.Channel.WEB if by_customer else Booking.Channel.BOX_OFFICE
    for show, tickets in before.items():
        here = list(coming) if show == to else []
        staying: list[Admission] = [*(one for one in tickets if one.pk not in gone), *here]
        known = {
            (one.rule, one.ticket_type) for one in find_violations(show, tickets, added=(), channel=channel, now=now)
        }
        new = _find_new(here, [one for one in leaving if one.show_id == show.pk])
        for one in find_violations(show, staying, added=new, channel=channel, now=now):
            if one.rule in COMPANION_RULES:
                return STAYS_ALONE
            if (one.rule, one.ticket_type) in known or (not here and not by_customer):
                continue
            if here:
                return one.detail
            if one.rule in RULES_OF_PARTY:
                return gettext("The other tickets can't stay like that: %(reason)s") % {"reason": one.detail}
    return ""


def _find_new(coming: Sequence[QuotedLine], leaving: Sequence[Ticket]) -> list[QuotedLine]:
    """Return what comes of other ticket types than what leaves."""
    rights = Counter(ticket.ticket_type_id for ticket in leaving)
    new = []
    for line in coming:
        if rights[line.ticket_type_id] > 0:
            rights[line.ticket_type_id] -= 1
        else:
            new.append(line)
    return new
