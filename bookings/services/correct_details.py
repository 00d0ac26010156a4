"""Put right whom a booking is for, as callers ask staff to: address, names on tickets, note."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import DetailsMissing, WrongState
from bookings.models import Booking, Ticket

CORRECTABLE = (Booking.State.HELD, Booking.State.CONFIRMED)


def correct_contact(
    *, booking: Booking, name: str, email: str, phone: str = "", by: User, reason: str, send_tickets: bool = False
) -> Booking:
    """Change who a booking is for and where its mail goes; nothing when all is so already.

    With another address every link that was sent to guests stops to open it, and browsers that were
    let in by one forget it. With `send_tickets`, the tickets go out anew, with a new link.

    Raises `WrongState` for a booking that is over, `DetailsMissing` when the tickets could go nowhere.
    """
    with transaction.atomic():
        booking = _lock(booking)
        before = {"name": booking.name, "email": booking.email, "phone": booking.phone}
        after = {"name": name.strip(), "email": email.strip().lower(), "phone": phone.strip()}
        if not after["email"] and booking.channel != Booking.Channel.BOX_OFFICE:
            raise DetailsMissing
        if after == before:
            return booking
        booking.name, booking.email, booking.phone = after["name"], after["email"], after["phone"]
        booking.link_version += before["email"] != after["email"]
        booking.save(update_fields=["name", "email", "phone", "link_version"])
        changed = [fact for fact in before if before[fact] != after[fact]]
        record(
            by=by,
            action="correct contact",
            on=booking,
            theater_id=booking.show.hall.theater_id,
            before={fact: before[fact] for fact in changed},
            after={fact: after[fact] for fact in changed},
            reason=reason[:300],
        )
        if send_tickets and booking.state == Booking.State.CONFIRMED:
            messages.send_tickets_again(booking)
    return booking


def name_tickets(
    *, booking: Booking, names: Mapping[int, str], by: User, reason: str, send_tickets: bool = False
) -> Booking:
    """Change the names on live tickets, by pk of ticket; nothing when all is so already. Raises `WrongState`."""
    with transaction.atomic():
        booking = _lock(booking)
        live = booking.tickets.live().filter(pk__in=names).select_related("seat", "area").order_by("pk")
        changed = [ticket for ticket in live if ticket.attendee_name != names[ticket.pk].strip()]
        if not changed:
            return booking
        before = {f"{ticket.code} {ticket.label}": ticket.attendee_name for ticket in changed}
        for ticket in changed:
            ticket.attendee_name = names[ticket.pk].strip()
        Ticket.objects.bulk_update(changed, ["attendee_name"])
        record(
            by=by,
            action="name tickets",
            on=booking,
            theater_id=booking.show.hall.theater_id,
            before=before,
            after={f"{ticket.code} {ticket.label}": ticket.attendee_name for ticket in changed},
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
