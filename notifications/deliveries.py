"""What became of messages after the provider accepted them."""

from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db.models import Q
from django.utils import timezone

from notifications.kinds import choice_of
from notifications.models import Notification, Suppression
from notifications.preferences import Subscription
from notifications.suppression import suppress

log = structlog.get_logger(__name__)

Delivery = Notification.Delivery
OUTCOMES = {
    EventType.DELIVERED: Delivery.DELIVERED,
    EventType.OPENED: Delivery.OPENED,
    EventType.BOUNCED: Delivery.BOUNCED,
    EventType.REJECTED: Delivery.BOUNCED,
    EventType.FAILED: Delivery.BOUNCED,
    EventType.COMPLAINED: Delivery.COMPLAINED,
}
# A later event never undoes a worse one: providers report in any order, and repeatedly.
_RANK = {"": 0, Delivery.DELIVERED: 1, Delivery.OPENED: 2, Delivery.BOUNCED: 3, Delivery.COMPLAINED: 4}
# Other reasons are about the message, the moment or us, not about the address.
_DEAD_REASONS = {RejectReason.BOUNCED, RejectReason.INVALID, None}
# Where providers put the kind of a bounce: Postmark; Brevo and Mandrill; MailerSend; Amazon SES.
_BOUNCE_NAMES = ("Type", "event", "type", "bounceType")


def record_event(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Record an event of a provider; receives anymail's `tracking` signal. Harmless when repeated."""
    recipient = (event.recipient or "").strip().lower()
    notification = _find(event.message_id, recipient)
    if notification is None:
        # Other mail through the same provider, or a row that is gone.
        log.info("delivery_of_unknown_message", provider=esp_name, event_type=event.event_type)
        return
    outcome = OUTCOMES.get(event.event_type)
    if outcome is not None:
        worse = [name for name, rank in _RANK.items() if rank < _RANK[outcome]]
        rows = Notification.objects.filter(pk=notification.pk, delivery__in=worse)
        rows.update(delivery=outcome, delivery_at=event.timestamp or timezone.now())
    detail = event.mta_response or event.description or event.reject_reason or ""
    if event.event_type == EventType.COMPLAINED:
        suppress(notification.recipient, Suppression.Reason.COMPLAINED, detail=detail)
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED) and _is_dead(event):
        suppress(notification.recipient, Suppression.Reason.BOUNCED, detail=detail)
    elif event.event_type == EventType.UNSUBSCRIBED and choice_of(notification.kind):
        Subscription(notification.kind, notification.channel, notification.user, notification.recipient.lower()).set(
            is_on=False
        )


def _is_dead(event: AnymailTrackingEvent) -> bool:
    """Return True if the address itself is dead; a full mailbox may have room tomorrow."""
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    bounce = said.get("bounce")
    places = [said, bounce if isinstance(bounce, dict) else {}]
    names = " ".join(str(place.get(name, "")) for place in places for name in _BOUNCE_NAMES).lower()
    return event.reject_reason in _DEAD_REASONS and "soft" not in names and "transient" not in names


def _find(message_id: str | None, recipient: str) -> Notification | None:
    """Return the message by the provider's id; the address must match, since an id may be guessed."""
    if not message_id:
        return None
    rows = Notification.objects.select_related("user").filter(gateway_id=message_id)
    return rows.filter(Q(recipient__iexact=recipient)).first() if recipient else rows.first()
