"""Querysets whose SQL is made once in a process, for what every hold and payment reads.

Django makes the SQL of a queryset anew at each call, and PostgreSQL plans it anew: for one table that takes three
times as long as reading the row, for eight joined ones ten times. A compiled query makes its SQL at the first call,
and psycopg prepares the statement once a connection has run it a few times (`DATABASE_PREPARE_AFTER`), so that its
plan is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
R = TypeVar("R")


def compiled(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """Turn a function that builds a queryset into one that returns the list of its rows, by SQL that is made once.

    `build` is called once for each combination of the types of its values, with others in their place, so the
    queryset may depend on nothing else. A value is a whole number, a text, a moment, a tuple of these, or None, which
    stays as it is. The queryset is of models or a `values_list`, without a prefetch. Raises `LookupError` for a
    value that is not a parameter of the statement.
    """
    made: dict[tuple[object, ...], _Statement] = {}

    @wraps(build)
    def read(*values: P.args, **named: P.kwargs) -> list[R]:
        if named:
            raise TypeError("A compiled query takes its values by position.")
        connection = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *map(_shape_of, values))
        statement = made.get(shape)
        if statement is None:
            marks = _Marks()
            queryset = cast("Any", build)(*map(marks.put_for, values))
            statement = made[shape] = _Statement(connection, queryset, marks.put)
        return statement.read(connection, values)

    return read


def refresh(instance: Model, rows: Sequence[Model]) -> None:
    """Do what `refresh_from_db` does, by the one row that a compiled query found. Raises `DoesNotExist`."""
    if not rows:
        raise type(instance).DoesNotExist  # type: ignore[attr-defined]
    instance.__dict__.update(rows[0].__dict__)


def _shape_of(value: object) -> object:
    return tuple(map(_shape_of, value)) if isinstance(value, tuple) else type(value)


class _Marks:
    """Values by which a statement's parameters are recognized."""

    def __init__(self) -> None:
        self.put: list[object] = []

    def put_for(self, value: object) -> object:
        number = len(self.put)
        if value is None:
            return None
        if isinstance(value, tuple):
            return tuple(map(self.put_for, value))
        mark: object
        if isinstance(value, datetime):
            mark = datetime(9000, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        elif isinstance(value, str):
            mark = f"\x01{number}"
        else:
            mark = 2_000_000_000 + number
        self.put.append(mark)
        return mark


class _Statement:
    def __init__(self, connection: BaseDatabaseWrapper, queryset: QuerySet[Any, Any], marks: Sequence[object]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, params = compiler.as_sql()
        self.params = list(params)
        places = {_adapt(connection, mark): index for index, mark in enumerate(marks)}
        self.slots = [
            (position, places[param])
            for position, param in enumerate(self.params)
            if isinstance(param, int | str | datetime) and param in places
        ]
        if len({index for _position, index in self.slots}) != len(marks):
            raise LookupError(f"A value is missing among the parameters of {self.sql}")
        self.locks = queryset.query.select_for_update
        select = compiler.select[: compiler.col_count]
        self.converters = [
            (position, converter, expression)
            for position, (found, expression) in compiler.get_converters([one[0] for one in select]).items()
            for converter in found
        ]
        self.make = _make_models(compiler, queryset.db) if queryset._iterable_class is ModelIterable else tuple

    def read(self, connection: BaseDatabaseWrapper, values: Sequence[object]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A row is locked in a transaction only.")
        given = list(_flatten(values))
        params = list(self.params)
        for position, index in self.slots:
            params[position] = _adapt(connection, given[index])
        with _open_cursor(connection) as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if self.converters:
            rows = [list(row) for row in rows]
            for position, convert, expression in self.converters:
                for row in rows:
                    row[position] = convert(row[position], expression, connection)
        return [self.make(row) for row in rows]


def _flatten(values: Sequence[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flatten(value)
        elif value is not None:
            yield value


def _adapt(connection: BaseDatabaseWrapper, value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _make_models(compiler: Any, using: str) -> Callable[[Sequence[Any]], Any]:
    """Do what Django's `ModelIterable` does with a row."""
    klass_info, select = compiler.klass_info, compiler.select
    model, fields = klass_info["model"], klass_info["select_fields"]
    begin, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in select[begin:end]]
    populators = get_related_populators(klass_info, select, using)  # type: ignore[call-arg] # stubs of Django 6
    annotations = list((compiler.annotation_col_map or {}).items())

    def make(row: Sequence[Any]) -> Any:
        instance = model.from_db(using, names, row[begin:end])
        for populator in populators:
            populator.populate(row, instance)
        for name, position in annotations:
            setattr(instance, name, row[position])
        return instance

    return make


def _open_cursor(connection: Any) -> CursorWrapper:
    if connection.vendor != "postgresql":
        return cast(CursorWrapper, connection.cursor())
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        # Django's own cursor writes the parameters into the statement, which then cannot be prepared.
        return cast(CursorWrapper, connection._prepare_cursor(connection.Database.Cursor(connection.connection)))
