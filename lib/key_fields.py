"""Search keys: columns that are derived from another field whenever that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from lib.search_keys import name_key, phone_key, voucher_key

Row = TypeVar("Row", bound=models.Model)

if TYPE_CHECKING:
    KeyBase = models.CharField[str, str]
else:
    KeyBase = models.CharField

# How a key is made, by the name of the field that it is made from.
_MAKERS: dict[str, Callable[[str], str]] = {
    "name": name_key,
    "attendee_name": name_key,
    "phone": phone_key,
    "code": voucher_key,
}


class KeyField(KeyBase):
    """A search key. A `Keyed` model with a `KeyedQuerySet` keeps it up to date in every way of writing."""

    def __init__(self, made_from: str, **kwargs: Any) -> None:
        self.made_from = made_from
        super().__init__(**{"blank": True, "default": "", "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.made_from, *args], kwargs

    def make(self, value: str) -> str:
        return _MAKERS[self.made_from](value)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.make(getattr(model_instance, self.made_from))
        setattr(model_instance, self.attname, value)
        return value


def keys_of(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the search keys of `model` that follow from `values`, by column."""
    return {
        field.attname: field.make(values[field.made_from])
        for field in model._meta.concrete_fields
        if isinstance(field, KeyField) and field.made_from in values
    }


class KeyedQuerySet(models.QuerySet[Row]):
    """Keep the search keys of its rows up to date."""

    def update(self, **values: Any) -> int:
        # No key follows from an expression; `bulk_update` passes those of the keys, too.
        written = {name: value for name, value in values.items() if isinstance(value, str)}
        return super().update(**(keys_of(self.model, written) | values))

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, columns = list(objs), list(fields)
        keys = keys_of(self.model, dict.fromkeys(columns, ""))
        for row in rows:
            for key, value in keys_of(self.model, {name: getattr(row, name) for name in columns}).items():
                setattr(row, key, value)
        return super().bulk_update(rows, [*columns, *keys], batch_size)


class Keyed(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            update_fields = {*update_fields, *keys_of(type(self), dict.fromkeys(update_fields, ""))}
        super().save(*args, update_fields=update_fields, **kwargs)
