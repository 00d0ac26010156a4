"""Rate limits, in whatever cache they are counted."""

from __future__ import annotations

import time

import pytest
from django.conf import settings as project
from time_machine import travel

from lib.throttling import Throttle

pytestmark = pytest.mark.django_db


@pytest.fixture(params=list(project.CACHES))
def throttle(request: pytest.FixtureRequest) -> Throttle:
    return Throttle("tries", limit=2, seconds=600, cache=request.param)


def test_each_subject_has_so_many(throttle: Throttle):
    assert [throttle.count("a") for _ in range(4)] == [True, True, False, False]
    assert throttle.count("b")
    # Both are counted, although one is over.
    assert not throttle.count("a", "b")
    assert not throttle.count("b")


def test_an_undone_count_does_not_count(throttle: Throttle):
    for _ in range(4):
        assert throttle.count("a")
        throttle.uncount("a")
    throttle.uncount("never counted")


def test_it_returns_the_seconds_left_of_a_window(throttle: Throttle):
    throttle.count("a")
    assert 595 <= throttle.seconds_left("a") <= 600
    assert throttle.seconds_left("never counted") == 1


@pytest.mark.skipif(bool(project.REDIS_URL), reason="Redis has a clock of its own.")
def test_a_stretch_ends_where_it_was_to_end(throttle: Throttle):
    began = time.time()
    with travel(began, tick=False) as clock:
        answers = []
        for seconds in (0, 200, 400, 590, 601):
            clock.move_to(began + seconds)
            answers.append(throttle.count("a"))
        assert answers == [True, True, False, False, True]
