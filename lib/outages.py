"""Which database errors are an outage: it is down, or so busy that a wait was cut short.

The database's own error code decides. An error in one of our statements is not an outage.
"""

from dataclasses import dataclass

import psycopg
from django.db import Error, InterfaceError, InternalError, OperationalError

from lib import problem_types
from lib.refusals import ProblemType


@dataclass(frozen=True)
class Outage:
    problem: ProblemType
    # When it makes sense to try again.
    retry_seconds: int


DOWN = Outage(problem_types.UNAVAILABLE, retry_seconds=10)
# A statement or lock timeout, a deadlock: the transaction was rolled back as a whole.
BUSY = Outage(problem_types.BUSY, retry_seconds=5)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY_STATES = {"57014", "55P03", "40P01", "40001"}
# Ended by `idle_in_transaction_session_timeout`; sent to a primary that has become a standby.
_DOWN_STATES = {"25P03", "25006"}
# No connection, too few resources, an operator's shutdown, a failing disk.
_DOWN_CLASSES = {"08", "53", "57", "58"}
# Without a code: the server was never reached, went down midway, or said something else than an answer before it ended.
_LOST = (
    *(OperationalError, InterfaceError, InternalError),
    *(psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError),
)
# https://www.sqlite.org/rescode.html: BUSY and LOCKED; IOERR, FULL, CANTOPEN.
_SQLITE_BUSY = {5, 6}
_SQLITE_DOWN = {10, 13, 14}


def find_outage(error: BaseException | None) -> Outage | None:
    """Return the outage behind a database error, or None."""
    if not isinstance(error, Error | psycopg.Error):
        return None
    # Django does not wrap what the driver raises as a server's cursor is closed.
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        primary = code & 0xFF
        return BUSY if primary in _SQLITE_BUSY else DOWN if primary in _SQLITE_DOWN else None
    if cause is None or not hasattr(cause, "sqlstate"):
        return None
    state: str | None = cause.sqlstate
    if state is None:
        return DOWN if isinstance(error, _LOST) else None
    if state in _BUSY_STATES:
        return BUSY
    return DOWN if state[:2] in _DOWN_CLASSES or state in _DOWN_STATES else None
