"""Which tests a database can run, and caches as empty as the database is."""

import pytest
from django.conf import settings
from django.core.cache import caches


def pytest_runtest_setup(item: pytest.Item) -> None:
    engine = settings.DATABASES["default"]["ENGINE"]
    if item.get_closest_marker("postgres") and "postgresql" not in engine:
        pytest.skip("runs on PostgreSQL only")


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    """Empty what all processes share; without Redis it is in the database and goes with it."""
    if settings.REDIS_URL:
        caches["default"].clear()
