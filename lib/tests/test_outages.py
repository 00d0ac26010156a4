"""While the database is down or too busy, every request answers 503 with a time to come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import DatabaseError, connection, connections
from django.db.utils import InternalError, OperationalError, ProgrammingError, load_backend
from django.test import Client
from django.urls import NoReverseMatch, reverse
from psycopg import errors

from accounts.api import make_access_token
from accounts.models import User
from bookings.models import Booking
from lib.outages import BUSY, DOWN, find_outage
from testing.addresses import patterns
from testing.builders import make_show
from tools.servers import free_port

# One of them fits each converter.
VALUES = ["1", "ABCD2345", "some-slug", UUID(int=1), "2026-12-01", "a/b", "stripe"]


def every_address() -> dict[str, str]:
    found = {}
    for _, name, parameters in patterns():
        for value in VALUES:
            try:
                found[name] = reverse(name, kwargs=dict.fromkeys(parameters, value))
            except NoReverseMatch:
                continue
            break
    return found


@pytest.fixture
def no_database(django_db_blocker: object) -> Iterator[None]:
    """A database at a port at which nobody listens: connecting fails as it does in an outage."""
    kept = connections["default"]
    settings = {**kept.settings_dict, "NAME": "marquee", "HOST": "127.0.0.1", "PORT": free_port(), "OPTIONS": {}}
    connections["default"] = load_backend("django.db.backends.postgresql").DatabaseWrapper(settings, "default")
    with django_db_blocker.unblock():
        yield
    connections["default"] = kept


@pytest.fixture
def visitor() -> Client:
    """Somebody with a session and with a token: who they are is asked of the database, too."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "s" * 32
    user, session = User(pk=1, email="somebody@example.com"), SessionStore("s" * 32)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {make_access_token(user, session)}"
    return client


@pytest.mark.once
@pytest.mark.timeout(120)
def test_every_address_answers_503_while_the_database_is_away(no_database: None, visitor: Client):
    addresses = every_address()
    assert len(addresses) > 300
    wrong, away = [], set()
    for name, address in addresses.items():
        for ask in (visitor.get, visitor.post):
            answer = ask(address)
            if answer.status_code >= 500 and (answer.status_code, answer.get("Retry-After")) != (503, "10"):
                wrong.append(f"{ask.__name__} {name}: {answer.status_code} {answer.get('Retry-After')}")
            if answer.status_code == 503:
                away.add(name)
                is_api = answer["Content-Type"] == "application/problem+json"
                assert is_api == address.startswith("/api/"), name
            answer.close()
    assert wrong == []
    assert len(away) > len(addresses) * 0.8


@pytest.mark.once
def test_the_page_explains_the_outage(no_database: None):
    page = Client(raise_request_exception=False).get("/events/")
    assert page.status_code == 503
    assert "A short intermission" in page.content.decode()
    problem = Client().get("/api/v1/events")
    assert problem.json()["type"].endswith("/unavailable")


def failing(cause: Exception, kind: type[DatabaseError] = OperationalError) -> DatabaseError:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return error


@pytest.mark.once
@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (failing(psycopg.OperationalError("connection refused")), DOWN),
        (failing(errors.AdminShutdown()), DOWN),
        (failing(errors.CannotConnectNow()), DOWN),
        (failing(errors.TooManyConnections()), DOWN),
        (failing(errors.IdleInTransactionSessionTimeout(), DatabaseError), DOWN),
        # A primary that has become a standby meanwhile.
        (failing(errors.ReadOnlySqlTransaction(), InternalError), DOWN),
        # PgBouncer said why it ended the connection, and then that it did: two answers to one statement.
        (failing(psycopg.InternalError("received 2 results from command 'BEGIN'"), InternalError), DOWN),
        (failing(errors.InFailedSqlTransaction(), InternalError), None),
        (failing(errors.QueryCanceled()), BUSY),
        (failing(errors.LockNotAvailable()), BUSY),
        (failing(errors.DeadlockDetected()), BUSY),
        (failing(sqlite_error(sqlite3.SQLITE_BUSY)), BUSY),
        (failing(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)), BUSY),
        (failing(sqlite_error(sqlite3.SQLITE_CANTOPEN)), DOWN),
        # From a server's cursor that is closed, which Django does not wrap.
        (psycopg.OperationalError("server closed the connection unexpectedly"), DOWN),
        (errors.AdminShutdown(), DOWN),
        (errors.UndefinedTable(), None),
        # Faults of our own.
        (failing(errors.UndefinedTable(), ProgrammingError), None),
        (failing(sqlite_error(sqlite3.SQLITE_ERROR)), None),
        (failing(errors.NumericValueOutOfRange()), None),
        (OperationalError("nobody knows"), None),
        (ValueError(), None),
    ],
    ids=repr,
)
def test_which_errors_are_outages(error: Exception, outage: object):
    assert find_outage(error) is outage


@contextmanager
def locked_tickets() -> Iterator[None]:
    """Lock the table of tickets in another session, as a maintenance job may; this one waits for 0.1 s only."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    with psycopg.connect(**known) as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        other.execute("LOCK TABLE bookings_ticket IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()
        cursor.execute("RESET lock_timeout")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_buyer_who_meets_a_lock_can_try_again(customer: User):
    show = make_show()
    seats = show.seat_map.seats.all()
    wish = {"show": show.code, "seats": [{"seat": seats[0].pk}]}
    client = Client(raise_request_exception=False)
    sign_in = {"email": customer.email, "password": "correct horse battery"}
    token = client.post("/api/v1/auth/token", sign_in, content_type="application/json").json()["access"]

    def call():
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/api/v1/bookings", wish, content_type="application/json", headers=headers)

    def send_form():
        return client.post(f"/shows/{show.code}/hold/", {"seat": seats[1].pk})

    with locked_tickets():
        problem, page = call(), send_form()
    assert (problem.status_code, problem["Retry-After"]) == (503, "5")
    assert problem.json()["type"].endswith("/busy")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "very busy" in page.content.decode()
    assert not Booking.objects.exists()
    assert (call().status_code, send_form().status_code) == (201, 302)
    assert Booking.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_list_that_loses_the_database_at_its_end_is_an_outage():
    """A form reads its choices by a cursor of the server's, and Django does not wrap what closing that raises."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    cursor = connection.chunked_cursor()
    cursor.execute("SELECT pg_backend_pid()")
    [[process]] = cursor.fetchall()
    with psycopg.connect(**known) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    with pytest.raises(psycopg.OperationalError) as raised:
        cursor.close()
    connection.close()
    assert find_outage(raised.value) is DOWN


@contextmanager
def lost_after(statements: int) -> Iterator[list[int]]:
    """End the session in the server once it has answered so many statements; the list then has an entry."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    left, lost = statements, []

    def count(execute, *given):
        nonlocal left
        result = execute(*given)
        left -= 1
        if left == 0:
            with psycopg.connect(**known, autocommit=True) as other:
                lost.append(connection.connection.info.backend_pid)
                other.execute("SELECT pg_terminate_backend(%s, 5000)", lost)
        return result

    with connection.execute_wrapper(count):
        yield lost
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", ["page", "token"])
def test_no_statement_that_loses_the_database_is_an_error(customer: User, ask: str):
    """A session that cannot be written is no exception, though Django takes it for one that was deleted."""
    show, statuses = make_show(), []
    sign_in = {"email": customer.email, "password": "correct horse battery"}
    for statements in range(1, 40):
        client = Client(raise_request_exception=False)
        client.force_login(customer)
        with lost_after(statements) as lost:
            if ask == "page":
                answer = client.get(f"/shows/{show.code}/")
            else:
                answer = client.post("/api/v1/auth/token", sign_in, content_type="application/json")
        if not lost:
            break
        statuses.append(answer.status_code)
    assert set(statuses) <= {200, 503}
    assert 503 in statuses
    # The last one lost nothing.
    assert (answer.status_code, lost) == (200, [])
