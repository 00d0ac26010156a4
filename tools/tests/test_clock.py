"""Each test begins at the same moment, with nothing left of earlier ones."""

from datetime import UTC, timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from demo import pictures
from testing.fixtures.clock import MOMENTS
from testing.fixtures.season import load_demo

pytestmark = pytest.mark.once


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_begins_at_its_moment(begins_at, turn):
    assert begins_at <= timezone.now() < begins_at + timedelta(minutes=2)


@pytest.mark.real_clock
def test_the_machines_clock_is_had_by_mark(begins_at):
    assert not begins_at <= timezone.now() < begins_at + timedelta(minutes=2)


@pytest.fixture(scope="module")
def kept() -> object:
    return caches["pages"].get("left-over")


def test_something_is_left_in_the_cache():
    caches["pages"].set("left-over", "seats of another hall")


def test_a_fixture_of_the_module_finds_the_caches_empty(kept):
    assert kept is None


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_is_not_loaded_while_the_clock_runs(monkeypatch):
    # They are drawn before the shows, and take longest.
    for name in ("POSTERS", "FACADES"):
        monkeypatch.setattr(pictures, name, {})
    with pytest.raises(AssertionError, match="demo_season"):
        load_demo()


def test_the_drill_goes_through_the_calendar():
    assert len(set(MOMENTS)) == len(MOMENTS) > 40
    assert {at.hour for at in MOMENTS} == set(range(24))
    assert {at.weekday() for at in MOMENTS} == set(range(7))
    assert {(2, 29), (12, 31), (1, 1)} <= {(at.month, at.day) for at in MOMENTS}
    assert all(at.tzinfo == UTC for at in MOMENTS)
