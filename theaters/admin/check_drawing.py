"""The console's page between the upload of a drawing and its draft: what was understood, and what to correct."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from console.people import person_of
from lib.tables import Group
from theaters.models import SeatMap, SeatMapUpload
from theaters.seat_maps import InvalidSeatMap, Problem, check
from theaters.seat_maps.drawing_forms import DrawingForm
from theaters.seat_maps.picture import draw_picture
from theaters.seat_maps.problems import group_problems
from theaters.seat_maps.svg import describe, read_drawing, suggest_choices, understand
from theaters.seat_maps.uploads import save_drawing


class CheckDrawingMixin(ModelAdmin):
    def check_drawing(self, request: HttpRequest, upload: SeatMapUpload) -> HttpResponse:
        """Show a drawing as it is understood; save it as the hall's draft. The caller has checked who asks."""
        drawing = read_drawing(bytes(upload.content))
        suggested = suggest_choices(drawing)
        form = DrawingForm(drawing, suggested, request.POST or None)
        groups: list[Group[Problem]] = []
        layout = None
        if not form.is_bound or form.is_valid():
            choices = form.choices() if form.is_bound else suggested
            try:
                layout = understand(drawing, choices).layout
                if request.POST.get("do") == "save" and layout.capacity:
                    save_drawing(upload=upload, choices=choices, by=person_of(request))
                    return self._open_drawn(request, upload)
                groups = group_problems(check(layout))
            except InvalidSeatMap as refusal:
                groups = group_problems(refusal.problems)
        is_part = "part" in request.GET
        context: dict[str, Any] = {
            "title": _("Check the drawing"),
            "subtitle": upload.file_name,
            "upload": upload,
            "form": form,
            "groups": groups,
            "picture": draw_picture(layout) if layout else "",
            "size": describe(layout) if layout else "",
            "replaced": SeatMap.objects.filter(hall=upload.hall_id, state=SeatMap.State.DRAFT)
            .select_related("hall__theater")
            .defer("layout")
            .first(),
            "again": f"{reverse('admin:theaters_seatmap_upload')}?hall={upload.hall_id}",
        }
        if not is_part:
            context |= {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        name = "_checked_drawing.html" if is_part else "check_drawing.html"
        return TemplateResponse(request, f"admin/theaters/{name}", context)

    def _open_drawn(self, request: HttpRequest, upload: SeatMapUpload) -> HttpResponse:
        upload.refresh_from_db()
        self.message_user(request, _("The draft is saved. Check the seat map, then publish it."), messages.SUCCESS)
        if upload.seat_map_id is None:
            return HttpResponseRedirect(reverse("admin:theaters_seatmap_changelist"))
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_change", args=[upload.seat_map_id]))
