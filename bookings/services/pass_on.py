"""Pass a ticket on: the customer gives one of a booking's tickets to somebody else, or takes it back.

The ticket gets a new code, which only its new holder is sent; the door answers the old one as replaced. The booking
and its money stay with the customer, who may still cancel, and to whom a refund goes.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import WrongState
from bookings.models import Booking, Ticket
from bookings.services.move_tickets import TicketUsed, give_up, lock_issued, take_over
from events.models import Show
from lib.refusals import Refusal


class NotPassable(Refusal):
    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.message = reason


def find_objection(ticket: Ticket, now: datetime) -> str | Promise:
    """Return why a customer can't pass the ticket on; empty if nothing is known that forbids it.

    Whether it was used or is being exchanged is only seen under the lock. No query for a ticket with its booking,
    show, theater and type.
    """
    booking, show = ticket.booking, ticket.show
    if booking.state != Booking.State.CONFIRMED or ticket.state != Ticket.State.ISSUED:
        return _("This ticket is no longer valid.")
    if show.state == Show.State.CANCELED:
        return _("The show is canceled.")
    if show.ends_at <= now:
        return _("The show is over.")
    if not booking.theater.allows_passing_on:
        return _("At this theater, tickets can’t be passed on.")
    if ticket.ticket_type.is_personal:
        return _("Tickets of this kind are personal and can’t be passed on.")
    return ""


def pass_on_ticket(*, booking: Booking, ticket: Ticket, name: str, email: str, by: User | None) -> Ticket:
    """Give the ticket to the person of this name and address, who is sent it; return the one that they have.

    It may be passed on again, to another person. Called again with the same person, it changes nothing.

    Raises `NotPassable` with the reason, and `WrongState` if it has become another ticket.
    """
    return _hand_over(booking, ticket, name.strip(), email.strip().lower(), by)


def take_back_ticket(*, booking: Booking, ticket: Ticket, by: User | None) -> Ticket:
    """Give a ticket that was passed on back to its booking, and tell the person who had it. Harmless when repeated.

    Raises what `pass_on_ticket` raises.
    """
    return _hand_over(booking, ticket, booking.name, "", by)


def _hand_over(booking: Booking, ticket: Ticket, name: str, email: str, by: User | None) -> Ticket:
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        former = _lock(booking, ticket)
        if former is None:
            made = booking.tickets.issued().filter(moved_from=ticket.pk, attendee_name=name, attendee_email=email)
            if (found := made.first()) is None:
                raise WrongState
            return found
        if email == former.attendee_email and (not email or name == former.attendee_name):
            return former
        _check(booking, former, timezone.now(), is_taken_back=not email)
        if (place := former.seat or former.area) is None:
            raise WrongState
        before = {"attendee_name": former.attendee_name, "attendee_email": former.attendee_email}
        give_up([former], is_withdrawn=True)
        messages.notify_withdrawn(booking, [former])
        former.attendee_name, former.attendee_email = name, email
        [made_now] = take_over(booking, [former], [place])
        messages.send_passed_on(booking, [made_now])
        record(
            by=by,
            action=Action.PASS_ON_TICKET if email else Action.TAKE_BACK_TICKET,
            on=booking,
            theater_id=booking.theater_id,
            before={"tickets": f"{former.label} ({former.code})", **before},
            after={
                "tickets": f"{former.label} ({made_now.code})",
                "attendee_name": name,
                "attendee_email": email,
            },
        )
    return made_now


def _lock(booking: Booking, ticket: Ticket) -> Ticket | None:
    try:
        found = lock_issued(booking, [ticket])
    except TicketUsed:
        raise NotPassable(_("This ticket was used at the door.")) from None
    return found[0] if found else None


def _check(booking: Booking, ticket: Ticket, now: datetime, *, is_taken_back: bool) -> None:
    ticket.booking, ticket.show = booking, Show.objects.select_related("hall").get(pk=ticket.show_id)
    if is_taken_back:
        # What is forbidden since then must not keep a ticket from going back.
        if ticket.show.ends_at <= now or booking.state != Booking.State.CONFIRMED:
            raise NotPassable(_("This ticket is no longer valid."))
    elif reason := find_objection(ticket, now):
        raise NotPassable(reason)
    if ticket.exchanges.filter(hold__state=Booking.State.HELD).exists():
        raise NotPassable(_("This ticket is being exchanged. Pay for the exchange or give it up first."))
