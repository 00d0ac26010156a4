"""Doubles of gateways, which our clients of them really call."""

from collections.abc import Iterator

import pytest

from payments.gateways import stripe
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
