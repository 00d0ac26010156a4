"""The demo season in the test database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import TestCase, override_settings


def load_demo() -> str:
    """Load what is missing of the season; return what the command says."""
    out = StringIO()
    call_command("demo", "--yes-this-is-a-demo", stdout=out)
    return out.getvalue()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "demo_season" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="module")
def demo_season(
    request: pytest.FixtureRequest,
    begins_at: datetime,
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Load the season for the moment at which the clock stands still in all tests that use it, and take it back.

    A module says in `SEASON` how much of it is loaded: days before and after, and whose pictures.
    """
    from demo import pictures, season  # noqa: PLC0415 (needs the apps)

    before, ahead, drawn = request.module.SEASON
    quick = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Nothing is committed here, so no page would be told that what was free a second ago is taken.
        PAGES_STALE_SECONDS=0,
    )
    with django_db_blocker.unblock(), quick, pytest.MonkeyPatch.context() as patch:  # type: ignore[attr-defined]
        patch.setattr(season, "DAYS_BEFORE", before)
        patch.setattr(season, "DAYS_AHEAD", ahead)
        for name in ("POSTERS", "FACADES"):
            drawings = getattr(pictures, name)
            patch.setattr(pictures, name, {slug: draw for slug, draw in drawings.items() if slug in drawn})
        atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        try:
            yield load_demo()
        finally:
            TestCase._rollback_atomics(atomics)  # type: ignore[attr-defined]
