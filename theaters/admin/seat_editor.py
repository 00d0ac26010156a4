"""The console's page of the seat-map editor. What its scripts ask for later is in `draft_calls.py`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from console.people import person_of
from theaters.admin.draft_calls import write_time
from theaters.admin.draft_words import find_draft_words
from theaters.admin.seat_editor_words import find_words
from theaters.models import SeatMap
from theaters.seat_maps import read_layout
from theaters.seat_maps.drawing import CATEGORY_MARKS


class SeatEditorMixin(ModelAdmin):
    @action(description=_("Edit"), permissions=["edit"], url_path="edit", icon="draw")
    def edit_drawing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open a draft in the editor. Any other version is made the draft first."""
        seat_map: SeatMap = self._find(request, object_id)
        if not self.has_edit_permission(request, object_id):
            raise PermissionDenied
        if seat_map.state != SeatMap.State.DRAFT:
            return HttpResponseRedirect(reverse("admin:theaters_seatmap_edit_from", args=[seat_map.pk]))
        document = read_layout(seat_map.layout).document
        context = {
            **self.admin_site.each_context(request),
            "title": _("Edit the seat map"),
            "opts": self.model._meta,
            "seat_map": seat_map,
            "back": reverse("admin:theaters_seatmap_change", args=[seat_map.pk]),
            "publish": reverse("admin:theaters_seatmap_publish", args=[seat_map.pk]),
            "page": {
                "document": document,
                "draft": _describe_draft(request, seat_map),
                "backdrop": reverse("admin:theaters_seatmap_keep_backdrop", args=[seat_map.pk]),
                "preview": reverse("admin:preview_map", args=[seat_map.pk]),
                "marks": CATEGORY_MARKS,
                "words": {**find_words(), **find_draft_words()},
            },
        }
        return TemplateResponse(request, "admin/theaters/seat_editor.html", context)


def _describe_draft(request: HttpRequest, seat_map: SeatMap) -> dict[str, Any]:
    """Return what the page needs to save the draft by itself, and whose changes a device keeps."""
    edit = reverse("admin:theaters_seatmap_edit_drawing", args=[seat_map.pk])
    return {
        "map": seat_map.pk,
        "hall": seat_map.hall_id,
        "person": salted_hmac("seat-editor.person", str(person_of(request).pk)).hexdigest()[:24],
        "revision": seat_map.revision,
        "by": str(seat_map.edited_by or ""),
        "at": write_time(seat_map, seat_map.edited_at) if seat_map.edited_at else "",
        "url": reverse("admin:theaters_seatmap_draft", args=[seat_map.pk]),
        "edit": edit,
        "signIn": f"{reverse('admin:login')}?next={edit}",
    }
