"""Bounds of values, declared once on a model's field and enforced wherever a value comes in.

A field declares them by `max_length`, its digits, or `validators=between(1, 500)`; dates and times all lie
between `EARLIEST` and `LATEST`. The rest follows from `Bounds.of`: forms, the console, API schemas, imports,
and the database itself. PostgreSQL's column types enforce some of it and SQLite's nothing, so after every
`migrate` each column gets what its type lacks: checks on PostgreSQL, triggers on SQLite. The checks are NOT
VALID: adding them reads no rows, and an older row is refused only when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils.translation import gettext

Number = int | float | Decimal

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# Near enough that adding days, zones or months never overflows.
LATEST = datetime(2199, 12, 31, tzinfo=UTC)
# The longest address that SMTP accepts (RFC 5321, 4.5.3.1.3).
EMAIL_LENGTH = 254
# More than any hall in the world holds.
MAX_PLACES_OF_HALL = 250_000
MAX_TICKETS_OF_CUSTOMER = 500
MINUTES_OF_A_DAY = 24 * 60
HOURS_OF_A_YEAR = 366 * 24
# For prose, the text of a page; a traceback or a long note is cut to it.
TEXT_LENGTH = 20_000


def between(least: Number, most: Number) -> list[Any]:
    """Return validators for a number from `least` to `most`, both included."""
    return [MinValueValidator(least), MaxValueValidator(most)]


@dataclass(frozen=True)
class Bounds:
    """What a column may hold: from `least` to `most`, both included, or text of up to `length` characters."""

    least: Any = None
    most: Any = None
    length: int | None = None

    @classmethod
    def of(cls, field: models.Field[Any, Any]) -> Bounds | None:
        """Return the bounds of a model's field, or None if its kind needs none, such as keys and flags."""
        if field.is_relation or isinstance(field, models.AutoField | models.BooleanField | models.UUIDField):
            return None
        if isinstance(field, models.CharField | models.TextField | models.FileField):
            return cls(length=field.max_length)
        if isinstance(field, models.DateTimeField):
            return cls(EARLIEST, LATEST)
        if isinstance(field, models.DateField):
            return cls(EARLIEST.date(), LATEST.date())
        if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
            natural = _of_type(field)
            least = [v.limit_value for v in field.validators if isinstance(v, MinValueValidator)]
            most = [v.limit_value for v in field.validators if isinstance(v, MaxValueValidator)]
            if natural is not None:
                least.append(natural.least)
                most.append(natural.most)
            return cls(max(least, default=None), min(most, default=None))
        return None

    def hold(self, value: Any) -> bool:
        """Return True if the value lies within these bounds."""
        if self.length is not None:
            return len(str(value)) <= self.length
        if isinstance(value, date):
            return is_in_time(value)
        # Columns of other packages may be unbounded on one side or both.
        return (self.least is None or self.least <= value) and (self.most is None or value <= self.most)

    @property
    def sentence(self) -> str:
        """Explain what is allowed."""
        if self.length is not None:
            return gettext("This is longer than %(most)d characters.") % {"most": self.length}
        if isinstance(self.least, date):
            return gettext("This is outside the years %(first)d to %(last)d.") % {
                "first": self.least.year,
                "last": self.most.year,
            }
        return gettext("This is not between %(least)s and %(most)s.") % {"least": self.least, "most": self.most}


def check(field: models.Field[Any, Any], value: Any) -> None:
    """Raise a `ValidationError` unless a value is within its field's bounds; an empty one always is."""
    bounds = Bounds.of(field)
    if bounds is not None and value not in field.empty_values and not bounds.hold(value):
        raise ValidationError(bounds.sentence, code="out_of_bounds")


def is_in_time(value: date | datetime) -> bool:
    """Return True if a day or a moment lies between `EARLIEST` and `LATEST`."""
    if isinstance(value, datetime):
        # Compared by the day, so that the zone does not matter.
        value = value.date()
    return EARLIEST.date() < value < LATEST.date()


def require_in_time(value: date | datetime) -> None:
    if not is_in_time(value):
        raise ValidationError(gettext("This year is too far away."), code="out_of_bounds")


def _of_type(field: models.Field[Any, Any]) -> Bounds | None:
    """Return the bounds of this column's type in PostgreSQL."""
    if isinstance(field, models.DecimalField):
        most = Decimal(10) ** (field.max_digits - field.decimal_places) - Decimal(10) ** -field.decimal_places
        return Bounds(-most, most)
    if isinstance(field, models.IntegerField):
        return Bounds(*BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()])
    return None


@dataclass(frozen=True)
class ColumnRule:
    """A rule that the database enforces on a column beyond its type."""

    table: str
    column: str
    condition: str

    @property
    def name(self) -> str:
        """The name of the check, and the message of the triggers."""
        return f"{self.table}_{self.column}_bounds"


def bounded_fields() -> Iterator[models.Field[Any, Any]]:
    """Yield the fields of this project's models that have bounds."""
    for config in apps.get_app_configs():
        # All other apps are installed packages, and their tables are their own.
        if config.label in settings.OWN_APPS:
            for model in config.get_models(include_auto_created=True):
                yield from (field for field in model._meta.local_concrete_fields if Bounds.of(field) is not None)


def column_rules(connection: BaseDatabaseWrapper) -> Iterator[ColumnRule]:
    """Yield the rules that this database's column types do not enforce."""
    is_sqlite = connection.vendor == "sqlite"
    for field in bounded_fields():
        bounds = Bounds.of(field)
        if bounds is None or (not is_sqlite and (bounds == _of_type(field) or not _is_unbounded_text(field, bounds))):
            continue
        column = field.column or field.attname
        quoted = connection.ops.quote_name(column)
        row = f"NEW.{quoted}" if is_sqlite else quoted
        if bounds.length is not None:
            condition = f"length({row}) <= {bounds.length}"
        else:
            least, most = (_literal(value, is_sqlite) for value in (bounds.least, bounds.most))
            condition = f"{row} BETWEEN {least} AND {most}"
        yield ColumnRule(field.model._meta.db_table, column, condition)


def _is_unbounded_text(field: models.Field[Any, Any], bounds: Bounds) -> bool:
    """Return False for text whose length is part of the column's type."""
    return bounds.length is None or isinstance(field, models.TextField)


def _literal(value: Any, is_sqlite: bool) -> str:
    if isinstance(value, datetime):
        # SQLite keeps moments as UTC text, which sorts in the same order.
        return f"'{value:%Y-%m-%d %H:%M:%S}'" if is_sqlite else f"TIMESTAMPTZ '{value.isoformat()}'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'" if is_sqlite else f"DATE '{value.isoformat()}'"
    return str(value)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the database enforce all bounds. Harmless when repeated."""
    rules: dict[str, list[ColumnRule]] = {}
    tables = set(connection.introspection.table_names())
    for rule in column_rules(connection):
        if rule.table in tables:
            rules.setdefault(rule.table, []).append(rule)
    if connection.vendor == "sqlite":
        _make_triggers(connection, rules)
    else:
        _make_checks(connection, rules)


def _make_triggers(connection: BaseDatabaseWrapper, rules: dict[str, list[ColumnRule]]) -> None:
    with connection.cursor() as cursor:
        for table, found in rules.items():
            columns = ", ".join(connection.ops.quote_name(rule.column) for rule in found)
            refusals = " ".join(f"SELECT RAISE(ABORT, '{rule.name}') WHERE NOT ({rule.condition});" for rule in found)
            for event in ("INSERT", f"UPDATE OF {columns}"):
                name = f"{table}_bounds_{event.partition(' ')[0].lower()}"
                cursor.execute(
                    f'CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON "{table}" FOR EACH ROW BEGIN {refusals} END'
                )


def _make_checks(connection: BaseDatabaseWrapper, rules: dict[str, list[ColumnRule]]) -> None:
    """Add missing checks and replace changed ones, with one lock for each table concerned.

    A check's condition is kept as its comment, since PostgreSQL rewrites conditions.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, c.conname, obj_description(c.oid, 'pg_constraint') FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'c' AND c.conname LIKE %s "
            "AND t.relnamespace = current_schema()::regnamespace",
            [r"%\_bounds"],
        )
        there = {(table, name): condition for table, name, condition in cursor.fetchall()}
        wanted = {(rule.table, rule.name): rule.condition for found in rules.values() for rule in found}
        for table in sorted({table for table, _name in there.keys() ^ wanted.keys()} | set(rules)):
            drops = [key for key, condition in there.items() if key[0] == table and wanted.get(key) != condition]
            adds = [key for key, condition in wanted.items() if key[0] == table and there.get(key) != condition]
            parts = [f'DROP CONSTRAINT "{name}"' for _table, name in drops]
            parts += [f'ADD CONSTRAINT "{key[1]}" CHECK ({wanted[key]}) NOT VALID' for key in adds]
            if parts:
                cursor.execute(f'ALTER TABLE "{table}" {", ".join(parts)}')
            for key in adds:
                text = wanted[key].replace("'", "''")
                cursor.execute(f'COMMENT ON CONSTRAINT "{key[1]}" ON "{table}" IS \'{text}\'')
