"""The connection to the mail server, which each thread keeps open between its messages.

Opening one for each message costs more processor time than sending it, above all with TLS. Before it is used again
the server has to answer, so that one that hung up meanwhile costs no attempt and raises no doubt about a message.
"""

import os
import threading
import time

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

# Servers hang up on a connection that is idle for minutes (RFC 5321: five); after this we do.
IDLE_SECONDS = 30
# RFC 5321.
ANSWER_OK = 250
# Many servers take no more than a hundred messages by one connection.
MAX_MESSAGES = 100


class _Kept(threading.local):
    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None
        self.server: tuple[object, ...] = ()
        self.used_at = 0.0
        self.messages = 0


_kept = _Kept()
# A child must not speak on its parent's connection, not even to say goodbye.
os.register_at_fork(after_in_child=_kept.__init__)  # type: ignore[misc]


def connect() -> BaseEmailBackend:
    """Return an open connection for one message: the kept one if it is still good, or else a new one.

    Raises whatever the backend raises if the server can't be reached.
    """
    if _kept.connection is not None and not _is_good(_kept.connection):
        hang_up()
    connection = connect_first()
    _kept.used_at = time.monotonic()
    _kept.messages += 1
    return connection


def connect_first() -> BaseEmailBackend:
    """Return the kept connection, good or not, or open one if there is none, as `connect` does."""
    connection = _kept.connection
    if connection is None:
        connection = get_connection()
        connection.open()
        _kept.connection, _kept.server, _kept.messages = connection, _name_server(), 0
        _kept.used_at = time.monotonic()
    return connection


def _name_server() -> tuple[object, ...]:
    return settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT


def hang_up() -> None:
    """Close the kept connection, as after any error. An error now says nothing about the messages."""
    connection, _kept.connection = _kept.connection, None
    if connection is not None:
        try:
            connection.close()
        except OSError:
            return


def _is_good(connection: BaseEmailBackend) -> bool:
    is_old = time.monotonic() - _kept.used_at > IDLE_SECONDS or _kept.messages >= MAX_MESSAGES
    if is_old or _kept.server != _name_server():
        return False
    # Only Django's own backend has one; a provider's session looks after itself.
    smtp = getattr(connection, "connection", None)
    try:
        return smtp is None or smtp.noop()[0] == ANSWER_OK
    except OSError:
        return False
