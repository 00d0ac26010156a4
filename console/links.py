"""Show links only to pages that the person may open."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest


class PlainName:
    """Replaces a read-only field of a form to show the related row's name without a link."""

    __name__ = "plain_name"

    def __init__(self, label: str, shown: str) -> None:
        self.short_description = label
        self.shown = shown

    def __call__(self, row: models.Model) -> str:
        return self.shown


def remove_forbidden_links(form: AdminForm, site: AdminSite, request: HttpRequest) -> None:
    """Remove the links to related rows whose pages would refuse the person."""
    plain: dict[Any, PlainName] = {}
    row = form.form.instance
    for name in form.readonly_fields:
        related = _read_related(row, name)
        admin = site._registry.get(type(related)) if related is not None else None
        if admin is not None and not admin.has_view_or_change_permission(request, related):
            label = label_for_field(name, type(row), form.model_admin)
            plain[name] = PlainName(str(label), str(related))
    if plain:
        form.readonly_fields = _replace(form.readonly_fields, plain)
        form.fieldsets = [
            (title, {**options, "fields": _replace(options["fields"], plain)}) for title, options in form.fieldsets
        ]


def _read_related(row: models.Model, name: Any) -> models.Model | None:
    try:
        is_related = isinstance(name, str) and bool(row._meta.get_field(name).many_to_one)
    except FieldDoesNotExist:
        return None
    found: models.Model | None = getattr(row, name) if is_related else None
    return found


def _replace(fields: Any, plain: dict[Any, PlainName]) -> list[Any]:
    return [
        _replace(one, plain) if isinstance(one, list | tuple) else plain.get(one, one)  # several on one line
        for one in fields
    ]
