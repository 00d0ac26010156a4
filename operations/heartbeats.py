"""Heartbeats of the background parts: the scheduler, the workers and the nightly pruning.

They are kept in the database, which works without broker and cache. The scheduler beats by itself; a
worker beats in a job that the scheduler starts, so a worker that takes no jobs is late, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from operations.models import Heartbeat

# A part that has been silent for longer needs attention. Where mail is slow, jobs queue for a while.
LATE_AFTER: Mapping[Heartbeat.Part, timedelta] = {
    Heartbeat.Part.SCHEDULER: timedelta(minutes=3),
    Heartbeat.Part.WORKER: timedelta(minutes=5),
    Heartbeat.Part.PRUNING: timedelta(hours=50),
}


def beat(part: Heartbeat.Part) -> None:
    """Record that `part` works now. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["at"],
    )


def read_beats() -> dict[Heartbeat.Part, datetime | None]:
    """Return the last heartbeat of each part. One query."""
    known = dict(Heartbeat.objects.values_list("part", "at"))
    return {part: known.get(part) for part in Heartbeat.Part}


def find_late(now: datetime) -> dict[Heartbeat.Part, datetime | None]:
    """Return the parts that are late, each with its last heartbeat, if there was any. One query.

    Before its first night, a site has not been pruned yet: that is not late.
    """
    return {
        part: at
        for part, at in read_beats().items()
        if (at is None and part != Heartbeat.Part.PRUNING) or (at is not None and now - at > LATE_AFTER[part])
    }
