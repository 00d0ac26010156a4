"""Links that let their bearer in: known from the addresses themselves, and kept out of logs and error reports."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lib.bearer_links import SECRET_PARAMETERS, hide_secrets
from testing.addresses import patterns
from ticketing import logs

# What other parameters of addresses name: nothing that opens anything by itself.
PUBLIC_PARAMETERS = {
    *("slug", "code", "section", "name", "number", "pk", "id", "object_id", "provider", "gateway", "batch", "step"),
    *("app_label", "url", "content_type_id", "show_id", "show_code", "exchange_id", "action"),
    *("message_id", "upload_id", "ticket_code", "device", "pass_type", "serial"),
    *("map_id", "seat_map_id", "update_id", "backdrop_id"),
    *("kind", "size", "version", "language"),
}
SECRET = str(uuid4())


def secret_addresses() -> list[str]:
    """Return each address that holds a secret, with SECRET for it."""
    return [
        reverse(name, kwargs={one: SECRET if one in SECRET_PARAMETERS else "X" for one in parameters})
        for _route, name, parameters in patterns()
        if parameters & SECRET_PARAMETERS
    ]


@pytest.fixture
def lines(settings: Any) -> Iterator[Callable[[], str]]:
    """Log everything as JSON into a text, and as before afterwards."""
    output = io.StringIO()
    configuration = logs.configuration(level="DEBUG", style="json")
    configuration["handlers"]["stderr"]["stream"] = output
    logging.config.dictConfig(configuration)
    yield output.getvalue
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.once
def test_every_parameter_of_an_address_is_known_as_secret_or_public():
    found = {one for _route, _name, parameters in patterns() for one in parameters}
    assert found <= SECRET_PARAMETERS | PUBLIC_PARAMETERS
    assert len(secret_addresses()) >= 5


@pytest.mark.django_db
def test_none_of_them_is_in_the_log_of_its_own_request(lines: Callable[[], str], client: Client):
    for address in secret_addresses():
        client.get(f"{address}?more=1")
        client.get("/accounts/login/", {"next": address})
    finished = [json.loads(line) for line in lines().splitlines() if "request_finished" in line]
    assert len(finished) == 2 * len(secret_addresses())
    assert all("…" in line["request"] for line in finished)
    assert SECRET not in lines()


@pytest.mark.once
def test_they_are_hidden_wherever_in_a_line_they_come(lines: Callable[[], str]):
    for address in secret_addresses():
        error = ValueError(f"No answer from https://tickets.example.org{address}")
        logging.getLogger("ours").error("failed for %s", address, extra={"url": address}, exc_info=error)
    assert len(lines().splitlines()) == len(secret_addresses())
    assert SECRET not in lines()


@pytest.mark.once
def test_they_are_hidden_in_error_reports():
    addresses = secret_addresses()
    event = {"request": {"url": addresses[0]}, "breadcrumbs": {"values": [{"url": one} for one in addresses]}}
    assert SECRET in str(event)
    assert SECRET not in str(hide_secrets(event))


@pytest.mark.once
def test_public_parameters_stay():
    line = "GET /shows/ABC/waiting-list/?people=2 /bookings/XYZ/ /team/ 1/b"
    assert hide_secrets(line) == line
