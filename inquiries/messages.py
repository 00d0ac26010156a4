"""Messages to groups that have asked."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from bookings.messages.customers import describe_amount, describe_theater, read_tickets
from events.catalogue import Showtime
from inquiries.access import inquiry_path
from inquiries.models import Inquiry, InquiryMessage
from inquiries.words import describe_dates, describe_party, describe_places
from notifications.models import Notification
from notifications.services import known_language, notify


def notify_received(inquiry: Inquiry) -> Notification | None:
    """Confirm that the theater has the inquiry, once.

    It quotes nothing that the sender typed but their name: anyone can have it sent to any address.
    """
    return _notify(inquiry, Notification.Kind.INQUIRY_RECEIVED, "", {})


def notify_answered(
    inquiry: Inquiry, message: InquiryMessage, proposed: Sequence[Showtime] = ()
) -> Notification | None:
    """Send what the theater wrote, with other dates that have room for the group, once for each message."""
    dates = [
        {
            "starts_at": date.starts_at.isoformat(),
            "time_zone": date.time_zone,
            "left": date.left,
            "url": f"{reverse('inquiries:ask', args=[date.code])}?people={inquiry.party_size}",
        }
        for date in proposed
    ]
    return _notify(
        inquiry,
        Notification.Kind.INQUIRY_ANSWERED,
        str(message.pk),
        {"text": message.text, "dates": dates, "reservation": _describe_reservation(inquiry)},
    )


def _describe_reservation(inquiry: Inquiry) -> dict[str, Any] | None:
    """Return what is held for the group, if anything is. One query."""
    booking = inquiry.booking
    if booking is None or booking.expires_at is None or not inquiry.is_reserved(timezone.now()):
        return None
    tickets = list(read_tickets(booking))
    with translation.override(known_language(inquiry.locale)):
        places = describe_places(tickets)
    return {
        "starts_at": tickets[0].show.starts_at.isoformat(),
        "time_zone": inquiry.theater.city.time_zone,
        "places": places,
        "total": describe_amount(booking.due, booking.currency),
        "until": booking.expires_at.isoformat(),
        "paid_by": inquiry.paid_by,
    }


def _notify(inquiry: Inquiry, kind: str, fact: str, context: dict[str, Any]) -> Notification | None:
    if not inquiry.contact_email:
        return None
    language = known_language(inquiry.locale)
    with translation.override(language):
        facts = {"party": describe_party(inquiry), "wished": describe_dates(inquiry)}
    return notify(
        kind=kind,
        recipient=inquiry.contact_email,
        user=inquiry.customer,
        unique_key=f"{kind}:{inquiry.code}:{fact}",
        language=language,
        theater_id=inquiry.theater_id,
        about=inquiry.code,
        context={
            "name": inquiry.name,
            # Several dates or none, so only this of a show.
            "show": {"event": inquiry.event.title},
            "url": inquiry_path(inquiry),
            "reply_to": inquiry.theater.email,
            "theater": describe_theater(inquiry.theater),
            **facts,
            **context,
        },
    )
