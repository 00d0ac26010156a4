"""What the database refused, as a sentence for people and the fields that it is about.

Constraints have their sentence in `violation_error_message`, guards in `message`, columns in their bounds.
The console, forms and the API all ask here, so that a rule reads the same wherever it is broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, models
from django.db.models.constants import LOOKUP_SEP
from django.utils.functional import lazy
from django.utils.translation import gettext

from lib import guards
from lib.bounds import Bounds, ColumnRule, bounded_fields

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_UNIQUE = "UNIQUE constraint failed: "
_CHECK = "CHECK constraint failed: "
# In PostgreSQL's detail: “Key (theater_id, code_key)=(1, A) already exists.”
_KEY = re.compile(r"Key \((.*?)\)=")
FOREIGN_KEY = "FOREIGN KEY constraint failed"
FOREIGN_KEY_STATE = "23503"


@dataclass(frozen=True)
class Violation:
    """A rule that was broken; it is reported at the first of `fields` that a form has."""

    sentence: StrOrPromise
    model: type[models.Model] | None = None
    fields: tuple[str, ...] = ()


def fields_of(constraint: models.BaseConstraint) -> tuple[str, ...]:
    """Return the names of the fields that a constraint is about, in the order in which it names them."""
    names: list[str] = list(getattr(constraint, "fields", ()))
    condition = getattr(constraint, "condition", None)
    for part in (*getattr(constraint, "expressions", ()), *([] if names or condition is None else [condition])):
        names.extend(_names_in(part))
    return tuple(dict.fromkeys(names))


def _names_in(part: Any) -> list[str]:
    if isinstance(part, models.Q):
        return [name for child in part.children for name in _names_in(child)]
    if isinstance(part, tuple):
        lookup, value = part
        return [lookup.split(LOOKUP_SEP)[0], *_names_in(value)]
    if isinstance(part, models.F):
        return [str(part.name)]  # type: ignore[attr-defined]
    if hasattr(part, "get_source_expressions"):
        return [name for source in part.get_source_expressions() for name in _names_in(source)]
    return []


def describe_violation(constraint: models.BaseConstraint, model: type[models.Model]) -> Violation:
    """Return the violation of a constraint of that model.

    Fields that people type come before those that they choose from a list: if a hall's name is taken in its
    theater, the name is wrong, not the theater.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    # A key stands for the field that people see.
    names = [getattr(fields.get(name), "made_from", name) for name in fields_of(constraint)]
    names.sort(key=lambda name: name in fields and fields[name].is_relation)
    return Violation(constraint.violation_error_message or constraint.name, model, tuple(names))


def has_sentence(constraint: models.BaseConstraint) -> bool:
    """Return True if the constraint has a sentence of its own."""
    return constraint.violation_error_message != constraint.default_violation_error_message


def name_of(error: DatabaseError) -> str:
    """Return the name of the constraint, guard or bounds that refused a statement, or ""."""
    found = _diagnose(error)
    if found is not None:
        return found.constraint_name or ""
    text = str(error)
    for start in (_CHECK, f"{_UNIQUE}index "):
        if text.startswith(start):
            return text.removeprefix(start).strip("'")
    if text.startswith(_UNIQUE):
        model, names = _columns(text)
        return next((one.name for one in _constraints(model) if getattr(one, "fields", ()) == names), "")
    return text.partition(":")[0]


def read_violation(error: Exception) -> Violation | None:
    """Return what a statement violated, or None if no input can have been the cause."""
    if isinstance(error, DataError):
        return Violation(
            gettext("One of these values is too long or too large, or has characters that can’t be stored.")
        )
    if not isinstance(error, IntegrityError):
        return None
    name = name_of(error)
    if name in _named():
        return _named()[name]
    if found := _read_unique(error):
        return found
    state = getattr(_diagnose(error), "sqlstate", "")
    if state == FOREIGN_KEY_STATE or FOREIGN_KEY in str(error):
        return Violation(gettext("Something that belongs to this has been deleted or is still in use."))
    return None


def _diagnose(error: DatabaseError) -> Any:
    """Return PostgreSQL's diagnosis of an error; None on SQLite, which has only a text."""
    return getattr(error.__cause__, "diag", None)


def _read_unique(error: IntegrityError) -> Violation | None:
    """Return the violation of a unique column."""
    found = _diagnose(error)
    if found is None:
        model, names = _columns(str(error)) if str(error).startswith(_UNIQUE) else (None, ())
    else:
        key = _KEY.search(found.message_detail or "") if found.message_primary.startswith("duplicate key") else None
        model = _models().get(found.table_name)
        names = tuple(part.strip() for part in key[1].split(",")) if key else ()
    if model is None or not names:
        return None
    fields = tuple(_field_name(model, column) for column in names)
    return Violation(" ".join(model().unique_error_message(model, fields).messages), model, fields)


def _columns(text: str) -> tuple[type[models.Model] | None, tuple[str, ...]]:
    """Parse “UNIQUE constraint failed: events_event.slug”."""
    parts = [part.strip().split(".") for part in text.removeprefix(_UNIQUE).split(",")]
    model = _models().get(parts[0][0])
    return model, tuple(_field_name(model, part[-1]) for part in parts) if model else ()


def _field_name(model: type[models.Model], column: str) -> str:
    found = next((field.name for field in model._meta.concrete_fields if field.column == column), None)
    return found or column


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def _constraints(model: type[models.Model] | None) -> list[models.BaseConstraint]:
    return list(model._meta.constraints) if model else []


@cache
def _named() -> dict[str, Violation]:
    """Return all named rules by name."""
    known = {
        one.name: describe_violation(one, model)
        for model in _models().values()
        for one in _constraints(model)
        if has_sentence(one)
    }
    for guard in guards.declared():
        model = _models().get(guard.table)
        names = tuple(_field_name(model, column) for column in guard.columns) if model else ()
        known[guard.name] = Violation(guard.message, model, names)
        if guard.constraint:
            known[guard.constraint] = known[guard.name]
    for field in bounded_fields():
        found, table = Bounds.of(field), field.model._meta.db_table
        if found is not None:
            name = ColumnRule(table, field.column or field.attname, "").name
            # Lazy: translated when it is shown.
            known[name] = Violation(lazy(lambda of=found: of.sentence, str)(), field.model, (field.name,))
    return known
