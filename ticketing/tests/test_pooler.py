"""Behind PgBouncer in transaction mode, nothing is left in a session that a later transaction would need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from ticketing.settings.apps import OWN_APPS

READ = """
import json
from ticketing import settings
print(json.dumps(settings.DATABASES["default"]))
"""
# What lasts as long as its session. `pg_advisory_xact_lock` and `SET LOCAL` end with the transaction.
SESSION_BOUND = re.compile(
    r"\bpg_(?:try_)?advisory_(?:un)?lock|\bLISTEN \w|\bNOTIFY \w|\bCREATE\s+TEMP|\bTEMPORARY TABLE|\bset_config\("
    r"|\bWITH HOLD\b|\bSET SESSION\b|execute\(\s*f?[\"']+\s*(?:SET (?!LOCAL|CONSTRAINTS)|PREPARE|DECLARE)"
)


def read_database(folder: Path, **env: str) -> dict[str, object]:
    env |= {"DEBUG": "1", "ENV_FILE": "/dev/null", "DATA_DIR": str(folder), "DATABASE_URL": "postgres://there/is_none"}
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.once
def test_one_switch_keeps_nothing_in_a_session(tmp_path: Path):
    found = read_database(tmp_path, DATABASE_POOLER="1")
    assert isinstance(found["OPTIONS"], dict)
    assert not {"pool", "options"} & set(found["OPTIONS"])
    assert found["OPTIONS"]["prepare_threshold"] is None
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert found["CONN_HEALTH_CHECKS"] is True
    alone = read_database(tmp_path)
    assert isinstance(alone["OPTIONS"], dict)
    assert {"pool", "options"} <= set(alone["OPTIONS"])
    assert alone["OPTIONS"]["prepare_threshold"] == 5


@pytest.mark.once
@pytest.mark.parametrize("app", OWN_APPS)
def test_no_statement_is_bound_to_its_session(app: str):
    for source in (settings.BASE_DIR / app).rglob("*.py"):
        if "tests" not in source.parts:
            found = SESSION_BOUND.search(source.read_text())
            assert found is None, f"{source.relative_to(settings.BASE_DIR)}: {found}"


@pytest.mark.once
@pytest.mark.parametrize(
    ("statement", "is_bound"),
    [
        ('cursor.execute("SELECT pg_advisory_lock(1)")', True),
        ('cursor.execute("SELECT pg_advisory_xact_lock(1)")', False),
        ('cursor.execute("SET statement_timeout = 0")', True),
        ('cursor.execute("SET LOCAL statement_timeout = 0")', False),
        ('"LISTEN places"', True),
        ('"CREATE TEMP TABLE x (y int)"', True),
        ('"UPDATE x SET y = 1"', False),
        ('_("Set one up here")', False),
    ],
)
def test_what_counts_as_bound(statement: str, is_bound: bool):
    assert bool(SESSION_BOUND.search(statement)) is is_bound
