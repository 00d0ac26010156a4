"""The scheduler keeps the minute, asks the database little, and sees what people change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from operations import scheduler as module
from operations.models import Heartbeat
from operations.scheduler import Job, Scheduler
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


Run = Callable[..., None]
MINUTELY = "start due reports"


def start() -> Sent:
    found = Sent(app=app)
    found._finalize.cancel()
    return found


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Give what lets schedulers run for a time, without waiting."""
    with time_machine.travel(datetime(2026, 11, 25, 11, 0, 30, tzinfo=UTC), tick=False) as clock:
        monkeypatch.setattr(module.time, "monotonic", lambda: timezone.now().timestamp())
        # It would take the test's own transaction away.
        monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
        monkeypatch.setattr(module, "close_old_connections", lambda: None)

        def run(span: timedelta, *schedulers: Sent) -> None:
            end = timezone.now() + span
            while timezone.now() < end:
                clock.shift(max(min(scheduler.tick() for scheduler in schedulers), 0.001))

        yield run


@pytest.fixture
def scheduler(run: Run) -> tuple[Sent, Run]:
    """Give a scheduler and what lets it run."""
    found = start()
    return found, lambda span: run(span, found)


def starts_of(name: str, *schedulers: Sent) -> list[datetime]:
    return sorted(at for scheduler in schedulers for at, sent in scheduler.sent if sent == name)


def seconds_between(moments: list[datetime]) -> set[float]:
    return {round((later - earlier).total_seconds()) for earlier, later in pairwise(moments)}


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


@pytest.mark.slow
def test_of_two_schedulers_one_starts_each_job(run: Run):
    both = start(), start()
    run(timedelta(minutes=10), *both)
    moments = starts_of(MINUTELY, *both)
    assert len(moments) == 10
    assert seconds_between(moments) == {60}
    assert seconds_between(starts_of("send waiting notifications", *both)) == {30}


@pytest.mark.slow
def test_without_claims_both_start_it(run: Run, monkeypatch: pytest.MonkeyPatch):
    """The control: what is guarded against does happen without the guard."""

    def claim(job: Job) -> bool:
        job.model.last_run_at = timezone.now()
        return True

    monkeypatch.setattr(Job, "claim", claim)
    both = start(), start()
    run(timedelta(minutes=10), *both)
    assert all(len(starts_of(MINUTELY, scheduler)) >= 10 for scheduler in both)


@pytest.mark.slow
def test_when_one_dies_the_other_misses_nothing(run: Run):
    first, second = start(), start()
    run(timedelta(minutes=3, seconds=45), first, second)
    # It ends without a word, as by SIGKILL; a third one comes in its place.
    run(timedelta(minutes=5), second)
    third = start()
    run(timedelta(minutes=5), second, third)
    run(timedelta(minutes=5), third)
    moments = starts_of(MINUTELY, first, second, third)
    assert len(moments) == 19
    assert seconds_between(moments) == {60}


@pytest.mark.slow
def test_taking_turns_they_start_nothing_twice(run: Run):
    """Each finds that the other one has been there, and started what its own clock is late for."""
    both = start(), start()
    for _ in range(10):
        run(timedelta(seconds=40), both[0])
        run(timedelta(seconds=20), both[1])
    moments = starts_of(MINUTELY, *both)
    assert len(moments) == len({at.replace(second=0, microsecond=0) for at in moments}) >= 10


def test_a_job_waits_while_the_database_cannot_be_asked(run: Run, monkeypatch: pytest.MonkeyPatch):
    found = start()
    run(timedelta(minutes=1), found)
    found.sent.clear()

    def refuse(job: Job) -> bool:
        raise OperationalError("gone")

    with monkeypatch.context() as outage:
        outage.setattr(Job, "claim", refuse)
        run(timedelta(minutes=1), found)
    assert not found.sent
    run(timedelta(seconds=10), found)
    assert {MINUTELY, "free lapsed holds"} <= {name for _at, name in found.sent}
