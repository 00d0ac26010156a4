"""Following without an account: asked for by a form, confirmed by a link in a mail.

Nothing is kept of those who never confirm: the link carries the wish, signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.services.guests import proven_addresses
from follows.following import Terms, follow, follower_of
from follows.models import Follow, Follower
from follows.subjects import Subject, find_by_reference
from notifications.models import Notification
from notifications.services import notify
from theaters.brands import brand_of

CONFIRM_LIFETIME = timedelta(days=7)
_ASKED = "follows.asked"


@dataclass(frozen=True)
class Wish:
    """What a guest asked for."""

    subject: Subject
    email: str
    terms: Terms
    language: str
    asked_at: datetime


def ask(*, subject: Subject, email: str, terms: Terms, language: str) -> None:
    """Send the link that confirms the wish. Writes nothing else; the caller has counted it against the limits."""
    now = timezone.now()
    wish = [subject.kind, subject.reference, email, terms.pack(), language, now.timestamp()]
    token = signing.dumps(wish, salt=_ASKED).replace(":", "~")
    notify(
        kind=Notification.Kind.FOLLOW_CONFIRMATION,
        recipient=email,
        # Each is new, with a link of its own.
        unique_key=f"follow_confirmation:{uuid4()}",
        language=language,
        theater_id=subject.theater_id,
        context={
            "name": "",
            "what": subject.name,
            "confirm_url": brand_of(subject.theater_id).address + reverse("follows:confirm", args=[token]),
        },
    )


def read_wish(token: str) -> Wish | None:
    """Return what a link asks for, or None if it is too old or not ours, or what it is about is gone."""
    try:
        kind, reference, email, terms, language, at = signing.loads(
            token.replace("~", ":"), salt=_ASKED, max_age=CONFIRM_LIFETIME
        )
    except signing.BadSignature:
        return None
    subject = find_by_reference(kind, reference)
    asked_at = datetime.fromtimestamp(at, tz=timezone.get_default_timezone())
    wish = Wish(subject, email, Terms.unpack(terms), language, asked_at) if subject else None
    return wish if wish and not _has_stopped_since(wish) else None


@transaction.atomic
def confirm(wish: Wish) -> Follow:
    """Follow what was asked for: as the account of the address, if there is one. Harmless when repeated.

    Raises `TooManyFollows`.
    """
    user = _user_of(wish.email)
    if user is not None:
        follower = follower_of(user)
    else:
        follower = Follower.objects.get_or_create(email=wish.email, defaults={"language": wish.language})[0]
    return follow(follower=follower, subject=wish.subject, terms=wish.terms)


def _has_stopped_since(wish: Wish) -> bool:
    """Return True if the person stopped something after asking for this, and does not follow it."""
    rows = Follower.objects.filter(Q(email=wish.email) | Q(user__isnull=False, user=_user_of(wish.email)))
    rows = rows.filter(stopped_at__gte=wish.asked_at)
    return rows.exclude(follows__in=Follow.objects.filter(**wish.subject.condition)).exists()


def _user_of(email: str) -> User | None:
    """Return the account that has confirmed this address, if there is one."""
    found = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True).first()
    return found.user if found else None


@transaction.atomic
def attach_follows(*, user: User, **kwargs: Any) -> int:
    """Give the user what their confirmed addresses follow; return how many. Receives `addresses_proven`."""
    guests = list(Follower.objects.filter(user=None, email__in=proven_addresses(user)).values_list("pk", flat=True))
    if not guests:
        return 0
    follower, attached = follower_of(user), 0
    for one in Follow.objects.filter(follower__in=guests):
        subject = {"person": one.person} if one.person is not None else {f"{one.subject}_id": _key_of(one)}
        if not Follow.objects.filter(follower=follower, **subject).exists():
            attached += Follow.objects.filter(pk=one.pk).update(follower=follower)
    Follower.objects.filter(pk__in=guests).delete()
    return attached


def _key_of(follow: Follow) -> int:
    key: int = getattr(follow, f"{follow.subject}_id")
    return key
