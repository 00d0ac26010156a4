"""A real Celery worker: a process of its own, on the test database and the test queue."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import quote

import pytest
from django.db import connection

from ticketing.celery import app
from tools.pytest_fixtures.environment import PROJECT
from tools.pytest_fixtures.mail import SmtpServer

T = TypeVar("T")


class CeleryWorker:
    def __init__(self, environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "ticketing", "worker"),
                *("--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle"),
            ],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.wait_for_line(" ready.")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.rstrip())
                self._changed.notify_all()
        with self._changed:
            self.lines.append("(the worker has ended)")
            self._changed.notify_all()

    def wait_for_line(self, text: str, seconds: float = 60) -> str:
        """Wait until the worker writes a line with `text` and return it."""

        def found() -> str | None:
            return next((line for line in self.lines if text in line or line == "(the worker has ended)"), None)

        with self._changed:
            line = self._changed.wait_for(found, seconds)
        assert line is not None, f"The worker did not write “{text}”:\n" + "\n".join(self.lines[-30:])
        assert text in line, f"The worker did not write “{text}”:\n" + "\n".join(self.lines[-30:])
        return line

    def wait_until(self, condition: Callable[[], T], seconds: float = 30) -> T:
        """Ask `condition` again until it is true and return its answer; fail after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < deadline, "It did not happen. The worker wrote:\n" + "\n".join(self.lines[-30:])
            time.sleep(0.05)
        return answer

    def listen(self) -> None:
        """Take tasks from now on; what other tests have queued is dropped."""
        app.control.purge()
        self.wait_until(lambda: app.control.add_consumer(app.conf.task_default_queue, reply=True, timeout=5, limit=1))

    def rest(self) -> None:
        """Take no more tasks: those of tests without a worker are not for it, and would race with them."""
        self.wait_until(
            lambda: app.control.cancel_consumer(app.conf.task_default_queue, reply=True, timeout=5, limit=1)
        )
        self.forget()

    def forget(self) -> None:
        """Drop what is queued and wait until nothing runs, so that the next test finds an idle worker."""
        app.control.purge()
        self.wait_until(lambda: not any((app.control.inspect(timeout=5, limit=1).active() or {"": [1]}).values()))
        with self._changed:
            self.lines.clear()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _test_database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
    return f"postgres://{user}:{password}@{database['HOST']}:{database['PORT']}/{quote(database['NAME'])}"


@pytest.fixture(scope="session")
def _worker_process(django_db_setup: None, _smtp_sink: SmtpServer) -> Iterator[CeleryWorker]:
    worker = CeleryWorker({"DATABASE_URL": _test_database_url(), "EMAIL_URL": _smtp_sink.url})
    yield worker
    worker.stop()


@pytest.fixture
def celery_worker_process(
    transactional_db: None, _worker_process: CeleryWorker, smtp_server: SmtpServer
) -> Iterator[CeleryWorker]:
    """A running worker that has nothing to do yet; its mail goes to `smtp_server`."""
    _worker_process.listen()
    _worker_process.forget()
    yield _worker_process
    _worker_process.rest()
