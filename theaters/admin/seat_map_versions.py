"""The console's pages for the versions of a hall's seat map: all of them, two compared, and editing from one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from accounts.models import User
from accounts.roles import Capability
from console.people import may_at, person_of, require_at
from console.scoped import MAX_KEY_DIGITS
from theaters.models import SeatMap
from theaters.seat_maps import read_layout
from theaters.seat_maps.change_words import describe_changes
from theaters.seat_maps.compare import compare_layouts
from theaters.seat_maps.compare_picture import draw_comparison
from theaters.seat_maps.drafts import save_draft_revision, start_next_draft
from theaters.seat_maps.history import read_history
from theaters.seat_maps.publish import DraftChanged


class SeatMapVersionsMixin(ModelAdmin):
    def get_urls(self) -> list[Any]:
        comparing = self.admin_site.admin_view(self.compare)
        return [path("compare/", comparing, name="theaters_seatmap_compare"), *super().get_urls()]

    @action(description=_("Versions"), url_path="versions", icon="difference")
    def versions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List all versions of the hall's map with their pictures and what changed."""
        seat_map = self._find_version(request, object_id)
        versions = read_history(seat_map.hall)
        chosen = [version.seat_map.pk for version in versions]
        context = {
            "title": _("Versions"),
            "subtitle": str(seat_map.hall),
            "hall": seat_map.hall,
            "versions": versions,
            "before": chosen[1] if len(chosen) > 1 else None,
            "after": chosen[0],
            "may_edit": may_at(request.user, Capability.EDIT_THEATER, seat_map.hall.theater_id),
            "may_bring": may_at(request.user, Capability.EDIT_PROGRAMME, seat_map.hall.theater_id),
            "back": reverse("admin:theaters_seatmap_change", args=[seat_map.pk]),
        }
        return self._render_version(request, "versions.html", context)

    def compare(self, request: HttpRequest) -> HttpResponse:
        """Show what changed from one version to another of the same hall's map."""
        before, after = (self._find_version(request, request.GET.get(name, "")) for name in ("before", "after"))
        if before.hall_id != after.hall_id:
            raise Http404
        found = compare_layouts(read_layout(before.layout), read_layout(after.layout))
        context = {
            "title": _("What changed from version %(before)d to %(after)d")
            % {"before": before.version, "after": after.version},
            "subtitle": str(after.hall),
            "before": before,
            "after": after,
            "changes": describe_changes(found),
            "picture": draw_comparison(found),
            "back": reverse("admin:theaters_seatmap_versions", args=[after.pk]),
        }
        return self._render_version(request, "compare.html", context)

    @action(description=_("Edit from this version"), permissions=["edit"], url_path="edit-from", icon="edit_square")
    def edit_from(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make this version the hall's draft, once staff have seen which draft it replaces."""
        seat_map = self._find_version(request, object_id)
        require_at(request.user, Capability.EDIT_THEATER, seat_map.hall.theater_id)
        drafts = SeatMap.objects.filter(hall=seat_map.hall, state=SeatMap.State.DRAFT)
        draft = drafts.select_related("hall__theater").first()
        if draft is not None and draft.pk == seat_map.pk:
            return self._open_editor(seat_map)
        replaced = draft if draft is not None and draft.layout != seat_map.layout else None
        seen = str(replaced.revision) if replaced else ""
        if request.method == "POST" and request.POST.get("seen") == seen:
            try:
                made = _copy_version(seat_map, replaced, person_of(request))
            except DraftChanged:
                return HttpResponseRedirect(request.path)
            return self._open_editor(made)
        if request.method == "POST":
            self.message_user(request, _("The draft was changed in the meantime. Please look again."), messages.WARNING)
        context = {
            "title": _("Edit from this version"),
            "subtitle": str(seat_map),
            "seat_map": seat_map,
            "replaced": replaced,
            "seen": seen,
            "changes": _describe(replaced, seat_map) if replaced else [],
            "back": reverse("admin:theaters_seatmap_versions", args=[seat_map.pk]),
        }
        return self._render_version(request, "edit_from.html", context)

    def _find_version(self, request: HttpRequest, seat_map_id: str) -> SeatMap:
        number = seat_map_id if seat_map_id.isdecimal() and len(seat_map_id) <= MAX_KEY_DIGITS else None
        seat_map: SeatMap = get_object_or_404(self.get_queryset(request), pk=number)
        return seat_map

    def _open_editor(self, draft: SeatMap) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk]))

    def _render_version(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        around = {**self.admin_site.each_context(request), "opts": self.model._meta}
        return TemplateResponse(request, f"admin/theaters/{template}", {**around, **context})


def _copy_version(seat_map: SeatMap, replaced: SeatMap | None, by: User) -> SeatMap:
    """Make a version the hall's draft, instead of the one that staff have seen. Raises `DraftChanged`."""
    if replaced is None:
        return start_next_draft(seat_map=seat_map, document=seat_map.layout, by=by)
    return save_draft_revision(seat_map=replaced, revision=replaced.revision, document=seat_map.layout, by=by)


def _describe(draft: SeatMap, seat_map: SeatMap) -> list[str]:
    """Return what the draft would lose: how it differs from the version that replaces it."""
    return describe_changes(compare_layouts(read_layout(seat_map.layout), read_layout(draft.layout)))
