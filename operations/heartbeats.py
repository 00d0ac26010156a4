"""Signs of life of what no visitor sees: the scheduler, the workers and the nightly pruning.

They are kept in the database, which is there when broker and cache are not. The scheduler beats by itself;
a worker beats in a job that the scheduler asks for, so a worker that takes no jobs is late, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from operations.models import Heartbeat

# After so long without a sign somebody has to look. Where mail is slow, jobs wait in line for a while.
LATE_AFTER: Mapping[Heartbeat.Part, timedelta] = {
    Heartbeat.Part.SCHEDULER: timedelta(minutes=3),
    Heartbeat.Part.WORKER: timedelta(minutes=5),
    Heartbeat.Part.PRUNING: timedelta(hours=50),
}


def beat(part: Heartbeat.Part) -> None:
    """Write down that `part` works now. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["at"],
    )


def read_beats() -> dict[Heartbeat.Part, datetime | None]:
    """Return when each part last showed that it works. One query."""
    known = dict(Heartbeat.objects.values_list("part", "at"))
    return {part: known.get(part) for part in Heartbeat.Part}


def find_late(now: datetime) -> dict[Heartbeat.Part, datetime | None]:
    """Return the parts that are late, each with its last sign of life, if there was any. One query.

    A site whose first night is still to come has not been pruned yet: that is not late.
    """
    return {
        part: at
        for part, at in read_beats().items()
        if (at is None and part != Heartbeat.Part.PRUNING) or (at is not None and now - at > LATE_AFTER[part])
    }
