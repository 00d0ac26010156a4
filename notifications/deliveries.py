"""What became of messages after the provider took them."""

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
# Later news never take back what is worse: providers tell in any order, and again.
_RANK = {"": 0, Delivery.DELIVERED: 1, Delivery.OPENED: 2, Delivery.BOUNCED: 3, Delivery.COMPLAINED: 4}
# What is wrong with the message, the moment or us says nothing against the address.
_PASSING = {RejectReason.TIMED_OUT, RejectReason.BLOCKED, RejectReason.SPAM, RejectReason.UNSUBSCRIBED}


def record_event(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Write down one event of a provider; harmless when repeated. Connected to anymail's `tracking` signal."""
    recipient = (event.recipient or "").strip().lower()
    notification = _find(event.message_id, recipient)
    if notification is None:
        # Somebody else's mail by the same provider, or a row that is gone.
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
    elif outcome is Delivery.BOUNCED and event.event_type != EventType.FAILED and event.reject_reason not in _PASSING:
        suppress(notification.recipient, Suppression.Reason.BOUNCED, detail=detail)
    elif event.event_type == EventType.UNSUBSCRIBED and choice_of(notification.kind):
        Subscription(notification.kind, notification.channel, notification.user, notification.recipient.lower()).set(
            is_on=False
        )


def _find(message_id: str | None, recipient: str) -> Notification | None:
    """Return the message by the provider's id; the address has to fit, since an id may be guessed."""
    if not message_id:
        return None
    rows = Notification.objects.select_related("user").filter(gateway_id=message_id)
    return rows.filter(Q(recipient__iexact=recipient)).first() if recipient else rows.first()
