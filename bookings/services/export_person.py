"""All that is kept about one person, to take away."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket, WaitingListEntry
from events.models import Review
from notifications.models import MailSettings, Notification, NotificationPreference


def export_person(user: User) -> dict[str, Any]:
    """Return the person's data as plain JSON: account, bookings, reviews, messages. Times are UTC, in ISO 8601.

    Secrets stay out: passwords, keys and codes are not data to take away.
    """
    return {
        "exported_at": timezone.now().isoformat(),
        "account": {
            "email": user.email,
            "name": user.name,
            "phone": user.phone,
            "language": user.language,
            "preferred_city": str(user.preferred_city) if user.preferred_city else None,
            "joined_at": user.joined_at.isoformat(),
            "last_seen_at": user.last_seen_at.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        },
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "second_factors": [
            {"type": row.type, "since": row.created_at.isoformat()} for row in Authenticator.objects.filter(user=user)
        ],
        "devices": [
            {"since": row.created_at.isoformat(), "address": row.ip, "browser": row.user_agent}
            for row in UserSession.objects.filter(user=user)
        ],
        "bookings": [_describe(booking) for booking in _read_bookings(user)],
        "waiting_lists": [
            {
                "event": entry.show.event.title,
                "starts_at": entry.show.starts_at.isoformat(),
                "email": entry.email,
                "people": entry.party_size,
                "categories": [category.name for category in entry.categories.all()],
                "sits_together": entry.sits_together,
                "needs_accessible": entry.needs_accessible,
                "state": entry.state,
                "since": entry.joined_at.isoformat(),
            }
            for entry in WaitingListEntry.objects.filter(customer=user)
            .select_related("show__event")
            .prefetch_related("categories")
        ],
        "reviews": [
            {
                "event": review.event.title,
                "stars": review.stars,
                "text": review.text,
                "state": review.state,
                "at": review.created_at.isoformat(),
            }
            for review in Review.objects.filter(user=user).select_related("event")
        ],
        "messages": [
            {
                "kind": row.kind,
                "to": row.recipient,
                "at": row.created_at.isoformat(),
                "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            }
            for row in Notification.objects.filter(user=user)
        ],
        "message_preferences": list(
            NotificationPreference.objects.filter(user=user).values("kind", "channel", "is_wanted")
        ),
        "message_settings": list(MailSettings.objects.filter(user=user).values("report_format", "chat_webhook")),
    }


def _read_bookings(user: User) -> Any:
    return (
        Booking.objects.filter(customer=user)
        .select_related("show__event", "show__hall__theater", "voucher")
        .prefetch_related("tickets__seat", "tickets__area", "tickets__ticket_type", "tickets__check_ins")
        .prefetch_related("payments__refunds")
    )


def _describe(booking: Booking) -> dict[str, Any]:
    show = booking.show
    return {
        "code": booking.code,
        "state": booking.state,
        "event": show.event.title,
        "theater": show.hall.theater.name,
        "hall": show.hall.name,
        "starts_at": show.starts_at.isoformat(),
        "name": booking.name,
        "email": booking.email,
        "phone": booking.phone,
        "language": booking.locale,
        "booked_at": booking.created_at.isoformat(),
        "total": str(booking.total),
        "discount": str(booking.discount),
        "fees": str(booking.fees),
        "tax": str(booking.tax),
        "currency": booking.currency,
        "voucher": booking.voucher.code if booking.voucher else None,
        "tickets": [_describe_ticket(ticket) for ticket in booking.tickets.all()],
        "payments": [
            {
                "gateway": payment.gateway,
                "amount": str(payment.amount),
                "state": payment.state,
                "at": payment.created_at.isoformat(),
                "refunds": [
                    {"amount": str(refund.amount), "state": refund.state, "at": refund.created_at.isoformat()}
                    for refund in payment.refunds.all()
                ],
            }
            for payment in booking.payments.all()
        ],
    }


def _describe_ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "place": ticket.label,
        "type": ticket.ticket_type.name,
        "price": str(ticket.cost),
        "state": ticket.state,
        "name": ticket.attendee_name,
        "entries": [
            {"at": entry.at.isoformat(), "direction": entry.direction, "result": entry.result}
            for entry in ticket.check_ins.all()
        ],
    }
