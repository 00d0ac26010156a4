"""One season for all of this folder: five days, without pictures.

In fewer, a theater may have no show left to sell. One process runs the files (`SeasonTogether`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from testing.fixtures.season import loaded_season


@pytest.fixture(scope="package")
def demo_season(
    begins_at: datetime, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with loaded_season((1, 3, ()), django_db_blocker, tmp_path_factory) as told:
        yield told
