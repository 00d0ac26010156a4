"""Which errors of the database are an outage: it is away, or so busy that a wait was cut short.

What decides is the error's code, as the database gives it. An error in one of our own statements is none.
"""

from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError

from lib import problem_types


@dataclass(frozen=True)
class Outage:
    problem: problem_types.ProblemType
    # After how long it makes sense to try again.
    retry_seconds: int


AWAY = Outage(problem_types.UNAVAILABLE, retry_seconds=10)
# A statement or lock timeout, a deadlock: the transaction was rolled back as a whole.
BUSY = Outage(problem_types.BUSY, retry_seconds=5)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY_STATES = {"57014", "55P03", "40P01", "40001"}
_IDLE_IN_TRANSACTION = "25P03"
# No connection, too few resources, an operator's shutdown, a failing disk.
_AWAY_CLASSES = {"08", "53", "57", "58"}
# https://www.sqlite.org/rescode.html: BUSY and LOCKED; IOERR, FULL, CANTOPEN.
_SQLITE_BUSY = {5, 6}
_SQLITE_AWAY = {10, 13, 14}


def find_outage(error: BaseException | None) -> Outage | None:
    """Return the outage behind an error of the database, or None where it is none."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        primary = code & 0xFF
        return BUSY if primary in _SQLITE_BUSY else AWAY if primary in _SQLITE_AWAY else None
    if cause is None or not hasattr(cause, "sqlstate"):
        return None
    state: str | None = cause.sqlstate
    if state is None:
        # The server was never reached, or went away in the middle.
        return AWAY if isinstance(error, OperationalError | InterfaceError) else None
    if state in _BUSY_STATES:
        return BUSY
    return AWAY if state[:2] in _AWAY_CLASSES or state == _IDLE_IN_TRANSACTION else None
