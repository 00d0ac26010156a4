"""The scheduler keeps the minute, asks the database little, and sees what people change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from operations import scheduler as module
from operations.models import Heartbeat
from operations.scheduler import Scheduler
from ticketing.celery import app

pytestmark = pytest.mark.django_db


class Sent(Scheduler):
    """A scheduler that notes what it would send."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[tuple[datetime, str]] = []
        super().__init__(*args, **kwargs)

    def send(self, entry: Any) -> None:
        self.sent.append((timezone.now(), entry.name))

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> None:
        self.send(entry)
        if self.should_sync():
            self._do_sync()

    @property
    def producer(self) -> None:
        """The broker is not asked for."""


Run = Callable[[timedelta], None]


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a scheduler and what lets it run for a time, without waiting."""
    with time_machine.travel(datetime(2026, 11, 25, 11, 0, 30, tzinfo=UTC), tick=False) as clock:
        monkeypatch.setattr(module.time, "monotonic", lambda: timezone.now().timestamp())
        # It would take the test's own transaction away.
        monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
        found = Sent(app=app)
        found._finalize.cancel()

        def run(span: timedelta) -> None:
            end = timezone.now() + span
            while timezone.now() < end:
                clock.shift(max(found.tick(), 0.001))

        yield found, run


@pytest.mark.slow
def test_the_minute_is_kept(scheduler: tuple[Sent, Run]):
    found, run = scheduler
    run(timedelta(minutes=10))
    starts = [at for at, name in found.sent if name == "start due reports"]
    assert len(starts) == 10
    assert all(at.second == 0 for at in starts)


@pytest.mark.slow
def test_idle_it_asks_the_database_little(scheduler: tuple[Sent, Run]):
    _found, run = scheduler
    run(timedelta(minutes=1))
    with CaptureQueriesContext(connection) as queries:
        run(timedelta(minutes=30))
    assert len(queries) / 30 < 15, queries.captured_queries[-40:]


@pytest.mark.slow
def test_what_somebody_changes_is_seen_within_a_minute(scheduler: tuple[Sent, Run]):
    found, run = scheduler
    run(timedelta(minutes=3))
    task = PeriodicTask.objects.get(name="start due reports")
    task.enabled = False
    task.save()
    run(timedelta(minutes=1))
    found.sent.clear()
    run(timedelta(minutes=5))
    assert "start due reports" not in {name for _at, name in found.sent}
    assert "free lapsed holds" in {name for _at, name in found.sent}


def test_it_shows_that_it_works(scheduler: tuple[Sent, Run]):
    _found, run = scheduler
    run(timedelta(minutes=5))
    assert timezone.now() - Heartbeat.objects.get(part="scheduler").at < timedelta(minutes=1)


@pytest.mark.slow
def test_what_ran_is_saved_and_no_change_of_the_schedule(scheduler: tuple[Sent, Run]):
    found, run = scheduler
    run(timedelta(minutes=10))
    changed = found.Changes.last_change()
    found.sync()
    row = PeriodicTask.objects.get(name="free lapsed holds")
    assert row.total_run_count >= 9
    assert timezone.now() - row.last_run_at < timedelta(minutes=2)
    assert found.Changes.last_change() == changed
