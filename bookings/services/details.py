"""Change whom a booking is for: contact details, its account, the names on its tickets, and the note about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import DetailsMissing, HoldExpired, TooManyTickets, WrongState
from bookings.models import Booking, Ticket, by_show
from bookings.services.accept_terms import Accepted, take_acceptance
from bookings.services.places import count_live_tickets
from bookings.services.replace_tickets import replace_tickets
from bookings.services.vouchers import check_uses_by_customer
from lib.compiled import compiled, update

# The fields of a hold that say whom it is for.
CONTACT = ("name", "email", "phone")


class Details(NamedTuple):
    """Whom a hold is for, and the names on its tickets by pk of ticket."""

    name: str
    email: str
    phone: str = ""
    attendee_names: Mapping[int, str] = MappingProxyType({})
    # The legal texts that the customer was shown.
    accepted: Accepted | None = None


def set_details(
    *,
    booking: Booking,
    name: str,
    email: str,
    phone: str = "",
    attendee_names: Mapping[int, str] | None = None,
    accepted: Accepted | None = None,
) -> Booking:
    """Set whom a hold is for.

    A guest is known only by e-mail address, so the limit of tickets and that of the voucher are checked here
    again. An account's booking keeps the account's address, whatever `email` says.

    Raises `TooManyTickets`, `VoucherRefused`, `HoldExpired`, `WrongState`.
    """
    with transaction.atomic():
        booking = take_details(booking, Details(name, email, phone, attendee_names or {}, accepted))
        update(booking, *CONTACT)
    return booking


def take_details(booking: Booking, details: Details) -> Booking:
    """Do what `set_details` does in the caller's transaction, and leave the `CONTACT` to be written.

    Returns the booking, which is locked.
    """
    email = booking.customer.email if booking.customer else details.email.strip().lower()
    locking.lock_customer_of(booking.pk, email)
    booking = locking.lock_booking(booking.pk)
    now = timezone.now()
    if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
        raise HoldExpired
    if booking.state != Booking.State.HELD:
        raise WrongState
    booking.name, booking.email, booking.phone = details.name.strip(), email, details.phone.strip()
    held = _read_held(booking.pk)
    tickets = {ticket.pk: ticket for ticket in held}
    if booking.channel != Booking.Channel.BOX_OFFICE:
        for show, of_show in by_show(held).items():
            others = count_live_tickets(show, booking.customer, email, now, but=booking)
            if others + len(of_show) > show.ticket_limit:
                raise TooManyTickets(show.ticket_limit)
    if booking.voucher_id is not None:
        check_uses_by_customer(booking, locking.lock_voucher(booking.voucher_id), now)
    named = [tickets[pk] for pk in details.attendee_names if pk in tickets]
    for ticket in named:
        ticket.attendee_name = details.attendee_names[ticket.pk].strip()
    Ticket.objects.bulk_update(named, ["attendee_name"])
    if details.accepted is not None:
        take_acceptance(booking, details.accepted)
    return booking


@compiled
def _read_held(booking_id: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(booking=booking_id, state=Ticket.State.HELD).select_related("show__hall")


def assign_customer(*, booking: Booking, user: User) -> Booking:
    """Put a guest's hold into the account of `user`, who has shown that it is theirs. Harmless when repeated.

    One conditional update, which leaves alone what has a customer already or is no longer a hold. The limit of
    tickets is checked when the details are set.
    """
    adopted = Booking.objects.filter(pk=booking.pk, customer=None, state=Booking.State.HELD).update(customer=user)
    if adopted:
        booking.customer = user
    return booking


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
    """Change whom a booking is for and where its mail goes; does nothing if nothing differs.

    With another address the booking passes to the person who reads mail there. It leaves its account until an
    account confirms that address; guests' links, and browsers that opened it by them, no longer work; and its
    tickets get new codes. If only the name changes, they get new codes if it `is_passed_on`. Names on tickets
    that equal the former name change too. With `send_tickets` the tickets are sent again.

    Raises `WrongState` for a booking that is over, `DetailsMissing` if the tickets could go nowhere.
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
            booking.tickets.kept().live().filter(attendee_name=before["name"]).update(attendee_name=after["name"])
        changed = [fact for fact in before if before[fact] != after[fact]]
        codes = replace_tickets(booking=booking) if is_passed_on else {}
        record(
            by=by,
            action=Action.CORRECT_CONTACT,
            on=booking,
            theater_id=booking.theater_id,
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
    """Change the names on live tickets, by pk of ticket; does nothing if nothing differs.

    If they are `is_passed_on`, renamed tickets get new codes. Raises `WrongState`.
    """
    with transaction.atomic():
        booking = _lock(booking)
        live = booking.tickets.live().filter(pk__in=names).select_related("seat", "area").order_by("pk")
        changed = [ticket for ticket in live if ticket.attendee_name != names[ticket.pk].strip()]
        if not changed:
            return booking
        former = {ticket.pk: ticket.attendee_name for ticket in changed}
        if is_passed_on:
            # From whom staff take a ticket, they take it for good: it goes back to the booking.
            messages.notify_withdrawn(booking, changed)
        for ticket in changed:
            ticket.attendee_name = names[ticket.pk].strip()
            ticket.attendee_email = "" if is_passed_on else ticket.attendee_email
        Ticket.objects.bulk_update(changed, ["attendee_name", "attendee_email"])
        codes = replace_tickets(booking=booking, tickets=former) if is_passed_on else {}
        record(
            by=by,
            action=Action.NAME_TICKETS,
            on=booking,
            theater_id=booking.theater_id,
            before={f"{ticket.code} {ticket.label}": former[ticket.pk] for ticket in changed},
            after={f"{codes.get(ticket.code, ticket.code)} {ticket.label}": ticket.attendee_name for ticket in changed},
            reason=reason[:300],
        )
        if send_tickets and booking.state == Booking.State.CONFIRMED:
            messages.send_tickets_again(booking)
    return booking


def write_note(*, booking: Booking, note: str, by: User) -> Booking:
    """Change the staff's note about a booking in any state; does nothing if it is the same."""
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        before, booking.note = booking.note, note.strip()
        if booking.note == before:
            return booking
        booking.save(update_fields=["note"])
        record(
            by=by,
            action=Action.WRITE_NOTE,
            on=booking,
            theater_id=booking.theater_id,
            before={"note": before},
            after={"note": booking.note},
        )
    return booking


def _lock(booking: Booking) -> Booking:
    booking = locking.lock_booking(booking.pk)
    if booking.state not in CORRECTABLE or booking.is_lapsed(timezone.now()):
        raise WrongState
    return booking
