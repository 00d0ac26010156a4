"""The standing areas of a show, read-only."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from console.read_only import ReadOnlyInline
from events.models import ShowArea


class AreaInline(ReadOnlyInline):
    """The standing areas of a show, read-only; each has a page where it is changed."""

    model = ShowArea
    fields = ["area", "taken", "capacity"]
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShowArea]:
        rows: QuerySet[ShowArea] = super().get_queryset(request).select_related("area")
        return rows
