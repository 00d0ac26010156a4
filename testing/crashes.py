"""Crashes of a process, as the database sees them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection

_WRITES = ("INSERT", "UPDATE", "DELETE")


class Crash(BaseException):
    """The process is gone: nothing may catch this to go on."""


@contextmanager
def crash_at(moment: int) -> Iterator[None]:
    """Crash before a statement that writes or right after a commit; both are counted together, from 0.

    As after a SIGKILL, the open transaction is rolled back, and what should run after a commit never runs.
    For tests with `transaction=True`, in the thread of the test.
    """
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen > moment:
            raise Crash

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(_WRITES):
            count()
        return execute(sql, *rest)

    commit = connection._commit

    def commit_and_count() -> None:
        commit()
        count()

    try:
        with connection.execute_wrapper(watch), mock.patch.object(connection, "_commit", commit_and_count):
            yield
    except Crash:
        connection.run_on_commit.clear()
        raise


def crash_through(step: Callable[[], Any]) -> int:
    """Repeat a step that crashes each time one moment later than before, until it is done; return the crashes."""
    moment = 0
    while True:
        try:
            with crash_at(moment):
                step()
        except Crash:
            moment += 1
        else:
            return moment
