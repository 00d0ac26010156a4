"""A few seconds of `make torture`, and the auditor's proof that it finds what is wrong."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from importlib import import_module
from operator import attrgetter

import pytest
from django.db import connection

from testing.programs import run_program
from tools.processes import PROJECT
from torture.auditor import CHECKS, audit
from torture.faults import ON_POSTGRES, ON_SQLITE
from torture.parking import STEPS
from torture.tests import planted, planted_told  # noqa: F401 (they fill the list)
from torture.tests.planting import PLANTED, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SEED = "7"


def run_torture(database: str, folder) -> str:
    return run_program("torture.run", "--short", "--seed", SEED, "--database", database, "--folder", str(folder))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, django_db_setup, django_db_blocker):
    """The folder of a short run on SQLite, begun with a copy of the test database."""
    folder = tmp_path_factory.mktemp("torture")
    (folder / "data").mkdir()
    with (
        django_db_blocker.unblock(),
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(folder / "data" / "marquee.sqlite3")) as copy,
    ):
        source.backup(copy)
    run_torture("sqlite", folder)
    return folder


@pytest.fixture
def world(finished, tmp_path):
    """A copy of the finished world without any guard."""
    folder = tmp_path / "world"
    for name in ("diaries", "mails"):
        shutil.copytree(finished / name, folder / name)
    with (
        closing(sqlite3.connect(finished / "data" / "marquee.sqlite3")) as source,
        closing(sqlite3.connect(folder / "marquee.sqlite3", isolation_level=None)) as database,
    ):
        source.backup(database)
        for kind, name in database.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        ).fetchall():
            database.execute(f'DROP {kind} "{name}"')
        database.execute("PRAGMA ignore_check_constraints = ON")
        plan = json.loads((finished / "plan.json").read_text())
        (folder / "plan.json").write_text(json.dumps(plan | {"database": f"sqlite:///{folder / 'marquee.sqlite3'}"}))
        yield World(folder, database)


@pytest.mark.once
def test_a_clean_world_is_found_clean(finished):
    found = audit(finished)
    assert not [(check.name, check.wrong) for check in found if check.wrong]
    assert sum(check.counted for check in found) > len(found)


@pytest.mark.once
@pytest.mark.parametrize(("check", "plant"), PLANTED, ids=[plant.__name__ for _, plant in PLANTED])
def test_a_planted_fault_is_found(check, plant, world):
    plant(world)
    assert check in {found.name for found in audit(world.folder) if found.wrong}


def test_each_check_has_found_something():
    assert {check for check, _plant in PLANTED} == {check.__name__.replace("_", " ") for check in CHECKS}


def test_the_guide_names_every_fault_and_check():
    guide = (PROJECT / "docs" / "proof.md").read_text()
    names = {function.__name__.replace("_", " ") for function in [*ON_POSTGRES, *ON_SQLITE, *CHECKS]}
    assert {name for name in names if name not in guide} == set()
    assert f"{len(STEPS)} named steps" in guide


@pytest.mark.parametrize("step", STEPS)
def test_each_park_point_is_in_the_product(step):
    module, function, _is_after = STEPS[step]
    assert callable(attrgetter(function)(import_module(module)))


@pytest.mark.postgres
@pytest.mark.skipif(
    not os.environ.get("TORTURE"), reason="It takes a minute and a half: TORTURE=1 runs it, or make torture"
)
def test_it_runs_on_postgres(tmp_path):
    assert "faults" in run_torture("postgres", tmp_path / "torture")
