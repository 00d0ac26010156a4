"""Bring many shows to a version of their hall's seat map, in the background, one transaction for each.

`start_update` makes a row for each show (`UpdatedShow`), and `carry_on` gives each its outcome. So a worker that is
killed loses at most the transaction of one show, and the sweep lets another go on with the rows that still wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from events.errors import WrongShowState
from events.models import Show
from lib.after_commit import after_commit
from lib.jobs import ask_worker
from lib.turns import Turn
from show_changes.bring import NotBrought, SoldMeanwhile, VersionReplaced, bring_show
from show_changes.models import MapUpdate, UpdatedShow
from show_changes.same_places import NewMap, read_new_map
from theaters.models import SeatMap

log = structlog.get_logger(__name__)

State = UpdatedShow.State

# One run stops taking shows after this and wakes the next, well before a job's time limit.
RUN_SECONDS = 240
# A run notes each show; one with 4,000 tickets took 4 s on a busy machine. Silent for this long, it is dead.
DEAD_AFTER = timedelta(seconds=120)


def start_update(*, seat_map: SeatMap, shows: Iterable[Show], price_sources: Mapping[str, str], by: User) -> MapUpdate:
    """Let workers bring these shows of the map's hall to it. A show that is there already stays as it is."""
    with transaction.atomic():
        update = MapUpdate.objects.create(seat_map=seat_map, price_sources=dict(price_sources), made_by=by)
        own = [show for show in shows if show.hall_id == seat_map.hall_id]
        own.sort(key=lambda show: (show.starts_at, show.pk))
        UpdatedShow.objects.bulk_create(UpdatedShow(map_update=update, show=show) for show in own)
        after_commit(wake, update.pk)
    return update


def carry_on(update_id: int, *, seconds: float = RUN_SECONDS) -> int:
    """Bring waiting shows until none is left or the time is up; return how many got an outcome.

    Call it outside a transaction. Several runs at once share the work.
    """
    update = MapUpdate.objects.select_related("seat_map__hall", "made_by").get(pk=update_id)
    waiting = update.shows.filter(state=State.WAITING).order_by("pk")
    if not waiting.exists():
        return 0
    new = read_new_map(update.seat_map)
    turn = Turn(seconds)
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        if not turn.go_on():
            wake(update_id)
            break
        MapUpdate.objects.filter(pk=update_id).update(worked_at=timezone.now())
        done += _settle_show(pk, update, new)
    return done


def wake_silent(*, now: datetime | None = None) -> int:
    """Wake workers for updates that wait without a live run; return how many. Run each minute."""
    now = now or timezone.now()
    is_silent = Q(worked_at__isnull=True, started_at__lte=now) | Q(worked_at__lte=now - DEAD_AFTER)
    woken = 0
    for pk in MapUpdate.objects.filter(is_silent, shows__state=State.WAITING).distinct().values_list("pk", flat=True):
        # By row count, so that of two sweeps only one wakes.
        if MapUpdate.objects.filter(is_silent, pk=pk).update(worked_at=now):
            wake(pk)
            woken += 1
    return woken


def try_again(*, update: MapUpdate) -> int:
    """Try the shows that were refused or failed once more; return how many."""
    with transaction.atomic():
        count = update.shows.filter(state__in=[State.REFUSED, State.FAILED]).update(state=State.WAITING, error="")
        if count:
            after_commit(wake, update.pk)
    return count


def wake(update_id: int) -> None:
    """Ask a worker to go on. A broker that is down delays it until a sweep."""
    ask_worker("show_changes.tasks.carry_on_updating", update_id)


def _settle_show(pk: int, update: MapUpdate, new: NewMap) -> bool:
    """Give one show its outcome; return True if this call did."""
    rows = UpdatedShow.objects.filter(pk=pk, state=State.WAITING)
    try:
        with transaction.atomic():
            if not rows.update(state=State.DONE):
                return False
            show = Show.objects.get(map_updates=pk)
            brought = bring_show(
                show=show, new=new, sources=update.price_sources, fact=f"seat map {pk}", by=update.made_by
            )
            UpdatedShow.objects.filter(pk=pk).update(former=brought.former, tickets=brought.tickets, told=brought.told)
    except (NotBrought, SoldMeanwhile, VersionReplaced, WrongShowState):
        # Its page says why, as it is then.
        return bool(rows.update(state=State.REFUSED))
    except OperationalError:
        # The database is busy or down: the sweep goes on later.
        raise
    except Exception as error:  # one show must not keep the others waiting
        log.exception("update_failed", row=pk)
        return bool(rows.update(state=State.FAILED, error=f"{type(error).__name__}: {error}"[:300]))
    return True
