"""Copies of rows, inserted by SQL as fast as the database can."""

from __future__ import annotations

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
