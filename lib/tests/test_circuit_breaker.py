"""A server that failed rests; then one thread tries for all."""

from types import SimpleNamespace

import pytest

from lib import circuit_breaker
from lib.circuit_breaker import CircuitBreaker

pytestmark = pytest.mark.once


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when it is told to: `clock["now"]` in seconds."""
    moment = {"now": 1000.0}
    monkeypatch.setattr(circuit_breaker, "time", SimpleNamespace(monotonic=lambda: moment["now"]))
    return moment


def test_after_a_rest_one_tries_for_all(clock):
    breaker = CircuitBreaker(rest_seconds=5, log_seconds=60)
    assert breaker.may_try()
    breaker.fail()
    assert not breaker.may_try()
    clock["now"] += 5
    assert [breaker.may_try() for _ in range(3)] == [True, False, False]
    breaker.succeed()
    assert [breaker.may_try() for _ in range(3)] == [True, True, True]


def test_a_long_outage_is_logged_now_and_then(clock):
    breaker = CircuitBreaker(rest_seconds=5, log_seconds=60)
    logged = []
    for second in range(0, 130, 5):
        if breaker.fail():
            logged.append(second)
        clock["now"] += 5
    assert logged == [0, 60, 120]
