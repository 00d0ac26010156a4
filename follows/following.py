"""Follow something and stop following it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from follows.models import Follow, Follower
from follows.subjects import Subject
from lib.refusals import Refusal
from notifications.models import Channel, Notification
from notifications.preferences import Subscription

# More than anyone reads, and too few to abuse.
MAX_FOLLOWS = 200


# The messages that follow from a follow.
KINDS = (Notification.Kind.FOLLOWED_ON_SALE, Notification.Kind.FOLLOWED_SOON)


class TooManyFollows(Refusal):
    message = _("You follow as much as one person can. Stop following something first.")


def follower_of(user: User) -> Follower:
    return Follower.objects.get_or_create(user=user)[0]


def find_follow(user: User, subject: Subject) -> Follow | None:
    """Return how the account follows it, if it does. One query."""
    return Follow.objects.filter(follower__user=user, **subject.condition).first()


@transaction.atomic
def follow(*, follower: Follower, subject: Subject, city_id: int | None = None, asks_before: bool = False) -> Follow:
    """Follow `subject`, in one city or anywhere; repeated, the later wish holds. Raises `TooManyFollows`.

    Who had stopped all messages to followers gets them again.
    """
    known = Follow.objects.filter(follower=follower, **subject.condition)
    if not known.exists() and follower.follows.count() >= MAX_FOLLOWS:
        raise TooManyFollows
    wish = {"city_id": city_id if subject.is_of_city else None, "asks_before": asks_before and subject.kind == "show"}
    named = {"person_name": subject.name} if subject.kind == "person" else {}
    found, _is_new = Follow.objects.update_or_create(follower=follower, **subject.condition, defaults=wish | named)
    for kind in KINDS:
        messages = Subscription(kind, Channel.EMAIL, user=follower.user, address=follower.email)
        if not messages.is_on():
            messages.set(is_on=True)
    Follower.objects.filter(pk=follower.pk).update(changed_at=timezone.now())
    return found


@transaction.atomic
def unfollow(*, follower: Follower, subject: Subject) -> None:
    """Stop following. Harmless when repeated."""
    deleted, _rows = Follow.objects.filter(follower=follower, **subject.condition).delete()
    if deleted:
        now = timezone.now()
        Follower.objects.filter(pk=follower.pk).update(changed_at=now, stopped_at=now)


def read_follows(follower: Follower) -> QuerySet[Follow]:
    """Return what the person follows, with all that lists show, the latest first."""
    rows = follower.follows.select_related("follower", "event", "theater", "label", "city")
    return rows.select_related("show__event", "show__hall__theater__city").order_by("-created_at", "-pk")
