"""Every call of the API, given what its schema allows and what it does not, keeps to its schema.

Examples are derived from the schema alone, the same on every run; real slugs and codes take turns
with invented ones.
"""

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import CacheConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from lib.api_answers import OPERATIONS
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from ticketing.api import api

EXAMPLES = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT = api.get_openapi_schema()
CALLS = [
    pytest.param(path, method.upper(), mode, id=f"{method.upper()} {path} {mode.value}")
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # A path alone can't be wrong: an unknown one is just not found.
    if mode is GenerationMode.POSITIVE
    or "requestBody" in operation
    or any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
]

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(300)]


@pytest.fixture
def token(customer: User, settings: Any) -> str:
    """Return an access token, with no limit on calls."""
    settings.API_ANONYMOUS_PER_MINUTE = 0
    settings.ACCOUNT_RATE_LIMITS = False
    credentials = {"email": customer.email, "password": "correct horse battery"}
    return Client().post("/api/v1/auth/token", credentials, content_type="application/json").json()["access"]


@pytest.fixture
def known(customer: User) -> dict[str, dict[str, str]]:
    """Return path parameters that lead to something, by the path."""
    show = make_show(hall=make_hall(rows=3, seats=6, standing=20))
    booking = make_paid(show, 0, 1, customer=customer)
    parameters = {
        "/theaters/{slug}": {"slug": show.hall.theater.slug},
        "/events/{slug}": {"slug": show.event.slug},
        "/shows/{code}": {"code": show.code},
        "/shows/{code}/seats": {"code": show.code},
        "/shows/{code}/availability": {"code": show.code},
        "/bookings/{code}": {"code": booking.code},
        "/bookings/{code}/pay": {"code": booking.code},
    }
    return {f"/api/v1{path}": values for path, values in parameters.items()}


@pytest.mark.parametrize(("path", "method", "mode"), CALLS)
def test_a_call_keeps_to_its_schema(  # noqa: PLR0917
    live_server: Any, token: str, known: dict, path: str, method: str, mode: GenerationMode
):
    config = schemathesis.Config(cache=CacheConfig(enabled=False), seed=1)
    document = schemathesis.openapi.from_dict(DOCUMENT, config=config)
    document.config.update(base_url=live_server.url)
    # All but surrogates, as in UTF-8, for which a table of all characters would be made first.
    document.config.generation.codec = None
    operation = document[path][method]
    headers = {"Authorization": f"Bearer {token}"}
    invented = operation.as_strategy(generation_mode=mode)
    cases = (
        st.one_of(invented, operation.as_strategy(generation_mode=mode, path_parameters=known[path]))
        if path in known
        else invented
    )

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    call()


def test_the_schema_is_served(client: Client, db: None):
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert set(served.json()["paths"]) == set(DOCUMENT["paths"])
    schemathesis.openapi.from_dict(served.json()).validate()


def test_its_page_needs_nothing_from_elsewhere(client: Client, db: None):
    page = client.get("/api/v1/docs").content.decode()
    assert "http://" not in page.replace("http://localhost:8000", "")
    assert "https://" not in page
