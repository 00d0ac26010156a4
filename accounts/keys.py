"""Columns that a row is found by, made from another of its fields whenever that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.search_keys import name_key, phone_key, voucher_key

if TYPE_CHECKING:
    KeyBase = models.CharField[str, str]
else:
    KeyBase = models.CharField

# How a key is made, by the name of the field that it is made from.
_MAKERS: dict[str, Callable[[str], str]] = {"name": name_key, "phone": phone_key, "code": voucher_key}


class KeyField(KeyBase):
    """A search key, kept true by `save`, `bulk_create` and, with `keys_of`, `update`."""

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
    """Return the keys of `model` that follow from `values`, by column."""
    return {
        field.attname: field.make(values[field.made_from])
        for field in model._meta.concrete_fields
        if isinstance(field, KeyField) and field.made_from in values
    }
