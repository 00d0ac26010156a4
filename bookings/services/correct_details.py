"""Put right whom a booking is for, as callers ask staff to: address, names on tickets, note."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.audit import NAME_TICKETS, record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import DetailsMissing, WrongState
from bookings.models import Booking, Ticket
from bookings.services.replace_tickets import replace_tickets

CORRECTABLE = (Booking.State.HELD, Booking.State.CONFIRMED)


def correct_contact(
    *,
    booking: Booking,
    name: str,
    email: str,
    phone: str = "",
    by: User,
    reason: str,
    is_passed_on: bool = False,
    send_tickets: bool = False,
) -> Booking:
    """Change who a booking is for and where its mail goes; nothing when all is so already.

    With another address the booking passes to the person who reads mail there: it leaves the account that it
    was in, until an account proves that address; guests' links and the browsers that they let in no
    longer open it; and its tickets get new codes. So they do where only the name changes and it
    `is_passed_on`. Names on tickets that were the former name follow. With `send_tickets` the tickets
    go out again.

    Raises `WrongState` for a booking that is over, `DetailsMissing` when the tickets could go nowhere.
    """
    with transaction.atomic():
        booking = _lock(booking)
        before = {"name": booking.name, "email": booking.contact_email, "phone": booking.phone}
        after = {"name": name.strip(), "email": email.strip().lower(), "phone": phone.strip()}
        if not after["email"] and booking.channel != Booking.Channel.BOX_OFFICE:
            raise DetailsMissing
        if after == before:
            return booking
        is_passed_on = before["email"] != after["email"] or (is_passed_on and before["name"] != after["name"])
        booking.name, booking.email, booking.phone = after["name"], after["email"], after["phone"]
        if before["email"] != after["email"]:
            booking.customer = None
            booking.link_version += 1
        booking.save(update_fields=["customer", "name", "email", "phone", "link_version"])
        if before["name"]:
            booking.tickets.live().filter(attendee_name=before["name"]).update(attendee_name=after["name"])
        changed = [fact for fact in before if before[fact] != after[fact]]
        codes = replace_tickets(booking=booking) if is_passed_on else {}
        record(
            by=by,
            action="correct contact",
            on=booking,
            theater_id=booking.show.hall.theater_id,
            before={fact: before[fact] for fact in changed} | ({"tickets": list(codes)} if codes else {}),
            after={fact: after[fact] for fact in changed} | ({"tickets": list(codes.values())} if codes else {}),
            reason=reason[:300],
        )
        if send_tickets and booking.state == Booking.State.CONFIRMED:
            messages.send_tickets_again(booking)
    return booking


def name_tickets(
    *,
    booking: Booking,
    names: Mapping[int, str],
    by: User,
    reason: str,
    is_passed_on: bool = False,
    send_tickets: bool = False,
) -> Booking:
    """Change the names on live tickets, by pk of ticket; nothing when all is so already.

    Tickets with another name that are `is_passed_on` get new codes. Raises `WrongState`.
    """
    with transaction.atomic():
        booking = _lock(booking)
        live = booking.tickets.live().filter(pk__in=names).select_related("seat", "area").order_by("pk")
        changed = [ticket for ticket in live if ticket.attendee_name != names[ticket.pk].strip()]
        if not changed:
            return booking
        former = {ticket.pk: ticket.attendee_name for ticket in changed}
        for ticket in changed:
            ticket.attendee_name = names[ticket.pk].strip()
        Ticket.objects.bulk_update(changed, ["attendee_name"])
        codes = replace_tickets(booking=booking, tickets=former) if is_passed_on else {}
        record(
            by=by,
            action=NAME_TICKETS,
            on=booking,
            theater_id=booking.show.hall.theater_id,
            before={f"{ticket.code} {ticket.label}": former[ticket.pk] for ticket in changed},
            after={f"{codes.get(ticket.code, ticket.code)} {ticket.label}": ticket.attendee_name for ticket in changed},
            reason=reason[:300],
        )
        if send_tickets and booking.state == Booking.State.CONFIRMED:
            messages.send_tickets_again(booking)
    return booking


def write_note(*, booking: Booking, note: str, by: User) -> Booking:
    """Change what staff noted about a booking, in whatever state it is; nothing when it says so already."""
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        before, booking.note = booking.note, note.strip()
        if booking.note == before:
            return booking
        booking.save(update_fields=["note"])
        record(
            by=by,
            action="write note",
            on=booking,
            theater_id=booking.show.hall.theater_id,
            before={"note": before},
            after={"note": booking.note},
        )
    return booking


def _lock(booking: Booking) -> Booking:
    booking = locking.lock_booking(booking.pk)
    if booking.state not in CORRECTABLE or booking.is_lapsed(timezone.now()):
        raise WrongState
    return booking
