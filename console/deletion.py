"""What goes along when something is deleted in the console.

Rows that have a page of their own are named, and leave to delete them is asked for. All others, such as
the words by which an event is found, are part of the row that is deleted.
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

# Names as nested lists, how many of each kind, kinds that may not be deleted, and names of what forbids it.
Deleted = tuple[list[Any], dict[Any, int], set[Any], list[Any]]


def name_deleted(rows: Any, request: HttpRequest, site: AdminSite) -> Deleted:
    """Return what `ModelAdmin.get_deleted_objects` does."""
    collector = NestedObjects(using=router.db_for_write(rows[0]._meta.model), origin=rows)
    collector.collect(rows)
    # The stubs give its keys as words.
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
    """Return what a row is and is called, with a link where the person may open it."""
    kind = capfirst(row._meta.verbose_name)
    page = site._registry.get(type(row))
    if page is None or not page.has_view_permission(request, row):
        return f"{kind}: {row}"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    return format_html('{}: <a href="{}" dir="auto">{}</a>', kind, url, row)
