"""Tell followers what went on sale, or soon does: each person once for each show, and several shows in one message.

1. Note: shows that are put on sale get a row each, in the same transaction (`note_opened`). Those whose sale opens by
   the clock get theirs from a sweep each minute (`tell_due`).
2. Gather: a job makes one announcement of all shows that were noted.
3. Tell: the job writes the messages of a batch of followers, in the order of their keys, and how far it came, in one
   transaction. A job that is killed goes on after the last batch; of two at once, the lock lets one write.

Messages to followers are sent after those that answer a person (`Notification.is_bulk`), and what can wait is not sent
at night, by the clock of the show's city.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from events.models import Show
from follows.matching import News, find_followed, matches
from follows.messages import draft_message
from follows.models import AnnouncedShow, Announcement, Follow
from lib.after_commit import after_commit
from lib.jobs import ask_worker
from lib.turns import Turn
from notifications.services import notify_many

Kind = Announcement.Kind

# Messages written in one transaction.
FOLLOWER_BATCH = 100
# After this, other jobs have their turn: a worker that tells followers sends no mail.
TURN_SECONDS = 2
# How far back the sweep looks for sales that have opened: the site may have been away.
LOOK_BACK = timedelta(hours=12)
# How long before a sale opens those are told who asked for it: a sweep comes each minute, and mail takes a while.
SOON_LEAD = timedelta(minutes=3)
_JOB = "follows.tasks.tell_followers"


def note_opened(*, shows: Iterable[Show], **kwargs: Any) -> None:
    """Note shows that were put on sale, and have followers told. Receives `sales_opened`, in its transaction.

    Those whose sale opens later are left to the sweep. One statement.
    """
    now = timezone.now()
    if opened := [show.pk for show in shows if show.sales_open_at is None or show.sales_open_at <= now]:
        _note(opened, Kind.ON_SALE)
        after_commit(ask_worker, _JOB)


def tell_due() -> int:
    """Note sales that have opened or soon open by the clock, and have followers told; return how many.

    Three statements if there are none. It also takes up what a job left behind, and has seats looked for that people
    wait for.
    """
    now = timezone.now()
    shows = Show.objects.filter(
        state=Show.State.ON_SALE,
        sales_stopped_at=None,
        sales_open_at__gt=now - LOOK_BACK,
        sales_open_at__lte=now + SOON_LEAD,
    )
    noted = AnnouncedShow.objects.filter(show=OuterRef("pk"))
    is_open = Q(sales_open_at__lte=now)
    fresh = shows.filter(
        (is_open & ~Exists(noted.filter(kind=Kind.ON_SALE))) | (~is_open & ~Exists(noted.filter(kind=Kind.SOON)))
    )
    moments = dict(fresh.values_list("pk", "sales_open_at"))
    late, waits_for_seats = _read_awaited(now)
    opened = {pk for pk, at in moments.items() if at is not None and at <= now} | late
    _note(opened, Kind.ON_SALE)
    _note(moments.keys() - opened, Kind.SOON)
    left_behind = AnnouncedShow.objects.filter(Q(announcement=None) | Q(announcement__finished_at=None))
    if moments or late or left_behind.exists():
        ask_worker(_JOB)
    if waits_for_seats:
        ask_worker("follows.tasks.tell_of_seats")
    return len(opened)


def tell_followers(*, seconds: float = TURN_SECONDS) -> bool:
    """Gather what was noted and tell followers; return True if there is more to do. Repeatable."""
    turn = Turn(seconds)
    for kind in Kind:
        _gather(kind)
    for pk in list(Announcement.objects.unfinished().values_list("pk", flat=True)):
        while _tell_batch(pk):
            if not turn.go_on():
                return True
    return False


def _read_awaited(now: datetime) -> tuple[set[int], bool]:
    """Return the shows on sale whose followers know nothing of it, and whether people wait for seats. One statement.

    The former are those whose sale was to open later, until staff opened it at once.
    """
    noted = AnnouncedShow.objects.filter(show=OuterRef("show"), kind=Kind.ON_SALE)
    waits_for_seats = Q(party_size__isnull=False, told_of_seats_at=None)
    follows = Follow.objects.filter(
        show__state=Show.State.ON_SALE, show__sales_stopped_at=None, show__starts_at__gt=now
    )
    follows = follows.filter(Q(show__sales_open_at=None) | Q(show__sales_open_at__lte=now))
    follows = follows.filter(waits_for_seats | (Q(party_size=None) & ~Exists(noted)))
    found = set(follows.order_by().values_list("show", "party_size").distinct())
    return {pk for pk, party_size in found if party_size is None}, any(size is not None for _pk, size in found)


def _note(pks: Collection[int], kind: Kind) -> None:
    AnnouncedShow.objects.bulk_create([AnnouncedShow(show_id=pk, kind=kind) for pk in pks], ignore_conflicts=True)


@transaction.atomic
def _gather(kind: Kind) -> None:
    """Make one announcement of the shows that were noted. One statement if there are none."""
    noted = AnnouncedShow.objects.filter(announcement=None, kind=kind).select_for_update(skip_locked=True, of=("self",))
    pks = list(noted.order_by("pk").values_list("pk", flat=True))
    if not pks:
        return
    announcement = Announcement.objects.create(kind=kind)
    rows = AnnouncedShow.objects.filter(pk__in=pks)
    earlier = Show.objects.filter(
        event=OuterRef("show__event"),
        hall__theater=OuterRef("show__hall__theater"),
        state__in=[Show.State.ON_SALE, Show.State.ENDED],
    ).exclude(pk__in=rows.values("show"))
    opened = Q(sales_open_at=None) | Q(sales_open_at__lte=timezone.now())
    firsts = list(rows.exclude(Exists(earlier.filter(opened))).values_list("pk", flat=True))
    rows.filter(pk__in=firsts).update(is_first=True)
    rows.update(announcement=announcement)


@transaction.atomic
def _tell_batch(pk: int) -> bool:
    """Write the messages of the next followers; return True if there may be more.

    One that another job is telling is left to it: two would only keep two workers from their mail.
    """
    rows = Announcement.objects.unfinished().select_for_update(of=("self",), skip_locked=True)
    announcement = rows.filter(pk=pk).first()
    if announcement is None:
        return False
    news = News.read(announcement)
    follows = _read_next_follows(news, announcement.told_until)
    drafts = []
    for follower, own in groupby(follows, lambda follow: follow.follower):
        announcement.told_until = follower.pk
        concerned = [
            (follow, shows) for follow in own if (shows := [one for one in news.shows if matches(follow, one)])
        ]
        if concerned and (message := draft_message(announcement, follower, concerned)):
            drafts.append(message)
    notify_many(drafts)
    is_over = len({follow.follower_id for follow in follows}) < FOLLOWER_BATCH
    Announcement.objects.filter(pk=pk).update(
        told_until=announcement.told_until,
        told=F("told") + len(drafts),
        finished_at=timezone.now() if is_over else None,
    )
    return not is_over


def _read_next_follows(news: News, after: int) -> list[Follow]:
    """Return what the next followers follow of this news, in the order of their keys."""
    if not news.shows:
        return []
    followed = find_followed(news).filter(follower__gt=after)
    people = list(followed.order_by("follower").values_list("follower", flat=True).distinct()[:FOLLOWER_BATCH])
    rows = followed.filter(follower__in=people).select_related("follower__user", "event", "theater", "label", "city")
    return list(rows.order_by("follower", "pk"))
