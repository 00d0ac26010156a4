"""Signed links by which followers stop without signing in.

A link to stop never expires, so that old mail can still be unsubscribed from.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from follows.models import Follow, Follower
from follows.subjects import Subject, find_by_reference

_STOP = "follows.stop"


@dataclass(frozen=True)
class Stop:
    """What a link to stop stands for; `city_id` and `asks_before` let the person take it back."""

    follower: Follower
    subject: Subject
    city_id: int | None
    asks_before: bool

    @property
    def is_on(self) -> bool:
        return Follow.objects.filter(follower=self.follower, **self.subject.condition).exists()


def stop_path(follow: Follow, subject: Subject) -> str:
    wish = [follow.follower_id, subject.kind, subject.reference, follow.city_id, follow.asks_before]
    return reverse("follows:stop", args=[signing.dumps(wish, salt=_STOP).replace(":", "~")])


def read_stop(token: str) -> Stop | None:
    """Return what the link stands for, or None if we did not sign it, or the person or the subject is gone."""
    try:
        follower_id, kind, reference, city_id, asks_before = signing.loads(token.replace("~", ":"), salt=_STOP)
    except signing.BadSignature:
        return None
    follower = Follower.objects.select_related("user").filter(pk=follower_id).first()
    subject = find_by_reference(kind, reference) if follower else None
    return Stop(follower, subject, city_id, asks_before) if follower and subject else None
