"""Reading from a copy of the database, which may be a little behind: only what is long, and decides nothing.

A sale never reads from it: everything does so on the primary that is not inside `read_from_replica`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.models import Model, QuerySet

log = structlog.get_logger(__name__)

T = TypeVar("T")
REPLICA = "replica"
# How long a worker waits for the replica to have what it wrote. Usually that takes milliseconds.
PATIENCE_SECONDS, PAUSE_SECONDS = 2.0, 0.05

_reads_replica: ContextVar[bool] = ContextVar("reads_replica", default=False)


def read_from_replica(read: Callable[[], T], *, after: QuerySet[Any]) -> T:
    """Return what `read` returns, while its queries go to the replica; what it writes goes to the primary.

    `after` finds a row as this process has just written it. A replica repeats commits in their order, so one that has
    this row has all that anyone could have seen before. Without such a replica, and when it fails meanwhile, `read` is
    called for the primary, in the latter case for a second time. Call it outside a transaction.
    """
    if REPLICA not in connections.settings or not _has(after):
        return read()
    token = _reads_replica.set(True)
    try:
        return read()
    except Error as error:
        # It is gone, or ended a query that stood in the way of what it had to repeat.
        log.warning("replica_failed", error=str(error))
    finally:
        _reads_replica.reset(token)
    return read()


def _has(rows: QuerySet[Any]) -> bool:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    try:
        while not rows.using(REPLICA).exists():
            if time.monotonic() > ends_at:
                log.warning("replica_late")
                return False
            time.sleep(PAUSE_SECONDS)
    except Error as error:
        log.warning("replica_down", error=str(error))
        return False
    return True


class Router:
    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return REPLICA if _reads_replica.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Return the primary, also for a row that was read from the replica."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
