"""What is deleted along with a row in the console.

Rows that have pages of their own are listed and need the permission to delete them. All others, such as
the words by which an event is found, are part of the row.
"""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import NestedObjects, quote
from django.db import models, router
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

# Nested lists of names, counts by kind, kinds that the person may not delete, and names of protected rows.
Deleted = tuple[list[Any], dict[Any, int], set[Any], list[Any]]


def name_deleted(rows: Any, request: HttpRequest, site: AdminSite) -> Deleted:
    """Return what `ModelAdmin.get_deleted_objects` does."""
    collector = NestedObjects(using=router.db_for_write(rows[0]._meta.model), origin=rows)
    collector.collect(rows)
    # In the stubs, its keys are strings.
    collected: dict[Any, Any] = dict(collector.model_objs)
    pages = site._registry
    going = {model: found for model, found in collected.items() if model in pages}
    collector.edges = {
        parent: [row for row in found if type(row) in pages] for parent, found in collector.edges.items()
    }
    lacking = {
        model._meta.verbose_name
        for model, found in going.items()
        if not all(pages[model].has_delete_permission(request, row) for row in found)
    }
    name = partial(_name, request, site)
    counts = {model._meta.verbose_name_plural: len(found) for model, found in going.items()}
    return collector.nested(name), counts, lacking, [name(row) for row in collector.protected]


def _name(request: HttpRequest, site: AdminSite, row: models.Model) -> str:
    """Return the kind and name of a row, with a link if the person may open it."""
    kind = capfirst(row._meta.verbose_name)
    page = site._registry.get(type(row))
    if page is None or not page.has_view_permission(request, row):
        return f"{kind}: {row}"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    return format_html('{}: <a href="{}" dir="auto">{}</a>', kind, url, row)
