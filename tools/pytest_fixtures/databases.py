"""Databases that are migrated once a run, which tests each can run, and caches as empty as the database is."""

import fcntl
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from ticketing import guards

# What `migrate` writes of the code itself: the same for all tests, and slow to write again after each.
_NAMES_OF_MODELS = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup(
    *,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Migrate a test database; on SQLite once for all processes of a run, as the others take a copy."""
    is_kept = django_db_keepdb and not django_db_createdb
    # Where all processes that xdist started have their folders.
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else None
    with django_db_blocker.unblock(), _time_of_no_test():
        if shared is None or is_kept or connection.vendor != "sqlite":
            made = setup_databases(verbosity=0, interactive=False, keepdb=is_kept)
        else:
            made = _migrate_once(shared)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@contextmanager
def _time_of_no_test() -> Iterator[None]:
    """Stop the timer of pytest-timeout: on a busy machine the first test of a process would pay for all of them."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)


def _migrate_once(shared: Path) -> Any:
    template, own = shared / "migrated.sqlite3", Path(connection.creation._get_test_db_name())
    with (shared / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_copy = template.exists()
        if is_copy:
            own.parent.mkdir(parents=True, exist_ok=True)
            _copy(template, own)
        made = setup_databases(verbosity=0, interactive=False, keepdb=is_copy)
        if not is_copy:
            _copy(own, template)
    return made


def _copy(source: Path, target: Path) -> None:
    # What an earlier run has left there would be read as part of it.
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on the second database, what does not depend on it; begin with what takes long.

    Files with tests that are given more time, those in a browser among them, come first, so that at the end no
    process waits for another one's. They stay together for what they set up once.
    """
    if os.environ.get("TEST_AGAIN"):
        once = [item for item in items if item.get_closest_marker("once") or item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in once]
    sizes = Counter(item.path for item in items)
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: (item.path not in long, -sizes[item.path], str(item.path)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # Before the fixtures of its module too: keys come again after a rollback, and what was kept for them would.
    caches["pages"].clear()
    engine = settings.DATABASES["default"]["ENGINE"]
    if item.get_closest_marker("postgres") and "postgresql" not in engine:
        pytest.skip("runs on PostgreSQL only")


@pytest.fixture(scope="session", autouse=True)
def _empty_tables_quickly() -> Iterator[None]:
    """After a transactional test empty what has rows: past the guards, and without `flush` and its signals."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: _empty_tables())
        yield


def _empty_tables() -> None:
    name = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    questions = (
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name(table)})"
        for table in tables
        if table not in _NAMES_OF_MODELS
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        filled = [name(table) for (table,) in cursor.fetchall()]
    if not filled:
        return
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Neither guards nor foreign keys are asked. To truncate takes five times as long, however little there is.
            cursor.execute("SET LOCAL session_replication_role = replica")
        guards.drop(connection)
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")
        if connection.vendor == "sqlite":
            guards.install(connection)


@pytest.fixture(autouse=True)
def _empty_shared_cache(request: pytest.FixtureRequest) -> None:
    """Empty what all processes share, rate limits among it.

    Without Redis it is a table that is no model's: a rolled back test leaves nothing in it, but
    emptying the models' tables after a transactional one passes it by.
    """
    if settings.REDIS_URL:
        caches["default"].clear()
        return
    mark = request.node.get_closest_marker("django_db")
    is_marked = mark is not None and bool(mark.kwargs.get("transaction"))
    if is_marked or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        caches["default"].clear()
