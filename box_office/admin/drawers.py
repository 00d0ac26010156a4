"""All drawers: who had them, what was in them, and what was counted. To read and to export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.roles import Capability
from box_office.selectors import local_day
from console.read_only import ReadOnlyAdmin
from lib.moments import write_moment
from lib.money import format_money, write_plain
from lib.spreadsheets import csv_lines, disarm
from payments.models import Drawer


class DifferenceFilter(admin.SimpleListFilter):
    """Filter the drawers that are open, or whose count was off."""

    title = _("count")
    parameter_name = "count"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("off", _("differs")), ("open", _("still open"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drawer]) -> QuerySet[Drawer]:
        if self.value() == "off":
            return queryset.exclude(counted=F("expected")).exclude(closed_at__isnull=True)
        return queryset.filter(closed_at__isnull=True) if self.value() == "open" else queryset


@admin.register(Drawer)
class DrawerAdmin(ReadOnlyAdmin):
    """Every drawer of the theaters whose money one may see: who had it, what was in it, and what was counted."""

    theater_path = "theater"
    see = Capability.SEE_MONEY
    list_display = ["opened", "person", "theater", "until", "float", "due", "found", "off", "day_end"]
    list_filter = ["theater", ("opened_at", RangeDateTimeFilter), DifferenceFilter]
    list_select_related = ["theater__city", "person", "closed_by"]
    search_fields = ["explanation"]
    search_people = ["person"]
    list_before_template = "admin/list_export.html"
    empty_help = _("Drawers are opened at the box office by those who sell for cash.")
    search_help_text = _("Person, or how a difference was explained")
    fields = ["theater", "person", "opened", "until", "float", "due", "found", "off", "explanation", "closed_by"]

    def get_urls(self) -> list[Any]:
        page = path("export.csv", self.admin_site.admin_view(self.export), name="payments_drawer_export")
        return [page, *super().get_urls()]

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """Stream the drawers of this person's list, filters and search included, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        drawers = self.get_changelist_instance(request).queryset
        response = StreamingHttpResponse(csv_lines(_rows(drawers)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="drawers.csv"'
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the page of a closed drawer with everything that moved in it; describe an open one in short."""
        drawer = self.get_object(request, object_id)
        if drawer is not None and not drawer.is_open and self.has_view_permission(request, drawer):
            return HttpResponseRedirect(reverse("admin:box_office_drawer_closed", args=[drawer.pk]))
        return super().change_view(request, object_id, *args, **kwargs)  # type: ignore[no-any-return]

    @display(description=_("opened"), ordering="opened_at")
    def opened(self, drawer: Drawer) -> str:
        return _write_moment(drawer.opened_at, drawer)

    @display(description=_("closed"), ordering="closed_at")
    def until(self, drawer: Drawer) -> str:
        return _write_moment(drawer.closed_at, drawer) if drawer.closed_at else gettext("still open")

    @display(description=_("opening float"), ordering="opening_float")
    def float(self, drawer: Drawer) -> str:
        return format_money(drawer.opening_float, drawer.currency)

    @display(description=_("expected"), ordering="expected")
    def due(self, drawer: Drawer) -> str:
        return format_money(drawer.expected, drawer.currency) if drawer.expected is not None else "–"

    @display(description=_("counted"), ordering="counted")
    def found(self, drawer: Drawer) -> str:
        return format_money(drawer.counted, drawer.currency) if drawer.counted is not None else "–"

    @display(description=_("difference"), label={"short": "danger", "over": "warning", "none": "success"})
    def off(self, drawer: Drawer) -> tuple[str, str] | str:
        if drawer.difference is None:
            return "–"
        text = format_money(drawer.difference, drawer.currency)
        return ("short" if drawer.difference < 0 else "over" if drawer.difference else "none"), text

    @display(description=_("day end"))
    def day_end(self, drawer: Drawer) -> str:
        day = local_day(drawer.opened_at, drawer.theater)
        query = urlencode({"theater": drawer.theater.slug, "day": day.isoformat(), "person": drawer.person_id})
        address = f"{reverse('admin:box_office_day_end')}?{query}"
        return format_html('<a href="{}" class="underline">{}</a>', address, date_format(day, "SHORT_DATE_FORMAT"))


def _write_moment(moment: datetime, drawer: Drawer) -> str:
    return write_moment(moment, drawer.theater.tz, "SHORT_DATETIME_FORMAT")


def _rows(drawers: QuerySet[Drawer]) -> Iterator[list[str]]:
    yield [
        "theater", "person", "opened", "closed", "closed by", "currency", "opening float", "expected", "counted",
        "difference", "explanation",
    ]  # fmt: skip
    for drawer in drawers.select_related("theater__city", "person", "closed_by").iterator(chunk_size=1000):
        amounts = [drawer.opening_float, drawer.expected, drawer.counted, drawer.difference]
        yield [
            disarm(drawer.theater.name),
            disarm(str(drawer.person)),
            *(
                timezone.localtime(moment, drawer.theater.tz).isoformat(timespec="minutes") if moment else ""
                for moment in (drawer.opened_at, drawer.closed_at)
            ),
            disarm(str(drawer.closed_by or "")),
            drawer.currency,
            *(write_plain(amount, drawer.currency) if amount is not None else "" for amount in amounts),
            disarm(drawer.explanation),
        ]
