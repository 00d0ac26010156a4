"""Messages to customers when the theater changes a show that they have booked."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from bookings.messages.customers import (
    describe_amount,
    describe_show,
    describe_theater,
    notify_customer,
    notify_holder,
    notify_withdrawn,
    read_tickets,
    send_passed_on,
)
from bookings.models import Booking, Ticket, by_show
from events.models import Show
from lib.languages import without_region
from notifications.models import Notification
from notifications.services import known_language, notify
from payments.models import Refund
from show_changes.models import ShowNote
from theaters.models import Area, Hall, Seat


@dataclass(frozen=True)
class BeforeMove:
    """Where and when a show was before `move`, a unique name of the move such as its plan's pk.

    `places` are the former places by pk of ticket, for tickets that change place. `ends_at` is when the show
    was to end, and `zone` its theater's clock, if these may have changed.
    """

    move: str
    starts_at: datetime
    hall: Hall
    places: Mapping[int, Seat | Area] = field(default_factory=dict)
    ends_at: datetime | None = None
    zone: ZoneInfo | None = None


def notify_show_moved(
    booking: Booking,
    before: BeforeMove,
    *,
    refund_until: datetime | None = None,
    tickets: Sequence[Ticket] | None = None,
) -> Notification | None:
    """Send the new time, hall and tickets, once for each move.

    `refund_until` is how long the customer may return the tickets for a full refund, if at all. `tickets` are
    the issued ones, if the caller has them with their places, types and show at hand.
    """
    if tickets is None:
        tickets = list(read_tickets(booking).filter(state=Ticket.State.ISSUED))
    send_passed_on(booking, tickets, fact=before.move)
    show = tickets[0].show if tickets else booking.shows[0]
    old_zone, zone = before.zone or show.hall.theater.tz, show.hall.theater.tz
    is_other_length = before.ends_at is not None and before.ends_at - before.starts_at != show.ends_at - show.starts_at
    return notify_customer(
        booking,
        kind=Notification.Kind.SHOW_MOVED,
        fact=f"{booking.code}:{before.move}",
        tickets=tickets,
        former_places=before.places,
        attachments=[("tickets.pdf", booking.code), ("calendar.ics", booking.code)],
        context={
            "before": {
                "starts_at": before.starts_at.isoformat(),
                "hall": before.hall.name,
                "time_zone": old_zone.key,
            },
            # By the clock on the wall: correcting a wrong time zone does not change the time of day.
            "is_other_time": _on_wall(before.starts_at, old_zone) != _on_wall(show.starts_at, zone),
            "ends_at": show.ends_at.isoformat() if is_other_length else "",
            "is_other_clock": old_zone != zone,
            "is_other_hall": before.hall.pk != show.hall_id,
            "refund_until": refund_until.isoformat() if refund_until and booking.total else "",
        },
    )


def _on_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def notify_show_canceled(
    booking: Booking,
    show: Show,
    refund: Refund | None,
    *,
    tickets: Iterable[Ticket] | None = None,
    at_counter: Decimal | None = None,
    message: str = "",
) -> Notification | None:
    """Notify the customer, once for each booking, that the show is canceled and how the money comes back.

    `tickets` are those of this cancellation; by default all of the show that were ever issued. `at_counter` is
    what only the box office can pay back, and `message` the theater's own words. Tickets for other shows stay
    valid; a reservation has ended as a whole, and has no calendar entry.
    """
    is_over = booking.state == Booking.State.EXPIRED
    others = read_tickets(booking).exclude(show=show)
    others = others.filter(state=Ticket.State.RELEASED if is_over else Ticket.State.ISSUED)
    chosen = read_tickets(booking).filter(show=show, state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED])
    if tickets is not None:
        notify_withdrawn(booking, tickets)
        chosen = chosen.filter(pk__in=[ticket.pk for ticket in tickets])
    return notify_customer(
        booking,
        kind=Notification.Kind.SHOW_CANCELED,
        fact=f"{booking.code}:{show.code}",
        tickets=chosen,
        attachments=[] if is_over else [("changed-calendar.ics", f"{booking.code} {show.code}")],
        context={
            "show": describe_show(show),
            "other_shows": [describe_show(other) for other in by_show(others)],
            "stay_valid": not is_over,
            "refund": describe_amount(refund.amount, booking.currency) if refund else None,
            "at_counter": describe_amount(at_counter, booking.currency) if at_counter else None,
            "message": message.strip(),
        },
    )


def notify_places_renamed(
    booking: Booking, tickets: Sequence[Ticket], *, former_places: Mapping[int, Seat | Area], fact: str
) -> Notification | None:
    """Send tickets whose places have other names by now, once for each `fact`, with the names that they had.

    The places themselves are the same. `former_places` are by pk of ticket; the tickets have their show at hand.
    """
    send_passed_on(booking, tickets, fact=fact)
    return notify_customer(
        booking,
        kind=Notification.Kind.PLACES_RENAMED,
        fact=f"{booking.code}:{fact}",
        tickets=tickets,
        former_places=former_places,
        attachments=[("tickets.pdf", booking.code), ("calendar.ics", booking.code)],
        context={},
    )


def notify_of_note(note: ShowNote, booking: Booking) -> int:
    """Send a theater's note to the customer and to those who have a ticket from them, once; return to how many."""
    language = known_language(booking.locale)
    written = _choose_text(note.texts, language)
    tickets = list(read_tickets(booking).filter(show=note.show, state=Ticket.State.ISSUED))
    # One to each person, with whichever ticket of theirs comes first.
    holders = {ticket.attendee_email: ticket for ticket in reversed(tickets) if ticket.is_passed_on}
    kind, fact = Notification.Kind.SHOW_NOTE, f"{note.pk}:{booking.code}"
    for ticket in holders.values():
        notify_holder(booking, ticket, kind=kind, fact=str(note.pk), context=written)
    own = [ticket for ticket in tickets if not ticket.is_passed_on] or tickets
    message = notify_customer(booking, kind=kind, fact=fact, tickets=own, context=written)
    return len(holders) + (message is not None)


def send_test_note(show: Show, texts: Sequence[Mapping[str, str]], *, by: User, language: str) -> Notification:
    """Send a note to its writer, as a customer who reads `language` gets it."""
    theater = show.hall.theater
    return notify(
        kind=Notification.Kind.SHOW_NOTE,
        recipient=by.contact_email,
        user=by,
        unique_key=f"{Notification.Kind.SHOW_NOTE}:test:{uuid.uuid4()}",
        language=known_language(language),
        theater_id=theater.pk,
        context=describe_note(show, texts, language=language) | {"name": by.name},
    )


def describe_note(show: Show, texts: Sequence[Mapping[str, str]], *, language: str) -> dict[str, Any]:
    """Return the context of a note as a customer who reads `language` gets it, without a booking."""
    theater = show.hall.theater
    return {
        "is_test": True,
        "reply_to": theater.email,
        "show": describe_show(show),
        "theater": describe_theater(theater),
        "tickets": [],
        **_choose_text(texts, language),
    }


def _choose_text(texts: Sequence[Mapping[str, str]], language: str) -> dict[str, Any]:
    """Return the subject and text for a reader of `language`: in another one, if there are none in it."""
    chosen = next((text for text in texts if text["language"] == without_region(language)), texts[0])
    return {
        "own_subject": chosen["subject"],
        "words": {"note": {"text": chosen["text"], "language": chosen["language"]}},
    }
