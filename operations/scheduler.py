"""A scheduler of which any number may run: a job that is due is started by the one that claims it in the database.

A claim is a conditional update of the job's last run, which it also saves. So there is no leader whose death has to be
noticed: when a scheduler dies, another one starts the next job at its moment. A scheduler that is killed between a
claim and its message loses that run; each job of the schedule is a sweep, and finds at its next run what was left.

It is also quieter than Celery's own, which looks for changed schedules every five seconds and before each job.
"""

import time
from contextlib import suppress
from datetime import datetime
from typing import Any

from celery.schedules import schedstate
from django.db import Error, close_old_connections
from django.db.models import F
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from operations import heartbeats
from operations.models import Heartbeat

# With `CELERY_BEAT_MAX_LOOP_INTERVAL`, a changed schedule is picked up within a minute.
SCHEDULE_CHECK_SECONDS = 30
# How long a due job waits when the database could not be asked.
CLAIM_RETRY_SECONDS = 5


class Job(ModelEntry):
    def __init__(self, model: PeriodicTask, app: Any = None) -> None:
        # The original puts a moment in place of None.
        self.saved_run_at: datetime | None = model.last_run_at
        super().__init__(model, app=app)

    def claim(self) -> bool:
        """Save that the job runs now. Return False if another scheduler has started it. One statement, or two."""
        now = self._default_now()
        rows = type(self.model)._default_manager.filter(pk=self.model.pk)
        count = F("total_run_count") + 1
        is_ours = rows.filter(last_run_at=self.saved_run_at).update(last_run_at=now, total_run_count=count)
        if is_ours:
            self.model.last_run_at = now
            self.model.total_run_count += 1
        else:
            self.model.refresh_from_db(fields=["last_run_at", "total_run_count"])
        self.saved_run_at = self.last_run_at = self.model.last_run_at
        return bool(is_ours)

    def __next__(self) -> "Job":
        return type(self)(self.model, app=self.app)


class Scheduler(DatabaseScheduler):
    Entry = Job
    _looked_at = float("-inf")

    def is_due(self, job: Job) -> schedstate:
        """Return whether to start this job now, and after how many seconds to ask again."""
        found: schedstate = job.is_due()
        if not found.is_due:
            return found
        try:
            if job.claim():
                return found
        except Error:
            close_old_connections()
            return schedstate(is_due=False, next=CLAIM_RETRY_SECONDS)
        again = job.is_due()
        return schedstate(is_due=False, next=0 if again.is_due else again.next)

    def reserve(self, job: Job) -> Job:
        """Return the job's next run. Leave nothing to be saved later: that could undo another's claim."""
        return next(job)

    def schedule_changed(self) -> bool:
        """Return True if a schedule changed. Looks, and beats, at most every `SCHEDULE_CHECK_SECONDS`."""
        if time.monotonic() < self._looked_at + SCHEDULE_CHECK_SECONDS:
            return False
        self._looked_at = time.monotonic()
        changed: bool = super().schedule_changed()
        # The original has logged that the database is down.
        with suppress(Error):
            heartbeats.beat(Heartbeat.Part.SCHEDULER)
        return changed
