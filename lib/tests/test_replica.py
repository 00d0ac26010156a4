"""What is long is read from the replica, once it has what was written before; everything else from the primary."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import OperationalError, connections
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from lib import replica
from lib.replica import read_from_replica
from reports.catalog import REPORTS
from reports.exports.run import run_export, start_export
from reports.models import Export
from testing.builders import make_city
from theaters.models import City, Theater

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
READ = """
import json
from ticketing import settings
print(json.dumps([settings.DATABASES["replica"], settings.DATABASE_ROUTERS], default=str))
"""


@pytest.fixture
def copy(settings: Any, transactional_db: None) -> Iterator[Any]:
    """Give a second connection to the test database, as if that were the replica."""
    settings.DATABASE_ROUTERS = ["lib.replica.Router"]
    connections.settings["replica"] = deepcopy(connections["default"].settings_dict)
    # At once: later, Django lets a test open connections only to what was there when it began.
    connections["replica"].connect()
    yield connections["replica"]
    connections["replica"].close()
    close_pool = getattr(connections["replica"], "close_pool", None)
    if close_pool:
        close_pool()
    del connections["replica"], connections.settings["replica"]


def read_names() -> list[str]:
    return sorted(City.objects.values_list("name", flat=True))


def test_it_reads_from_the_replica(copy: Any):
    city = make_city("Vienna", "Europe/Vienna")
    with CaptureQueriesContext(copy) as there, CaptureQueriesContext(connections["default"]) as here:
        assert read_from_replica(read_names, after=City.objects.filter(pk=city.pk)) == ["Vienna"]
    assert (len(there), len(here)) == (2, 0)
    with CaptureQueriesContext(copy) as there:
        assert read_names() == ["Vienna"]
    assert len(there) == 0


def test_one_that_is_late_is_left_out(copy: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    city = make_city("Vienna", "Europe/Vienna")
    monkeypatch.setattr(replica, "PATIENCE_SECONDS", 0.1)
    with CaptureQueriesContext(connections["default"]) as here:
        assert read_from_replica(read_names, after=City.objects.filter(pk=city.pk, name="not there yet")) == ["Vienna"]
    assert len(here) == 1
    assert "replica_late" in caplog.text


def test_one_that_is_late_for_a_moment_is_waited_for(copy: Any, monkeypatch: pytest.MonkeyPatch):
    city = make_city("Wien", "Europe/Vienna")
    monkeypatch.setattr(replica.time, "sleep", lambda seconds: City.objects.filter(pk=city.pk).update(name="Vienna"))
    with CaptureQueriesContext(connections["default"]) as here:
        assert read_from_replica(read_names, after=City.objects.filter(pk=city.pk, name="Vienna")) == ["Vienna"]
    assert [query["sql"].split()[0] for query in here] == ["UPDATE"]


def test_one_that_is_away_is_left_out(copy: Any, caplog: pytest.LogCaptureFixture):
    city = make_city("Vienna", "Europe/Vienna")

    def refuse(*args: Any) -> None:
        raise OperationalError("gone")

    with copy.execute_wrapper(refuse):
        assert read_from_replica(read_names, after=City.objects.filter(pk=city.pk)) == ["Vienna"]
    assert "replica_down" in caplog.text


def test_what_fails_on_the_way_is_read_again(copy: Any, caplog: pytest.LogCaptureFixture):
    city = make_city("Vienna", "Europe/Vienna")

    def refuse(execute: Any, sql: str, *args: Any) -> Any:
        if '"name"' in sql:
            raise OperationalError("canceling statement due to conflict with recovery")
        return execute(sql, *args)

    with copy.execute_wrapper(refuse):
        assert read_from_replica(read_names, after=City.objects.filter(pk=city.pk)) == ["Vienna"]
    assert "replica_failed" in caplog.text


def test_what_is_written_goes_to_the_primary(copy: Any):
    city = make_city("Vienna", "Europe/Vienna")

    def change() -> City:
        found = City.objects.get(pk=city.pk)
        assert found._state.db == "replica"
        found.name = "Wien"
        found.save()
        return found

    with CaptureQueriesContext(copy) as there:
        changed = read_from_replica(change, after=City.objects.filter(pk=city.pk))
        changed.name = "Vienna again"
        changed.save()
    assert not [query["sql"] for query in there if "UPDATE" in query["sql"]]
    assert read_names() == ["Vienna again"]


def test_a_file_is_written_from_the_replica(copy: Any, theater: Theater, manager: User):
    export = start_export(report=REPORTS["sales"], parameters={}, format="csv", by=manager, language="en")
    with CaptureQueriesContext(copy) as there:
        assert run_export(export.pk)
    assert len(there) > 1
    assert all(query["sql"].lstrip("( ").startswith(("SELECT", "DECLARE")) for query in there)
    assert Export.objects.get().state == Export.State.READY


@pytest.mark.once
def test_the_setting_keeps_everything_but_the_address(tmp_path: Path):
    env = {
        "DEBUG": "1",
        "ENV_FILE": "/dev/null",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgres://marquee:secret@primary/marquee",
        "REPLICA_URL": "postgres://marquee:secret@copy:5433/marquee",
    }
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    found, routers = json.loads(done.stdout)
    assert (found["HOST"], found["PORT"], found["TEST"]) == ("copy", 5433, {"MIRROR": "default"})
    assert "statement_timeout=600s" in found["OPTIONS"]["options"]
    assert routers == ["lib.replica.Router"]
