"""Database triggers that refuse what must never happen, from wherever it is written.

A constraint decides wherever it can. A guard is for a rule about money, seats, history or an append-only
table that reads another row or the old values: "a published map never changes". Guards only refuse, they
never write, so that every change can be followed in the code.

Each app lists its guards in `<app>/guards.py` as `GUARDS`; `docs/guards.md` has them all. They are created
after every `migrate`, with the bounds of all columns (`bounds.py`). SQLite rebuilds a table to alter it and
stumbles over triggers that name the table, so there they are dropped before `migrate` runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils.translation import override

from lib import bounds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


PREFIX = "guard_"


@dataclass(frozen=True)
class Guard:
    """Refuse `event` on a row of `table` while `condition` holds, as an `IntegrityError`.

    `condition` is SQL that both PostgreSQL and SQLite read; it names the row by NEW and OLD.
    `event` may name columns: "UPDATE OF layout, version". `message` is what people
    read (`violations.py`); the database says it in English, after the guard's name.
    """

    name: str
    table: str
    event: str
    condition: str
    message: StrOrPromise
    # The one database that needs it, where the other has a constraint for the same rule.
    only: Literal["sqlite", "postgresql", ""] = ""
    # The constraint that keeps the same rule on the other one.
    constraint: str = ""

    @property
    def trigger(self) -> str:
        """The name in the database, by which a guard is told from the triggers of others."""
        return f"{PREFIX}{self.name}"

    @property
    def columns(self) -> list[str]:
        """The columns that the event names, if any."""
        return self.event.partition(" OF ")[2].replace(",", " ").split()

    def create_statements(self, vendor: str) -> list[str]:
        with override(None):
            message = f"{self.name}: {self.message}".replace("'", "''")
        if vendor == "sqlite":
            return [
                (
                    f'CREATE TRIGGER IF NOT EXISTS {self.trigger} BEFORE {self.event} ON "{self.table}" '
                    f"FOR EACH ROW WHEN {self.condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
            ]
        row = "OLD" if self.event.startswith("DELETE") else "NEW"
        return [
            (
                f"CREATE OR REPLACE FUNCTION {self.trigger}() RETURNS trigger LANGUAGE plpgsql AS $guard$ "
                f"BEGIN IF {self.condition} THEN RAISE EXCEPTION '{message.replace('%', '%%')}' "
                f"USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{self.name}'; "
                f"END IF; RETURN {row}; END $guard$"
            ),
            (
                f"CREATE OR REPLACE TRIGGER {self.trigger} BEFORE {self.event} "
                f'ON "{self.table}" FOR EACH ROW EXECUTE FUNCTION {self.trigger}()'
            ),
        ]


def declared() -> Iterator[Guard]:
    """Yield the guards of all installed apps."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.guards") and config.name != "lib":
            yield from import_module(f"{config.name}.guards").GUARDS


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every guard whose table exists, and the bounds of columns. Harmless when repeated.

    Guards that are no longer declared are dropped.
    """
    tables = set(connection.introspection.table_names())
    guards = [guard for guard in declared() if guard.table in tables and guard.only in ("", connection.vendor)]
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in guard.create_statements(connection.vendor):
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            _drop_undeclared(cursor, {(guard.trigger, guard.table) for guard in guards})
    bounds.install(connection)


def _drop_undeclared(cursor: CursorWrapper, wanted: set[tuple[str, str]]) -> None:
    """Drop the guards of earlier versions. On SQLite each `migrate` makes all triggers again."""
    cursor.execute(
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND starts_with(t.tgname, %s) "
        "AND c.relnamespace = current_schema()::regnamespace",
        [PREFIX],
    )
    there = set(cursor.fetchall())
    for name, table in there - wanted:
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
    for name in {name for name, _table in there} - {name for name, _table in wanted}:
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def drop(connection: BaseDatabaseWrapper) -> None:
    """Drop all triggers on SQLite: before a migration, or before a test empties the tables."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Those of tables that the code no longer knows are among them.
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')


def _is_turn_of(sender: AppConfig, which: Literal["first", "last"]) -> bool:
    """Return True if `sender` is the first or last app that a migration signal is sent for."""
    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    return sender == with_models[0 if which == "first" else -1]


def before_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    if _is_turn_of(sender, "first"):
        drop(connections[using])


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    if _is_turn_of(sender, "last"):
        install(connections[using])
