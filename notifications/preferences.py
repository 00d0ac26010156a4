"""What people want to be sent, and the signed links by which they say so without signing in.

A kind without a `Choice` always comes. For the others the person's own word holds, then the kind's
default; a guest, who has no preferences, unsubscribes an address.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import User
from notifications.kinds import KINDS, choice_of
from notifications.models import Channel, MailSettings, Notification, NotificationPreference, Suppression
from notifications.suppression import lift, suppress

_SALT = "notifications.unsubscribe"


def is_wanted(user: User | None, kind: str, channel: str) -> bool:
    """Return True if `user` wants messages of `kind` by `channel`. One query for kinds that one may choose."""
    choice = choice_of(kind)
    if choice is None:
        return channel == Channel.EMAIL
    if user is None:
        # A guest's address, or a room of the settings, whose owner asked for it there.
        return choice.is_default or channel == Channel.CHAT
    rows = NotificationPreference.objects.filter(user=user, kind=kind, channel=channel)
    said = rows.values_list("is_wanted", flat=True).first()
    return _by_default(kind, channel) if said is None else said


def wishes(user: User) -> dict[tuple[str, str], bool]:
    """Return what `user` wants, by kind and channel, for every kind that one may choose. One query."""
    said = {
        (kind, channel): is_wanted
        for kind, channel, is_wanted in NotificationPreference.objects.filter(user=user).values_list(
            "kind", "channel", "is_wanted"
        )
    }
    return {
        (kind, channel): said.get((kind, channel), _by_default(kind, channel))
        for kind, facts in KINDS.items()
        if facts.choice
        for channel in facts.choice.channels
    }


def who_want(kind: str, channel: str) -> QuerySet[User]:
    """Return the people who want messages of `kind` by `channel`. Lazy, no query."""
    is_default = _by_default(kind, channel)
    said = NotificationPreference.objects.filter(
        user=OuterRef("pk"), kind=kind, channel=channel, is_wanted=not is_default
    )
    people = User.objects.filter(is_active=True)
    return people.exclude(Exists(said)) if is_default else people.filter(Exists(said))


def choose(*, user: User, kind: str, channel: str, is_wanted: bool) -> None:
    """Write down what `user` wants; harmless when repeated."""
    if choice_of(kind) is None:
        raise LookupError(f"“{kind}” is not a matter of choice.")
    NotificationPreference.objects.update_or_create(
        user=user, kind=kind, channel=channel, defaults={"is_wanted": is_wanted}
    )


def report_format(user: User) -> str:
    found = MailSettings.objects.filter(user=user).values_list("report_format", flat=True).first()
    return found or MailSettings.ReportFormat.HTML


@dataclass(frozen=True)
class Subscription:
    """What a link from a message speaks for: one kind, sent to a person or to a guest's address."""

    kind: str
    channel: str
    user: User | None = None
    address: str = ""

    def is_on(self) -> bool:
        if self.user is not None:
            return is_wanted(self.user, self.kind, self.channel)
        return not Suppression.objects.filter(address=self.address, kind=self.kind).exists()

    def set(self, *, is_on: bool) -> None:
        """End the subscription or take it up again; harmless when repeated."""
        if self.user is not None:
            choose(user=self.user, kind=self.kind, channel=self.channel, is_wanted=is_on)
        elif is_on:
            lift(self.address, self.kind)
        else:
            suppress(self.address, Suppression.Reason.UNSUBSCRIBED, kind=self.kind)


def links(notification: Notification) -> dict[str, str]:
    """Return the addresses that a message offers to those who want no more of its kind."""
    if choice_of(notification.kind) is None:
        return {}
    unsubscribe = reverse("notifications:unsubscribe", args=[make_token(notification)])
    return {
        "unsubscribe_url": settings.SITE_URL + unsubscribe,
        "preferences_url": settings.SITE_URL + reverse("notifications:preferences") if notification.user_id else "",
    }


def make_token(notification: Notification) -> str:
    """Sign whom the message goes to and its kind. It never expires: old mail lies around, and stays stoppable."""
    whom = notification.user_id or notification.recipient.lower()
    return signing.dumps([whom, notification.kind, notification.channel], salt=_SALT).replace(":", "~")


def read_token(token: str) -> Subscription | None:
    """Return what the token speaks for, or None when it was never ours or the person is gone."""
    try:
        whom, kind, channel = signing.loads(token.replace("~", ":"), salt=_SALT)
    except signing.BadSignature:
        return None
    if choice_of(kind) is None:
        return None
    if isinstance(whom, str):
        return Subscription(kind, channel, address=whom)
    user = User.objects.filter(pk=whom, is_active=True).first()
    return Subscription(kind, channel, user=user) if user else None


def _by_default(kind: str, channel: str) -> bool:
    choice = choice_of(kind)
    return choice is not None and choice.is_default and channel == Channel.EMAIL
