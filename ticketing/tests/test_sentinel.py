"""Caches and jobs follow the primary that Sentinels name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tools.processes import Supervisor
from tools.servers import start_sentinels, start_valkey
from tools.test import test_environment as site_environment

pytestmark = [pytest.mark.slow, pytest.mark.once]
READ = """
import json
from ticketing import settings
names = ["CACHES", "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
# Writes a line for what is kept, waits for one, and writes another when all works again.
WORK = """
import time, django
django.setup()
from django.core.cache import caches
from redis.exceptions import RedisError
from lib import jobs
from ticketing.celery import app
shared = caches["default"]
def works():
    try:
        shared.ask_server()
        shared._breaker.rests_until = jobs.broker.rests_until = 0.0
        shared.set("kept", "yes")
        return jobs.ask_worker("operations.tasks.show_worker_alive") and shared.get("kept")
    except RedisError:
        return False
print(works(), app.connection_for_write().transport_cls, flush=True)
input()
ends_at = time.monotonic() + 40
while not (again := works()) and time.monotonic() < ends_at:
    time.sleep(0.2)
print(again, flush=True)
"""


def start(code: str, **env: str) -> subprocess.Popen[str]:
    env = site_environment(ENV_FILE="/dev/null", DJANGO_SETTINGS_MODULE="ticketing.settings", **env)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=env,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    found = Supervisor()
    yield found
    found.end_all()


def test_addresses_become_the_name_of_the_primary(tmp_path: Path):
    process = start(
        READ,
        DATA_DIR=str(tmp_path),
        REDIS_URL="redis://:secret@marquee/0",
        CELERY_BROKER_URL="redis://:secret@marquee/1",
        REDIS_SENTINELS="one:26379,two:26380",
    )
    found: dict[str, Any] = json.loads(process.communicate()[0])
    assert found["CELERY_BROKER_URL"] == "sentinel://:secret@one:26379/1;sentinel://:secret@two:26380/1"
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["master_name"] == "marquee"
    for cache in found["CACHES"].values():
        assert cache["OPTIONS"]["SENTINELS"] == [["one", 26379], ["two", 26380]]


@pytest.mark.timeout(300)
def test_caches_and_jobs_go_on_with_the_replica(supervisor: Supervisor, tmp_path: Path):
    primary = start_valkey(supervisor)
    start_valkey(supervisor, name="replica", replica_of=primary)
    sentinels = start_sentinels(supervisor, 3, service="marquee", url=primary)
    process = start(
        WORK,
        DATA_DIR=str(tmp_path),
        REDIS_URL="redis://marquee/0",
        CELERY_BROKER_URL="redis://marquee/1",
        REDIS_SENTINELS=",".join(sentinels),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "yes sentinel\n"
    supervisor.kill(next(child for child in supervisor.children if child.name == "valkey"))
    assert process.communicate("killed\n")[0] == "yes\n"
