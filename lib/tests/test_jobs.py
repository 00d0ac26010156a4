"""A broker that is down is no error for the caller, and keeps no request waiting twice."""

import re

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection

from lib import jobs
from lib.circuit_breaker import CircuitBreaker

pytestmark = pytest.mark.once


@pytest.fixture(params=["redis", "filesystem"])
def attempts(request, tmp_path, monkeypatch):
    """Real brokers that refuse; returns the attempts to reach them."""
    made = []
    # A queue folder that is a file takes no message, as a full disk takes none.
    (tmp_path / "queue").write_text("")
    options = {"data_folder_out": str(tmp_path / "queue")} if request.param == "filesystem" else {}
    address = "redis://127.0.0.1:1/0" if request.param == "redis" else "filesystem://"
    connection = Connection(address, transport_options=options)
    publish = current_app.send_task

    def attempt(task, *args, **kwargs):
        made.append(task)
        return publish(task, *args, connection=connection, **kwargs)

    monkeypatch.setattr(current_app, "send_task", attempt)
    monkeypatch.setattr(jobs, "broker", CircuitBreaker(rest_seconds=30, log_seconds=30))
    return made


def test_it_is_left_alone_for_a_while_and_then_asked_again(attempts, caplog):
    assert not jobs.ask_worker("notifications.tasks.send_new")
    assert not jobs.ask_worker("notifications.tasks.send_new")
    assert len(attempts) == 1
    assert caplog.text.count("broker_down") == 1
    jobs.broker.rests_until = 0.0
    assert not jobs.ask_worker("notifications.tasks.send_new")
    assert len(attempts) == 2


def test_nothing_else_asks_for_a_job():
    """So that each request for a job is safe while the broker is away."""
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for app in settings.OWN_APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "tests" not in path.parts
        and re.search(r"\.(send_task|apply_async|delay|delay_on_commit|apply_async_on_commit)\(", path.read_text())
    }
    assert found == {"lib/jobs.py"}
