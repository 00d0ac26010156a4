"""The console's page to take a seat map along: as data, as a drawing, or as a plan for the wall."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from theaters.models import SeatMap
from theaters.seat_maps import Layout, read_layout, to_csv, to_json
from theaters.seat_maps.download_forms import DownloadForm, Format
from theaters.seat_maps.svg import to_svg
from theaters.seat_maps.wall_plan import Paper, plan_as_pdf, plan_as_png

_WRITERS: dict[Format, tuple[Callable[[SeatMap, Layout, Paper, bool], str | bytes], str]] = {
    Format.JSON: (lambda _map, layout, *_paper: to_json(layout), "application/json"),
    # With the mark by which spreadsheets recognize UTF-8.
    Format.CSV: (lambda _map, layout, *_paper: f"\ufeff{to_csv(layout)}", "text/csv; charset=utf-8"),
    Format.SVG: (lambda _map, layout, *_paper: to_svg(layout), "image/svg+xml"),
    Format.PNG: (plan_as_png, "image/png"),
    Format.PDF: (plan_as_pdf, "application/pdf"),
}


class DownloadMixin(ModelAdmin):
    @action(description=_("Download"), url_path="download", icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Offer the formats; return the file once one is chosen. For everyone who may see the map."""
        seat_map: SeatMap = get_object_or_404(self.get_queryset(request), pk=object_id)
        form = DownloadForm(request.GET if "format" in request.GET else None)
        if form.is_valid():
            return _answer(seat_map, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Download"),
            "subtitle": str(seat_map),
            "opts": self.model._meta,
            "form": form,
            "back": reverse("admin:theaters_seatmap_change", args=[seat_map.pk]),
        }
        return TemplateResponse(request, "admin/theaters/download.html", context)


def _answer(seat_map: SeatMap, form: DownloadForm) -> HttpResponse:
    chosen = Format(form.cleaned_data["format"])
    write, content_type = _WRITERS[chosen]
    content = write(seat_map, read_layout(seat_map.layout), form.paper_size, form.is_landscape)
    response = HttpResponse(content, content_type=content_type)
    name = f"seat-map-{seat_map.pk}-v{seat_map.version}.{chosen.value}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # A label may hold anything; a browser must not take the drawing for a page of ours.
    response["Content-Security-Policy"] = "sandbox"
    return response
