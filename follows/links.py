"""Signed links by which followers see what they follow, and stop, without signing in.

A link to stop never expires, so that old mail can still be unsubscribed from. A guest's link to their page does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from follows.following import Terms, read_follows
from follows.models import Follow, Follower
from follows.subjects import Subject, find_by_reference, subject_of

_STOP, _GUEST = "follows.stop", "follows.guest"
# As long as people may look into the latest message for it.
GUEST_LINK_LIFETIME = timedelta(days=90)


@dataclass(frozen=True)
class Stop:
    """What a link to stop stands for; the terms let the person take it back."""

    follower: Follower
    subject: Subject
    terms: Terms

    @property
    def is_on(self) -> bool:
        return Follow.objects.filter(follower=self.follower, **self.subject.condition).exists()


def stop_path(follow: Follow, subject: Subject) -> str:
    wish = [follow.follower_id, subject.kind, subject.reference, Terms.of(follow).pack()]
    return reverse("follows:stop", args=[_sign(wish, _STOP)])


def read_stop(token: str) -> Stop | None:
    """Return what the link stands for, or None if we did not sign it, or the person or the subject is gone."""
    try:
        follower_id, kind, reference, terms = signing.loads(token.replace("~", ":"), salt=_STOP)
    except signing.BadSignature:
        return None
    follower = Follower.objects.select_related("user").filter(pk=follower_id).first()
    subject = find_by_reference(kind, reference) if follower else None
    return Stop(follower, subject, Terms.unpack(terms)) if follower and subject else None


def describe_follows(follower: Follower) -> list[tuple[Follow, Subject, str]]:
    """Return what a person follows, with the path of the link that stops each. One query."""
    found = [(follow, subject_of(follow)) for follow in read_follows(follower)]
    return [(follow, subject, stop_path(follow, subject)) for follow, subject in found]


def guest_path(follower: Follower) -> str:
    """Return the path of the page on which a guest sees all that they follow."""
    return reverse("follows:guest", args=[_sign([follower.pk, follower.email], _GUEST)])


def find_guest(token: str) -> Follower | None:
    """Return the guest whose page it is, or None if the link is too old or not ours, or they have an account now."""
    try:
        pk, email = signing.loads(token.replace("~", ":"), salt=_GUEST, max_age=GUEST_LINK_LIFETIME)
    except signing.BadSignature:
        return None
    return Follower.objects.filter(pk=pk, user=None, email=email).first()


def _sign(value: list[object], salt: str) -> str:
    return signing.dumps(value, salt=salt).replace(":", "~")
