"""What the log lines say, and what they keep to themselves."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ticketing import logs


@pytest.fixture
def lines(settings):
    """Log as JSON into a list of parsed lines, and as before afterwards."""
    output = io.StringIO()
    configuration = logs.configuration(level="INFO", style="json")
    configuration["handlers"]["stderr"]["stream"] = output
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def test_libraries_and_our_code_log_alike(lines):
    logging.getLogger("a.library").warning("It took %s s.", 3)
    structlog.get_logger("ours").info("held", seats=2)
    library, ours = lines()
    assert (library["event"], library["level"], library["logger"]) == ("It took 3 s.", "warning", "a.library")
    assert (ours["event"], ours["seats"]) == ("held", 2)


def test_an_exception_is_one_line(lines):
    try:
        int("no such seat")
    except ValueError:
        logging.getLogger("ours").exception("failed")
    [line] = lines()
    assert "no such seat" in json.dumps(line["exception"])


def test_a_request_has_an_id_and_says_who_asked(lines, client, db):
    client.get("/team/", REMOTE_ADDR="203.0.113.7")
    [line] = [line for line in lines() if line["event"] == "request_finished"]
    assert line["request_id"]
    assert line["ip"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("path", "route", "code"),
    [
        ("/healthz-not", None, 404),
        ("/b/some-secret-token/", "b/<str:token>/", 404),
        ("/accounts/login/", "accounts/login/", 200),
        ("/api/v1/cities", "api/v1/cities", 200),
    ],
)
@pytest.mark.django_db
def test_a_request_leaves_one_line_with_route_duration_and_statements(lines, client, path, route, code):
    client.get(path)
    text = json.dumps(lines())
    [line] = [line for line in lines() if line["event"].startswith("request_")]
    assert (line["route"], line["code"]) == (route, code)
    assert 0 < line["ms"] < 60_000
    assert line["statements"] >= 0
    assert "some-secret-token" not in text


def test_the_statements_of_a_request_are_counted(lines, client, db):
    with CaptureQueriesContext(connection) as queries:
        client.get("/team/some-secret-token/")
    [line] = [line for line in lines() if line["event"] == "request_finished"]
    assert line["statements"] == len(queries) > 0


def test_a_request_that_fails_says_how_long_it_took(lines, client, db, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("broken")

    monkeypatch.setattr("events.views.catalogue.HomeView.get", fail)
    client.raise_request_exception = False
    client.get("/")
    [line] = [line for line in lines() if line["event"] == "request_failed"]
    assert (line["route"], line["code"]) == ("", 500)
    assert line["ms"] > 0


def test_probes_leave_no_line(lines, client, db):
    client.get("/readyz")
    assert lines() == []
