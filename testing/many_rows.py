"""Many rows of any model, copied from existing ones: enough to detect a query per row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Value
from django.utils import timezone


def multiply(found: Iterable[type[Any]], count: int) -> None:
    """Copy rows of these models until there are `count` of each, referenced rows first.

    A copy differs from its original in unique fields, and refers to the same rows wherever possible.
    Raises an AssertionError that names rows that cannot be copied. Guards must be switched off.
    """
    for model in _in_order(set(found)):
        originals = list(model._default_manager.order_by("pk")) or [_make(model)]
        copies = [
            _copy(originals[number % len(originals)], number, originals) for number in range(len(originals), count)
        ]
        model._default_manager.bulk_create(copies)
        there = model._default_manager.count()
        assert there >= count, f"There are {there} of {model._meta.label}: teach many_rows.py to make them."


def _in_order(found: set[type[Any]]) -> Iterator[type[Any]]:
    done: set[type[Any]] = set()

    def visit(model: type[Any]) -> Iterator[type[Any]]:
        done.add(model)
        for field in model._meta.concrete_fields:
            if field.related_model in found and field.related_model not in done:
                yield from visit(field.related_model)
        yield model

    for model in sorted(found, key=lambda one: one._meta.label):
        if model not in done:
            yield from visit(model)


def _must_differ(original: Any) -> list[tuple[str, ...]]:
    """Return the sets of fields in which copies of a row must differ from each other."""
    model = type(original)
    values = {field.name: Value(getattr(original, field.attname), field) for field in model._meta.concrete_fields}
    alone = [(field.name,) for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    together = [tuple(names) for names in model._meta.unique_together]
    constraints = [
        tuple(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.fields
        and (constraint.condition is None or constraint.condition.check(values))
    ]
    return [*alone, *together, *constraints]


def _copy(original: Any, number: int, originals: list[Any]) -> Any:
    row = copy(original)
    row._state = copy(original._state)
    row._state.adding, row._state.fields_cache = True, {}
    row.pk = None
    different: set[str] = set()
    for names in _must_differ(original):
        fields = [original._meta.get_field(name) for name in names]
        if different & set(names) or any(getattr(row, field.attname) is None for field in fields):
            continue
        value, field = next(
            ((value, field) for field in fields if (value := _other(field, original, number, originals)) is not None),
            (None, None),
        )
        assert field is not None, f"Teach many_rows.py how two of {original._meta.label} differ in {names}."
        setattr(row, field.attname, value)
        different.add(field.name)
    return row


def _other(field: Any, original: Any, number: int, originals: list[Any]) -> Any:
    """Return a value of a field that no original has and no other number gets, or None if there is none."""
    value = getattr(original, field.attname)
    taken = {getattr(row, field.attname) for row in originals} - {None}
    if isinstance(field, models.ForeignKey):
        free = field.related_model._default_manager.exclude(pk__in=taken).order_by("pk").values_list("pk", flat=True)
        place = number - len(originals)
        return next(iter(free[place : place + 1]), None)
    if field.choices:
        return None
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.IntegerField | models.DecimalField):
        return max(taken) + number
    if isinstance(field, models.CharField | models.TextField):
        return f"{number}-{value}"[: field.max_length]
    return None


def _make(model: type[Any]) -> Any:
    """Make the first row of a model, from what its fields require."""
    row = model()
    for field in model._meta.concrete_fields:
        if field.primary_key or field.null or field.has_default() or (field.blank and field.empty_strings_allowed):
            continue
        setattr(row, field.attname, _any_value(field))
    model._default_manager.bulk_create([row])
    return model._default_manager.get()


def _any_value(field: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        return field.related_model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.GenericIPAddressField):
        return "127.0.0.1"
    if isinstance(field, models.CharField | models.TextField):
        return "word"
    return 1
