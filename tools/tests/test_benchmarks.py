"""Each benchmark and drill still runs: its short form, on a copy of the test database."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from testing.programs import run_program
from tools.processes import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.once]


def module_of(path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)


TEXTS = {
    module_of(path): path.read_text() for path in [*(PROJECT / "benchmarks").rglob("*.py"), PROJECT / "tools/bench.py"]
}
PROGRAMS = {module for module, text in TEXTS.items() if 'if __name__ == "__main__"' in text}
# What another program starts, by name.
PARTS = {part for part in PROGRAMS for module, text in TEXTS.items() if module != part and f'"{part}"' in text}


@pytest.fixture
def database(tmp_path, db):
    """A copy of the test database, empty and up to date, where settings and pytest look for theirs."""
    (tmp_path / "test").mkdir()
    places = [tmp_path / "marquee.sqlite3", tmp_path / "test.sqlite3", tmp_path / "test" / "test.sqlite3"]
    # By a connection of its own, which sees what is committed: nothing but what `migrate` wrote.
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source:
        for place in places:
            with closing(sqlite3.connect(place)) as copy:
                source.backup(copy)
    return places[0]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("module", sorted(PROGRAMS - PARTS))
def test_it_runs_in_short(module, database, tmp_path):
    assert run_program(module, "--short", DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{database}")
