"""A scheduler or worker that is gone is seen: at /healthz/jobs, and on Today by platform admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery.signals import worker_ready
from django.conf import settings as project
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from operations.heartbeats import LATE_AFTER, beat, read_beats
from operations.models import Heartbeat
from operations.tasks import show_worker_alive
from reports.today.concerns import LATE_JOBS
from theaters.models import Theater
from ticketing.celery import app

Part = Heartbeat.Part


def read_jobs(client: Client) -> tuple[int, list[str]]:
    answer = client.get("/healthz/jobs")
    return answer.status_code, answer.json()["late"]


def beat_all() -> None:
    for part in Part:
        beat(part)


def read_concerns(user: User) -> str:
    client = Client()
    client.force_login(user)
    return " ".join(concern.text for concern in client.get(reverse("admin:index")).context["concerns"])


def test_a_site_without_scheduler_and_worker_is_late(client: Client, db: None):
    assert read_jobs(client) == (503, ["scheduler", "worker"])


def test_all_is_well_after_a_beat_of_each(client: Client, db: None, django_assert_num_queries: Any):
    beat_all()
    with django_assert_num_queries(1):
        assert read_jobs(client) == (200, [])


@pytest.mark.parametrize("part", Part)
def test_each_part_is_late_after_its_time(client: Client, db: None, part: Heartbeat.Part):
    beat_all()
    row = Heartbeat.objects.filter(part=part)
    row.update(at=timezone.now() - LATE_AFTER[part] + timedelta(seconds=20))
    assert read_jobs(client) == (200, [])
    row.update(at=timezone.now() - LATE_AFTER[part])
    assert read_jobs(client) == (503, [part])
    beat(part)
    assert read_jobs(client) == (200, [])


@pytest.mark.slow
@pytest.mark.parametrize("part", Part)
def test_platform_admins_read_on_today_what_is_late(
    db: None, part: Heartbeat.Part, platform_admin: User, manager: User, theater: Theater
):
    beat_all()
    assert not any(str(text) in read_concerns(platform_admin) for text in LATE_JOBS.values())
    Heartbeat.objects.filter(part=part).update(at=timezone.now() - LATE_AFTER[part])
    assert str(LATE_JOBS[part]) in read_concerns(platform_admin)
    assert str(LATE_JOBS[part]) not in read_concerns(manager)


def test_a_page_server_stays_in_service_while_the_scheduler_is_gone(client: Client, db: None):
    assert read_jobs(client)[0] == 503
    assert client.get("/readyz").status_code == 200


def test_without_its_database_nothing_is_known(client: Client, db: None):
    def refuse(*args: Any) -> None:
        raise OperationalError("secret-host refused")

    with connection.execute_wrapper(refuse):
        answer = client.get("/healthz/jobs")
    assert (answer.status_code, answer.json()) == (503, {"status": "unknown", "late": []})


def test_the_worker_beats_in_a_job_of_the_schedule(db: None):
    assert show_worker_alive.name in {entry["task"] for entry in project.CELERY_BEAT_SCHEDULE.values()}
    show_worker_alive()
    assert read_beats()[Part.WORKER] is not None


def test_a_worker_that_starts_beats_at_once(db: None):
    app.control.purge()
    worker_ready.send(sender=None)
    with app.connection_for_read() as broker:
        message = broker.default_channel.basic_get(app.conf.task_default_queue)
    assert message.headers["task"] == show_worker_alive.name
    app.control.purge()
