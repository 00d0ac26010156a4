"""Which messages people want, and the signed links by which they say so without signing in.

A kind without a `Choice` is always sent. For the others the person's own choice holds, then the kind's
default. A guest has no preferences, and unsubscribes an address.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import User
from notifications.kinds import KINDS, choice_of
from notifications.looks import find_look
from notifications.models import Channel, MailSettings, Notification, NotificationPreference, Suppression
from notifications.suppression import lift, suppress

_SALT = "notifications.unsubscribe"


def is_wanted(user: User | None, kind: str, channel: str) -> bool:
    """Return True if `user` wants messages of `kind` by `channel`. One query, if there is a choice."""
    choice = choice_of(kind)
    if choice is None:
        return channel == Channel.EMAIL
    if user is None:
        # A guest's address, or a room in the settings, which asks for it there.
        return choice.is_default or channel == Channel.CHAT
    rows = NotificationPreference.objects.filter(user=user, kind=kind, channel=channel)
    said = rows.values_list("is_wanted", flat=True).first()
    return _by_default(kind, channel) if said is None else said


def read_preferences(user: User) -> dict[tuple[str, str], bool]:
    """Return what `user` wants, by kind and channel, for every kind with a choice. One query."""
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


def people_who_want(kind: str, channel: str) -> QuerySet[User]:
    """Return the people who want messages of `kind` by `channel`. Lazy."""
    is_default = _by_default(kind, channel)
    said = NotificationPreference.objects.filter(
        user=OuterRef("pk"), kind=kind, channel=channel, is_wanted=not is_default
    )
    people = User.objects.filter(is_active=True)
    return people.exclude(Exists(said)) if is_default else people.filter(Exists(said))


def choose(*, user: User, kind: str, channel: str, is_wanted: bool) -> None:
    """Record what `user` wants. Harmless when repeated."""
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
    """What a link in a message stands for: one kind, sent to a person or to a guest's address."""

    kind: str
    channel: str
    user: User | None = None
    address: str = ""

    def is_on(self) -> bool:
        if self.user is not None:
            return is_wanted(self.user, self.kind, self.channel)
        return not Suppression.objects.filter(address=self.address, kind=self.kind).exists()

    def set(self, *, is_on: bool) -> None:
        """End the subscription or resume it. Harmless when repeated."""
        if self.user is not None:
            choose(user=self.user, kind=self.kind, channel=self.channel, is_wanted=is_on)
        elif is_on:
            lift(self.address, self.kind)
        else:
            suppress(self.address, Suppression.Reason.UNSUBSCRIBED, kind=self.kind)


def links(notification: Notification) -> dict[str, str]:
    """Return the links for people who want no more messages of this kind.

    A guest has a page of preferences where the message's context names one.
    """
    choice = choice_of(notification.kind)
    if choice is None:
        return {}
    # The pages of staff stay at the site.
    start = settings.SITE_URL if choice.is_for_staff else find_look(notification.theater_id).address
    unsubscribe = reverse("notifications:unsubscribe", args=[make_token(notification)])
    preferences = start + reverse("notifications:preferences") if notification.user_id else ""
    return {
        "unsubscribe_url": start + unsubscribe,
        "preferences_url": preferences or notification.context.get("preferences_url", ""),
    }


def make_token(notification: Notification) -> str:
    """Sign the recipient and the kind. It never expires, so that old mail can still be unsubscribed from."""
    whom = notification.user_id or notification.recipient.lower()
    return signing.dumps([whom, notification.kind, notification.channel], salt=_SALT).replace(":", "~")


def read_token(token: str) -> Subscription | None:
    """Return what the token stands for, or None if we did not sign it or the person is gone."""
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
