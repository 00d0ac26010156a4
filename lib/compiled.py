"""Statements whose SQL is made once in a process, for what every hold and payment reads and writes.

Django makes the SQL of a queryset again at each call, and PostgreSQL plans it again: for one table that takes three
times as long as reading the row, for eight joined ones ten times. A compiled query makes its SQL at the first call,
and psycopg prepares the statement once a connection has run it a few times (`DATABASE_PREPARE_AFTER`), so that its
plan is kept. The plan is for any values (`plan_cache_mode` in `settings/database.py`), which saves PostgreSQL a quarter
of its time for a booking; texts that are always the same, as a state, are part of the statement, so that it can use an
index with a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

# Up to so many rows, an insert has a statement of its own for each number of them.
FEW_ROWS = 10

P = ParamSpec("P")
R = TypeVar("R")


def compiled(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """Turn a function that builds a queryset into one that returns the list of its rows, by SQL that is made once.

    `build` is called once for each combination of the types of its values, with others in their place, so the
    queryset may depend on nothing else. A value is a whole number, a text, a moment, a UUID, a tuple of these, or None,
    which stays as it is. The queryset is of models or a `values_list`, without a prefetch. Raises `LookupError` for a
    value that is not a parameter of the statement.
    """
    return _compile(build, _Select)


def compiled_without_plan(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """Do what `compiled` does, but let PostgreSQL plan the statement for its values at each run.

    For one whose best plan depends on them, as on whether a person has few bookings or a show few tickets.
    """
    return _compile(build, _PlannedSelect)


def compiled_update(build: Callable[P, tuple[QuerySet[Any, Any], dict[str, Any]]]) -> Callable[P, int]:
    """Do what `compiled` does for an update: `build` returns a queryset, and what is written to its rows.

    The call returns the number of rows. Search keys (`key_fields.py`) do not follow.
    """
    return _compile(build, _Update)


def insert(*rows: Model, unique: str = "") -> None:
    """Insert rows of one model, and set their keys; few of them by a statement that is made once. Sends no signals.

    A row whose value in the column `unique` is in the table already stays out of it, and gets the key of that one.
    """
    if not rows:
        return
    if len(rows) > FEW_ROWS and not unique:
        type(rows[0])._default_manager.bulk_create(rows)
        return
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _make_insert(connection.vendor, type(rows[0]), len(rows), unique)
    for row in rows:
        cast("Any", row)._prepare_related_fields_for_save("insert")
    params: list[Any] = [_read_value(field, row, connection) for row in rows for field in fields]
    with _open_cursor(connection) as cursor:
        cursor.execute(sql, params)
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS


def update(row: Model, *names: str) -> None:
    """Write these fields of a row, and the search keys that follow from them, by a statement that is made once.

    Sends no signals. Raises `DoesNotExist` if the row is gone.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _make_update(connection.vendor, type(row), names)
    values = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]
    with _open_cursor(connection) as cursor:
        cursor.execute(sql, [*values, row.pk])
        if not cursor.rowcount:
            raise type(row).DoesNotExist  # type: ignore[attr-defined]


@cache
def _make_insert(vendor: str, model: type[Model], count: int, unique: str) -> tuple[str, list[Any]]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields: list[Any] = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * count)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    # It writes the same value again: only then does the database return the key.
    again = f" ON CONFLICT ({quote(unique)}) DO UPDATE SET {quote(unique)} = EXCLUDED.{quote(unique)}" if unique else ""
    # The names are the model's.
    return f"INSERT INTO {table} ({columns}) VALUES {values}{again} RETURNING {key}", fields  # noqa: S608


@cache
def _make_update(vendor: str, model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    # A search key follows from the field that it is made from (`key_fields.py`).
    keys = [field for field in model._meta.concrete_fields if getattr(field, "made_from", None) in names]
    fields: list[Any] = [*(model._meta.get_field(name) for name in names), *keys]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    # The names are the model's.
    return f"UPDATE {table} SET {columns} WHERE {key} = %s", fields  # noqa: S608


def _read_value(field: Any, row: Model, connection: BaseDatabaseWrapper) -> object:
    value: Any = field.pre_save(row, add=True)
    if isinstance(value, DatabaseDefault):
        value = cast("Any", value).expression.value
        setattr(row, field.attname, value)
    return field.get_db_prep_save(value, connection)


def _compile(build: Callable[..., Any], kind: type[_Statement]) -> Callable[..., Any]:
    made: dict[tuple[object, ...], _Statement] = {}

    @wraps(build)
    def run(*values: object) -> Any:
        connection = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *map(_shape_of, values))
        statement = made.get(shape)
        if statement is None:
            marks = _Marks()
            statement = made[shape] = kind(connection, build(*map(marks.put_for, values)), marks.put)
        return statement.run(connection, values)

    return run


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
        elif isinstance(value, UUID):
            mark = UUID(int=number)
        elif isinstance(value, str):
            mark = f"\x01{number}"
        else:
            mark = 2_000_000_000 + number
        self.put.append(mark)
        return mark


class _Statement:
    def __init__(self, connection: BaseDatabaseWrapper, compiler: SQLCompiler, marks: Sequence[object]) -> None:
        sql, params = compiler.as_sql()
        places = {_adapt(connection, mark): index for index, mark in enumerate(marks)}
        self.params: list[Any] = []
        self.slots: list[tuple[int, int]] = []
        parts = sql.split("%s")
        self.sql = parts[0]
        for param, part in zip(params, parts[1:], strict=True):
            if isinstance(param, int | str | datetime | UUID) and param in places:
                self.slots.append((len(self.params), places[param]))
            elif isinstance(param, str) and "%" not in param:
                self.sql += f"{_quote(param)}{part}"
                continue
            self.sql += f"%s{part}"
            self.params.append(param)
        if len({index for _position, index in self.slots}) != len(marks):
            raise LookupError(f"A value is missing among the parameters of {sql}")

    def execute(self, connection: Any, cursor: CursorWrapper, values: Sequence[object]) -> None:
        given = list(_flatten(values))
        params = list(self.params)
        for position, index in self.slots:
            params[position] = _adapt(connection, given[index])
        try:
            cursor.execute(self.sql, params)
        except NotSupportedError:
            # The plan that was kept is from before a migration changed the type of a column. Without this, the
            # statement would fail on this connection again and again; in a transaction, it fails once.
            connection.connection.prepare_threshold = None
            if connection.in_atomic_block:
                raise
            cursor.execute(self.sql, params)

    def run(self, connection: BaseDatabaseWrapper, values: Sequence[object]) -> Any:
        raise NotImplementedError


class _Update(_Statement):
    def __init__(
        self, connection: BaseDatabaseWrapper, built: tuple[QuerySet[Any, Any], dict[str, Any]], marks: Sequence[object]
    ) -> None:
        queryset, changes = built
        query: Any = queryset.order_by().query.chain(UpdateQuery)
        query.add_update_values(changes)
        super().__init__(connection, query.get_compiler(connection=connection), marks)

    def run(self, connection: BaseDatabaseWrapper, values: Sequence[object]) -> int:
        with _open_cursor(connection) as cursor:
            self.execute(connection, cursor, values)
            return int(cursor.rowcount)


class _Select(_Statement):
    def __init__(self, connection: BaseDatabaseWrapper, built: QuerySet[Any, Any], marks: Sequence[object]) -> None:
        compiler = built.query.get_compiler(connection=connection)
        super().__init__(connection, compiler, marks)
        self.locks = built.query.select_for_update
        select = compiler.select[: compiler.col_count]
        self.converters = [
            (position, converter, expression)
            for position, (found, expression) in compiler.get_converters([one[0] for one in select]).items()
            for converter in found
        ]
        self.make = _make_models(compiler, built.db) if built._iterable_class is ModelIterable else tuple

    def open_cursor(self, connection: BaseDatabaseWrapper) -> CursorWrapper:
        return _open_cursor(connection)

    def run(self, connection: BaseDatabaseWrapper, values: Sequence[object]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A row is locked in a transaction only.")
        with self.open_cursor(connection) as cursor:
            self.execute(connection, cursor, values)
            rows = cursor.fetchall()
        if self.converters:
            rows = [list(row) for row in rows]
            for position, convert, expression in self.converters:
                for row in rows:
                    row[position] = convert(row[position], expression, connection)
        return [self.make(row) for row in rows]


class _PlannedSelect(_Select):
    def open_cursor(self, connection: BaseDatabaseWrapper) -> CursorWrapper:
        return connection.cursor()


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _flatten(values: Sequence[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flatten(value)
        elif value is not None:
            yield value


def _adapt(connection: BaseDatabaseWrapper, value: object) -> object:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


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
