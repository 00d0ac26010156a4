"""What this app keeps about people; see `accounts/privacy.py`."""

from collections.abc import Callable

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from accounts.privacy import Holding, Person
from notifications.models import MailSettings, Notification, NotificationPreference, Suppression

State = Notification.State


def _forget_messages(person: Person, rows: QuerySet[Notification]) -> None:
    """Empty them. Messages that are still waiting are no longer sent."""
    rows.filter(state__in=[State.WAITING, State.SENDING]).update(state=State.SUPPRESSED)
    rows.update(
        recipient="",
        user=None,
        context={},
        attachments=[],
        error="",
        gateway_id="",
        # The key keeps a fact from being told twice; one that names the recipient goes.
        unique_key=Case(
            When(unique_key__contains="@", then=Concat(Value("erased:"), Cast("pk", CharField()))),
            default=F("unique_key"),
        ),
    )


def messages(rows: Callable[[Person], QuerySet[Notification]], *, section: str = "") -> Holding:
    """Declare messages that are a person's, by `rows`; exported under `section`."""
    return Holding(
        Notification,
        rows,
        section=section,
        personal=("recipient", "context", "error", "attachments", "gateway_id", "unique_key"),
        tells={"kind": "kind", "at": "created_at", "sent_at": "sent_at"},
        withheld=({} if section else {"recipient": "May be another person's."})
        | {
            "context": "May hold a link or code; the message itself is in their mailbox.",
            "error": "What the mail server said.",
            "attachments": "Names of documents, which the message carried.",
            "gateway_id": "The mail server's own number.",
            "unique_key": "Only keeps a message from being written twice.",
        },
        erase=_forget_messages,
    )


HOLDINGS = [
    messages(
        lambda person: Notification.objects.filter(Q(user=person.user) | Q(recipient__in=person.addresses)),
        section="messages",
    ),
    Holding(
        NotificationPreference,
        lambda person: NotificationPreference.objects.filter(user=person.user),
        section="message_preferences",
        tells={"kind": "kind", "channel": "channel", "is_wanted": "is_wanted"},
        is_deleted=True,
        is_named=True,
    ),
    Holding(
        MailSettings,
        lambda person: MailSettings.objects.filter(user=person.user),
        section="message_settings",
        personal=("chat_webhook",),
        tells={"report_format": "report_format"},
        is_deleted=True,
        is_named=True,
    ),
    Holding(
        Suppression,
        lambda person: Suppression.objects.filter(address__in=person.addresses),
        section="suppressed_addresses",
        personal=("address", "detail"),
        tells={"kind": "kind", "reason": "reason", "since": "created_at"},
        is_deleted=True,
    ),
]

NOT_PERSONAL = {
    "notifications.Notification": ["language", "about"],
    # Names of mail servers and chat rooms.
    "notifications.SendingRate": ["name"],
}
