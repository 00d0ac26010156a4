"""The console's picture of a seat map's quality, with the best seats for parties of a few sizes."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.seating.empty_hall import choose_in_empty_hall
from console.site import add_page
from theaters.models import SeatMap
from theaters.seat_maps import read_layout
from theaters.seat_maps.heat import draw_heat
from theaters.seat_maps.quality import rate_layout

PARTIES = (2, 4, 9)


def show_best_of_map(request: HttpRequest, map_id: int) -> HttpResponse:
    """Show how good each seat is, on a stage or for films, to all who may see the map."""
    maps = admin.site.get_model_admin(SeatMap)
    if not maps.has_view_permission(request):
        raise PermissionDenied
    seat_map = get_object_or_404(maps.get_queryset(request), pk=map_id)
    layout = read_layout(seat_map.layout)
    for_films = "films" in request.GET
    qualities = [one.screen if for_films else one.stage for one in rate_layout(layout)]
    parties = {size: choose_in_empty_hall(layout, qualities, size) for size in PARTIES}
    context = {
        **admin.site.each_context(request),
        "title": _("Best seats"),
        "subtitle": str(seat_map),
        "for_films": for_films,
        "parties": [
            (size, [layout.seats[index] for index in sorted(seats)]) for size, seats in parties.items() if seats
        ],
        "picture": draw_heat(layout, qualities, parties),
        "back": reverse("admin:theaters_seatmap_change", args=[seat_map.pk]),
    }
    return TemplateResponse(request, "admin/bookings/best_of_map.html", context)


add_page("seat-maps/<int:map_id>/best/", show_best_of_map, name="best_of_map")
