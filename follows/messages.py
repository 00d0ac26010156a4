"""Messages to followers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from bookings.messages.customers import describe_amount, describe_theater
from events.models import Show
from follows.links import guest_path, stop_path
from follows.matching import NewShow
from follows.models import Announcement, Follow, Follower
from follows.subjects import subject_of
from notifications.models import Notification
from notifications.services import draft
from theaters.brands import brand_of

# Longer lists are not read.
MAX_EVENTS = 6
MAX_DATES = 3
# What can wait is not sent at night, by the clock of the show's city.
DAY_BEGINS, DAY_ENDS = time(8), time(21)

Concerned = Sequence[tuple[Follow, Sequence[NewShow]]]


KINDS = {
    Announcement.Kind.ON_SALE: Notification.Kind.FOLLOWED_ON_SALE,
    Announcement.Kind.SOON: Notification.Kind.FOLLOWED_SOON,
}


def draft_message(announcement: Announcement, follower: Follower, concerned: Concerned) -> Notification | None:
    """Write what went on sale, or soon does, of all that the person follows; None if there is no address for it."""
    if not follower.contact_email:
        return None
    shows = {one.show.pk: one for _follow, news in concerned for one in news}
    by_event: dict[tuple[int, int], list[NewShow]] = {}
    for one in sorted(shows.values(), key=lambda one: (one.show.starts_at, one.show.pk)):
        by_event.setdefault((one.show.event_id, one.show.hall.theater_id), []).append(one)
    groups = list(by_event.values())
    theaters = {one.show.hall.theater_id: one.show.hall.theater for one in shows.values()}
    theater = next(iter(theaters.values())) if len(theaters) == 1 else None
    # Of several theaters, the site's pages.
    start = brand_of(theater.pk).address if theater else settings.SITE_URL
    user, kind = follower.user, KINDS[Announcement.Kind(announcement.kind)]
    context: dict[str, Any] = {
        "name": user.name if user else "",
        "news": [_describe(group, concerned, start) for group in groups[:MAX_EVENTS]],
        "others": max(len(groups) - MAX_EVENTS, 0),
        "preferences_url": "" if user else start + guest_path(follower),
        **({"theater": describe_theater(theater), "reply_to": theater.email} if theater else {}),
    }
    if len(concerned) == 1:
        follow = concerned[0][0]
        subject = subject_of(follow)
        context |= {"stop_url": start + stop_path(follow, subject), "stops": subject.name}
    return draft(
        kind=kind,
        recipient=follower.contact_email,
        user=user,
        unique_key=f"{kind}:{announcement.pk}:{follower.pk}",
        language=user.language if user else follower.language,
        theater_id=theater.pk if theater else None,
        context=context,
        not_before=_find_morning(groups[0][0], timezone.now()) if _can_wait(concerned) else None,
    )


def draft_seats(follow: Follow, show: Show) -> Notification | None:
    """Write that seats are free for which the person waits; None if there is no address to write to."""
    follower, theater = follow.follower, show.hall.theater
    if not follower.contact_email:
        return None
    user, start = follower.user, brand_of(theater.pk).address
    return draft(
        kind=Notification.Kind.FOLLOWED_SEATS,
        recipient=follower.contact_email,
        user=user,
        # A wish that was renewed may be met again.
        unique_key=f"followed_seats:{follow.pk}:{follower.changed_at.timestamp()}",
        language=user.language if user else follower.language,
        theater_id=theater.pk,
        context={
            "name": user.name if user else "",
            "title": show.event.title,
            "starts_at": show.starts_at.isoformat(),
            "time_zone": theater.city.time_zone,
            "hall": show.hall.name,
            "party_size": follow.party_size,
            "category": follow.category,
            "max_price": describe_amount(follow.max_price, theater.currency) if follow.max_price is not None else None,
            "url": start + show.get_absolute_url(),
            "again_url": start + reverse("follows:show", args=[show.code]),
            "preferences_url": "" if user else start + guest_path(follower),
            "theater": describe_theater(theater),
            "reply_to": theater.email,
        },
    )


def _describe(group: Sequence[NewShow], concerned: Concerned, start: str) -> dict[str, Any]:
    """Describe the new shows of one event at one theater, and why the person is told of them."""
    first = group[0].show
    theater = first.hall.theater
    pks = {one.show.pk for one in group}
    prices = [one.show.from_price for one in group if one.show.from_price is not None]
    # The event's own title and the theater's name are in view already.
    because = [
        follow.person_name or str(follow.label)
        for follow, news in concerned
        if follow.subject in ("person", "label") and any(one.show.pk in pks for one in news)
    ]
    return {
        "title": first.event.title,
        "theater": theater.name,
        "city": theater.city.name,
        "time_zone": theater.city.time_zone,
        "opens_at": first.sales_open_at.isoformat() if first.sales_open_at else "",
        "dates": [one.show.starts_at.isoformat() for one in group[:MAX_DATES]],
        "others": max(len(group) - MAX_DATES, 0),
        "price": describe_amount(min(prices), theater.currency) if prices else None,
        "url": start + (first if len(group) == 1 else first.event).get_absolute_url(),
        "because": because,
    }


def _can_wait(concerned: Concerned) -> bool:
    """Return True unless the person waits for this very event or show, whose seats may soon be gone."""
    return not any(follow.subject in ("event", "show") for follow, _news in concerned)


def _find_morning(new: NewShow, now: datetime) -> datetime | None:
    """Return the next morning in the show's city if it is night there."""
    local = now.astimezone(new.show.hall.theater.tz)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return None
    morning = local.replace(hour=DAY_BEGINS.hour, minute=0, second=0, microsecond=0, fold=0)
    return morning if morning > local else morning + timedelta(days=1)
