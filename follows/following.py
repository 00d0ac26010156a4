"""Follow something and stop following it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
KINDS = (Notification.Kind.FOLLOWED_ON_SALE, Notification.Kind.FOLLOWED_SOON, Notification.Kind.FOLLOWED_SEATS)


class TooManyFollows(Refusal):
    message = _("You follow as much as one person can. Stop following something first.")


@dataclass(frozen=True)
class Terms:
    """How something is followed: in one city, or a show with a reminder, or with a wish for seats of it."""

    city_id: int | None = None
    asks_before: bool = False
    # Seats for so many side by side: each at this price at most, or in the category of this name, or both.
    party_size: int | None = None
    max_price: Decimal | None = None
    category: str = ""

    @classmethod
    def of(cls, follow: Follow) -> Terms:
        return cls(follow.city_id, follow.asks_before, follow.party_size, follow.max_price, follow.category)

    @classmethod
    def unpack(cls, packed: list[Any]) -> Terms:
        city_id, asks_before, party_size, max_price, category = packed
        return cls(city_id, asks_before, party_size, Decimal(max_price) if max_price else None, category)

    def pack(self) -> list[Any]:
        """Return them as plain JSON, for signed links."""
        max_price = str(self.max_price) if self.max_price is not None else ""
        return [self.city_id, self.asks_before, self.party_size, max_price, self.category]

    def fields(self, subject: Subject) -> dict[str, Any]:
        """Return what a follow of `subject` keeps of them."""
        if subject.kind != "show":
            return {"city_id": self.city_id if subject.is_of_city else None}
        return {
            "asks_before": self.asks_before,
            "party_size": self.party_size,
            "max_price": self.max_price,
            "category": self.category,
            "told_of_seats_at": None,
        }


ANYHOW = Terms()


def follower_of(user: User) -> Follower:
    return Follower.objects.get_or_create(user=user)[0]


def find_follow(user: User, subject: Subject) -> Follow | None:
    """Return how the account follows it, if it does. One query."""
    return Follow.objects.filter(follower__user=user, **subject.condition).first()


@transaction.atomic
def follow(*, follower: Follower, subject: Subject, terms: Terms = ANYHOW) -> Follow:
    """Follow `subject`; repeated, the later terms hold. Raises `TooManyFollows`.

    Who had stopped all messages to followers gets them again.
    """
    known = Follow.objects.filter(follower=follower, **subject.condition)
    if not known.exists() and follower.follows.count() >= MAX_FOLLOWS:
        raise TooManyFollows
    named = {"person_name": subject.name} if subject.kind == "person" else {}
    values = terms.fields(subject) | named
    found, _is_new = Follow.objects.update_or_create(follower=follower, **subject.condition, defaults=values)
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
