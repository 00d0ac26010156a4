"""Doubles of gateways, which our clients of them really call."""

from collections.abc import Iterator

import pytest

from payments.gateways import stripe
from payments.tests import mollie_double
from payments.tests.mollie_double import MollieDouble
from payments.tests.stripe_double import KEY, WEBHOOK_SECRET, StripeDouble, serving


@pytest.fixture(scope="session")
def _server() -> Iterator[StripeDouble]:
    with serving() as double:
        yield double


@pytest.fixture
def double(_server: StripeDouble, settings, monkeypatch) -> StripeDouble:
    url = _server.url
    _server.__init__()  # type: ignore[misc]
    _server.url = url
    settings.STRIPE_API_BASE = url
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    settings.PAYMENT_GATEWAYS = ["stripe"]
    # The SDK waits between its own tries.
    monkeypatch.setattr(stripe, "NETWORK_RETRIES", 0)
    return _server


@pytest.fixture(scope="session")
def _mollie_server() -> Iterator[MollieDouble]:
    with mollie_double.serving() as mollie:
        yield mollie


@pytest.fixture
def mollie(_mollie_server: MollieDouble, settings) -> MollieDouble:
    url = _mollie_server.url
    _mollie_server.__init__()  # type: ignore[misc]
    _mollie_server.url = url
    settings.MOLLIE_API_BASE = url
    settings.MOLLIE_API_KEY = mollie_double.KEY
    settings.PAYMENT_GATEWAYS = ["mollie"]
    settings.SITE_URL = "https://tickets.example.org"
    return _mollie_server
