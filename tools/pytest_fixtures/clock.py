"""The clock that tests live by.

Each test begins at `MOMENT`, so that none depends on the day, the hour, or how long the run has taken.
From there its clock ticks; where a test looks at the demo season, it stands still. Only tests that
share their clock with a browser or another process have the machine's: those that use one of `_REAL`
or are marked `real_clock`.

`--moments=every` runs the chosen tests at each of `MOMENTS` instead; `benchmarks/calendar_drill.py` does
so for what touches the demo season or the calendar.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

# A Wednesday noon in winter, far from every midnight and change of the clocks in the zones that tests use.
MOMENT = datetime(2026, 11, 25, 11, tzinfo=UTC)
_REAL = {"page", "context", "new_context", "browser", "celery_worker_process"}


def _moments() -> Iterator[datetime]:
    # That of the drill's short form.
    yield datetime(2027, 3, 28, 0, 59, 30, tzinfo=UTC)
    yield datetime(2028, 2, 29, 12, tzinfo=UTC)
    # Just before and just after the clocks change: Vienna and London, New York, Lord Howe (half an hour).
    for change in (
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 1, tzinfo=UTC),
        datetime(2027, 3, 14, 7, tzinfo=UTC),
        datetime(2027, 11, 7, 6, tzinfo=UTC),
        datetime(2027, 4, 3, 15, tzinfo=UTC),
        datetime(2027, 10, 2, 15, 30, tzinfo=UTC),
    ):
        yield change - timedelta(minutes=20)
        yield change + timedelta(minutes=20)
    # Around midnight in UTC, Vienna, Mumbai and Kyoto; ends of months and years, and the leap day.
    yield datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
    yield datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)
    yield datetime(2026, 12, 31, 22, 59, 30, tzinfo=UTC)
    yield datetime(2027, 6, 30, 22, 0, 30, tzinfo=UTC)
    yield datetime(2027, 1, 31, 18, 29, 30, tzinfo=UTC)
    yield datetime(2027, 2, 28, 15, 0, 30, tzinfo=UTC)
    yield datetime(2028, 2, 28, 23, 59, 30, tzinfo=UTC)
    yield datetime(2028, 2, 29, 23, 30, tzinfo=UTC)
    # Each hour, and with it each weekday, at minutes that nobody chose.
    for hour in range(24):
        yield datetime(2027, 5, 3 + hour % 7, hour, hour * 37 % 60, tzinfo=UTC)


MOMENTS = tuple(_moments())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--moments", default="", help="when tests take place: “every”, or moments as in ISO 8601")


def _choose(option: str) -> Sequence[datetime]:
    return MOMENTS if option == "every" else [datetime.fromisoformat(text) for text in option.split()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if chosen := _choose(metafunc.config.getoption("moments")):
        metafunc.parametrize("begins_at", chosen, ids=lambda at: f"{at:%a %F %H:%M}", indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def begins_at(request: pytest.FixtureRequest) -> datetime:
    """When the test begins, by its clock."""
    return getattr(request, "param", MOMENT)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    if item.get_closest_marker("real_clock") or _REAL & set(getattr(item, "fixturenames", ())):
        return (yield)
    at = item.callspec.params.get("begins_at", MOMENT) if hasattr(item, "callspec") else MOMENT
    # Whatever looks at the season sees it at the moment for which it was made.
    with time_machine.travel(at, tick="demo_season" not in item.fixturenames):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, Any]:
    """Refuse to read the clock while tests are collected: what a case is compared with is minutes older by then."""
    from django.utils import timezone  # noqa: PLC0415 (after the settings)

    # By the real clock: making it removes the folders of other runs that are days old, and in 2028 all of them are.
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]

    read, is_collecting = timezone.now, True

    def now() -> datetime:
        assert not is_collecting, (
            "Read the clock in the test; in a list of cases write lengths of time, for `from_now`."
        )
        return read()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", now)
        try:
            return (yield)
        finally:
            is_collecting = False


def is_frozen() -> bool:
    return time.time_ns() == time.time_ns()


@pytest.fixture(scope="session", autouse=True)
def _demo_at_one_moment() -> Iterator[None]:
    """Refuse to load the demo season in a test whose clock runs: its tests compare it with the time."""
    from demo import season  # noqa: PLC0415 (needs the apps)

    load = season.load_shows

    def load_shows(*arguments: Any, **named: Any) -> None:
        assert is_frozen(), "Load the demo season at a fixed moment: use the fixture `demo_season`."
        load(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(season, "load_shows", load_shows)
        yield
