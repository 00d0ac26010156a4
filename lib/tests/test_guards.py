"""Guards in the database are those that are declared, and no others."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lib import guards

pytestmark = pytest.mark.django_db


def triggers() -> set[str]:
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def test_every_declared_guard_stands():
    wanted = {guard.trigger for guard in guards.declared() if guard.only in ("", connection.vendor)}
    assert wanted
    assert wanted == {name for name in triggers() if name.startswith(guards.PREFIX)}


@pytest.mark.postgres
def test_an_undeclared_guard_is_dropped_and_foreign_triggers_stay():
    with connection.cursor() as cursor:
        for name in ("guard_of_yesterday", "somebody_elses"):
            cursor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON theaters_city FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    guards.install(connection)
    assert "guard_of_yesterday" not in triggers()
    assert "somebody_elses" in triggers()
    test_every_declared_guard_stands()


@pytest.mark.once
def test_the_documented_guards_are_those_that_are_declared():
    page = (settings.BASE_DIR / "docs" / "guards.md").read_text()
    documented = [
        (table, sentence, set(re.findall(r"`(\w+)`", names)))
        for sentence, table, names in re.findall(r"^\| (.+?) \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    ]
    declared: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for guard in guards.declared():
        declared[guard.table, str(guard.message)].add(guard.name)
    assert sorted(documented) == sorted((*rule, names) for rule, names in declared.items())


def test_a_database_of_another_version_is_refused_in_a_sentence():
    assert not [one for one in run_checks(databases=["default"]) if one.id == "marquee.E004"]
    MigrationRecorder(connection).record_applied("bookings", "0028_of_the_time_before")
    (found,) = [one for one in run_checks(databases=["default"]) if one.id == "marquee.E004"]
    assert "another version" in str(found.msg)
