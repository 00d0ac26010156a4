"""What the seat-map editor asks for to trace a plan: keeping a picture, and the picture itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from accounts.roles import Capability
from console.people import may_at, person_of
from lib.forms import Form
from theaters.models import Backdrop, SeatMap
from theaters.seat_maps.backdrops import note_seen, save_backdrop

MAX_PAGE = 10_000


class BackdropForm(Form):
    file = forms.FileField()
    page = forms.IntegerField(min_value=1, max_value=MAX_PAGE, required=False)


class BackdropCallsMixin(ModelAdmin):
    def get_urls(self) -> list[Any]:
        keep, show = self.admin_site.admin_view(self.keep_backdrop), self.admin_site.admin_view(self.show_backdrop)
        return [
            path("<int:seat_map_id>/backdrop/", keep, name="theaters_seatmap_keep_backdrop"),
            path("<int:seat_map_id>/backdrop/<uuid:backdrop_id>/", show, name="theaters_seatmap_backdrop"),
            *super().get_urls(),
        ]

    def keep_backdrop(self, request: HttpRequest, seat_map_id: int) -> HttpResponse:
        """Keep the POSTed `file`; of a PDF its `page`. Answers its id, address and size in pixels."""
        seat_map = _find(request, seat_map_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = BackdropForm(request.POST, request.FILES)
        if not form.is_valid():
            return _refuse([(error.code, str(message)) for errors in form.errors.as_data().values() for error in errors
                            for message in error.messages])  # fmt: skip
        cleaned = form.cleaned_data
        try:
            backdrop, pages = save_backdrop(
                hall=seat_map.hall, file=cleaned["file"], page=cleaned["page"] or 1, by=person_of(request)
            )
        except ValidationError as refusal:
            return _refuse([(refusal.code, message) for message in refusal.messages])
        content = {
            "id": str(backdrop.pk),
            "url": reverse("admin:theaters_seatmap_backdrop", args=[seat_map.pk, backdrop.pk]),
            "width": backdrop.width,
            "height": backdrop.height,
            "pages": pages,
        }
        return JsonResponse(content, status=HTTPStatus.CREATED)

    def show_backdrop(self, request: HttpRequest, seat_map_id: int, backdrop_id: UUID) -> HttpResponse:
        seat_map = _find(request, seat_map_id)
        # A copied map keeps the picture of the hall that it was copied from, within the theater.
        rows = Backdrop.objects.filter(hall__theater=seat_map.hall.theater_id)
        backdrop = get_object_or_404(rows, pk=backdrop_id)
        note_seen(backdrop)
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(bytes(backdrop.picture), content_type="image/webp", headers=headers)


def _find(request: HttpRequest, seat_map_id: int) -> SeatMap:
    seat_map: SeatMap = get_object_or_404(SeatMap.objects.select_related("hall").defer("layout"), pk=seat_map_id)
    if not may_at(request.user, Capability.EDIT_THEATER, seat_map.hall.theater_id):
        raise Http404
    return seat_map


def _refuse(found: list[tuple[str | None, str]]) -> HttpResponse:
    """Answer problems in the form of the draft's calls."""
    problems = [{"code": code or "invalid", "message": message, "where": "file"} for code, message in found]
    is_too_large = any(code == "too-large" for code, _message in found)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_too_large else HTTPStatus.UNPROCESSABLE_ENTITY
    return JsonResponse({"problems": problems}, status=status)
