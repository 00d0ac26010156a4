"""How long this app keeps what it holds; see `operations/retention.py`."""

from django.db.models import Q

from accounts.models import User
from notifications.models import MailSettings, Notification, NotificationPreference, SendingRate, Suppression
from operations.retention import Follows, Kept, Pruned

_ENDED = [Notification.State.SENT, Notification.State.FAILED, Notification.State.SUPPRESSED]

RETENTION = [
    Pruned(
        Notification,
        "messages that were sent, or given up",
        "KEEP_MESSAGE_DAYS",
        "created_at",
        when=lambda: Q(state__in=_ENDED),
        # The row keeps a message from being sent again; evening reminders look back two months.
        least=62,
    ),
    Follows(NotificationPreference, User),
    Follows(MailSettings, User),
    Kept(Suppression, "An address that asked for silence, or bounces, until that is lifted."),
    Kept(SendingRate, "One row for each mail server or chat room."),
]
