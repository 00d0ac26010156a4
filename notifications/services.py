"""Write messages into the outbox, and put back those that were given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from lib.after_commit import after_commit
from lib.compiled import insert
from notifications import tasks
from notifications.kinds import KINDS
from notifications.models import Channel, Notification
from notifications.suppression import find_suppression

# The channels that `sending.py` can send by.
TRANSPORTS = frozenset({Channel.EMAIL, Channel.CHAT})


def notify(
    *,
    kind: str,
    recipient: str,
    unique_key: str,
    context: dict[str, Any],
    user: User | None = None,
    language: str = "en",
    channel: str = Channel.EMAIL,
    attachments: Iterable[Sequence[str]] = (),
    theater_id: int | None = None,
    about: str = "",
) -> Notification:
    """Write one message into the outbox, in the caller's transaction, and wake a worker after its commit.

    `unique_key` names the fact that is reported: a second call with the same key changes nothing and returns
    the row that the first one made (its pk; the other fields are as given now). `context` is plain JSON;
    `attachments` are a builder's name and its arguments, see `attachments.py`; `about` is the code of what
    it is about. One statement.
    """
    notification = draft(
        kind=kind,
        recipient=recipient,
        unique_key=unique_key,
        context=context,
        user=user,
        language=language,
        channel=channel,
        attachments=attachments,
        theater_id=theater_id,
        about=about,
    )
    insert(notification, unique="unique_key")
    after_commit(tasks.wake)
    return notification


def notify_many(notifications: Sequence[Notification]) -> None:
    """Write messages that `draft` made; those whose unique key is known stay out. One statement."""
    Notification.objects.bulk_create(notifications, ignore_conflicts=True)
    if notifications:
        after_commit(tasks.wake)


def draft(
    *,
    kind: str,
    recipient: str,
    unique_key: str,
    context: dict[str, Any],
    user: User | None = None,
    language: str = "en",
    channel: str = Channel.EMAIL,
    attachments: Iterable[Sequence[str]] = (),
    theater_id: int | None = None,
    about: str = "",
    not_before: datetime | None = None,
) -> Notification:
    """Return a message for the outbox, not written yet; see `notify`. It is not sent earlier than `not_before`."""
    if kind not in KINDS:
        raise LookupError(f"There is no kind of message “{kind}”.")
    if channel not in TRANSPORTS:
        raise ValueError(f"There is no channel “{channel}”.")
    return Notification(
        kind=kind,
        channel=channel,
        recipient=recipient,
        user=user,
        language=known_language(language),
        context=context,
        attachments=[list(attachment) for attachment in attachments],
        is_bulk=KINDS[kind].is_bulk,
        unique_key=unique_key,
        theater_id=theater_id,
        about=about,
        next_attempt_at=not_before or timezone.now(),
    )


def known_language(language: str) -> str:
    """Return the offered language closest to `language`: “de” for “de-at”."""
    offered = [code for code, _ in settings.LANGUAGES]
    for candidate in (language.lower(), language.lower().split("-")[0]):
        if candidate in offered:
            return candidate
    return settings.LANGUAGE_CODE


def send_again(*, notification: Notification) -> bool:
    """Put a message that was given up back into the outbox; return True if it was one."""
    changed = Notification.objects.filter(pk=notification.pk, state=Notification.State.FAILED).update(**_as_waiting())
    if changed:
        after_commit(tasks.wake)
    return bool(changed)


def lift_suppression(*, notification: Notification, by: User) -> bool:
    """Lift the suppression of the message's address and send the message.

    Returns True if the address was suppressed. What the person does not want stays unsent.
    """
    with transaction.atomic():
        found = find_suppression(notification)
        if found is None or found.kind:
            return False
        found.delete()
        record(
            by=by,
            action=Action.LIFT_SUPPRESSION,
            on=notification,
            theater_id=notification.theater_id,
            before={"reason": found.reason},
        )
        states = [Notification.State.SUPPRESSED, Notification.State.FAILED]
        changed = Notification.objects.filter(pk=notification.pk, state__in=states).update(**_as_waiting())
        if changed:
            after_commit(tasks.wake)
    return True


def _as_waiting() -> dict[str, Any]:
    return {
        "state": Notification.State.WAITING,
        "attempts": 0,
        "next_attempt_at": timezone.now(),
        "claimed_at": None,
        "delivery": "",
        "delivery_at": None,
    }
