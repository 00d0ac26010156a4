"""A draft of a seat map as customers would see it, for the seat-map editor: drawn from what is not saved yet."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404

from bookings.admin.best_of_map import PARTIES
from bookings.seating.empty_hall import choose_in_empty_hall
from bookings.seating.layout_plan import draw_layout
from bookings.seating.plan import write_json
from console.site import add_page
from theaters.models import SeatMap
from theaters.seat_maps import InvalidSeatMap, read_layout
from theaters.seat_maps.drafts import MAX_DRAFT_BYTES, read_draft
from theaters.seat_maps.quality import rate_layout


def preview_map(request: HttpRequest, map_id: int) -> HttpResponse:
    """Answer the plan of the document that was sent, and the best seats in it for parties of a few sizes."""
    maps = admin.site.get_model_admin(SeatMap)
    if not maps.has_view_permission(request):
        raise PermissionDenied
    seat_map = get_object_or_404(maps.get_queryset(request), pk=map_id)
    if not maps.has_edit_permission(request, seat_map.pk):  # type: ignore[attr-defined]
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        layout = read_layout(read_draft(request.read(MAX_DRAFT_BYTES + 1)))
    except InvalidSeatMap as refusal:
        return JsonResponse({"message": str(refusal)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    qualities = [one.stage for one in rate_layout(layout)]
    best = json.dumps({size: choose_in_empty_hall(layout, qualities, size) for size in PARTIES})
    return HttpResponse(f'{{"plan":{write_json(draw_layout(layout))},"best":{best}}}', content_type="application/json")


add_page("seat-maps/<int:map_id>/preview/", preview_map, name="preview_map")
