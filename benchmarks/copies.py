"""Copies of rows, inserted by SQL as fast as the database can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def copy_rows(model: Any, where: str, times: int, changes: dict[str, str]) -> None:
    """Insert copies of the rows of `model` that meet the condition `where`, by one statement.

    `changes` has SQL expressions by column, in which `n` numbers the copies from 1 and `t` is the original.
    """
    from django.db import connection

    series = f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {times})"
    if connection.vendor == "postgresql":
        series = f"WITH series(n) AS (SELECT generate_series(1, {times}))"
    table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'{series} INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, series WHERE {where}'
        )


def copy_row(model: Any, pk: Any, times: int, changes: dict[str, str]) -> None:
    """Insert copies of one row; see `copy_rows`."""
    copy_rows(model, f"t.{model._meta.pk.column} = '{pk}'", times, changes)


def random_key() -> str:
    """Return the expression of a random UUID."""
    return "gen_random_uuid()" if _is_postgres() else "lower(hex(randomblob(16)))"


def moment_after(column: str, hours: str) -> str:
    """Return the expression of the moment `hours`, an expression too, after that of the column."""
    if _is_postgres():
        return f"{column} + ({hours}) * INTERVAL '1 hour'"
    return f"datetime({column}, '+' || ({hours}) || ' hours')"


@contextmanager
def without_guards() -> Iterator[None]:
    """Insert without the guards' checks of each row, which are not measured here."""
    from django.apps import apps
    from django.db import connection

    from lib import guards

    tables = [model._meta.db_table for model in apps.get_models()] if _is_postgres() else []
    guards.drop(connection)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    guards.install(connection)


def _is_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"
