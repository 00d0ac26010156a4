"""Messages to people on a waiting list."""

from typing import Any

from django.utils import translation

from bookings.messages.customers import describe_show, describe_sum, describe_theater, notify_customer, read_tickets
from bookings.models import Ticket
from events.models import Show
from notifications.models import Notification
from notifications.services import known_language, notify
from waiting_list.access import entry_path
from waiting_list.models import WaitingListEntry
from waiting_list.words import describe_wish


def notify_waiting_list_joined(entry: WaitingListEntry) -> Notification | None:
    """Explain what happens next and how to leave, once."""
    return _notify(entry, Notification.Kind.WAITING_LIST_JOINED, {})


def notify_waiting_list_closed(entry: WaitingListEntry) -> Notification | None:
    """Explain, once, that the list has ended because the show was canceled or moved."""
    return _notify(
        entry, Notification.Kind.WAITING_LIST_CLOSED, {"is_canceled": entry.show.state == Show.State.CANCELED}
    )


def notify_waiting_list_offer(entry: WaitingListEntry) -> Notification | None:
    """Name the places that are held, until when, and how to take or decline them, once."""
    booking = entry.booking
    if booking is None or booking.expires_at is None:
        return None
    return notify_customer(
        booking,
        kind=Notification.Kind.WAITING_LIST_OFFER,
        fact=booking.code,
        tickets=read_tickets(booking).filter(state=Ticket.State.HELD),
        context={
            "until": booking.expires_at.isoformat(),
            **describe_sum(booking),
            "leave_url": entry_path(entry),
        },
    )


def _notify(entry: WaitingListEntry, kind: str, context: dict[str, Any]) -> Notification | None:
    if not entry.contact_email:
        return None
    show, customer = entry.show, entry.customer
    language = known_language(entry.locale)
    with translation.override(language):
        wish = describe_wish(entry)
    return notify(
        kind=kind,
        recipient=entry.contact_email,
        user=customer,
        unique_key=f"{kind}:{entry.code}",
        language=language,
        theater_id=show.hall.theater_id,
        context={
            "name": customer.name if customer else "",
            "wish": wish,
            "leave_url": entry_path(entry),
            "reply_to": show.hall.theater.email,
            "show": describe_show(show),
            "theater": describe_theater(show.hall.theater),
            **context,
        },
    )
