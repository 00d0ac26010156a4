"""What the log lines say, and what they keep to themselves."""

import io
import json
import logging
import logging.config

import pytest
import structlog

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


def test_probes_leave_no_line(lines, client, db):
    client.get("/readyz")
    assert lines() == []
