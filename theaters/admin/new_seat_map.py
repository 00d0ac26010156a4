"""The console's page for a new seat map: described and drawn, begun from a gallery, or copied from another hall."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from accounts.roles import Capability
from console.people import person_of, require_at
from console.scoped import MAX_KEY_DIGITS
from theaters.models import Hall, SeatMap
from theaters.seat_maps import InvalidSeatMap, Layout, read_layout
from theaters.seat_maps.described import keep_description, read_description
from theaters.seat_maps.forms import CopyForm, EmptyForm
from theaters.seat_maps.gallery import draw_gallery, find_shape
from theaters.seat_maps.picture import describe_size, draw_picture
from theaters.seat_maps.publish import import_layout, start_empty_draft
from theaters.seat_maps.room_forms import (
    MAX_PARTS,
    BasePartFormSet,
    PartFormSet,
    RoomForm,
    draw_forms,
    form_data,
    typed_parts,
)


class NewSeatMapMixin(ModelAdmin):
    def own_halls(self, request: HttpRequest) -> QuerySet[Hall]:
        """Return the halls whose seat maps the person may change."""
        halls = Hall.objects.select_related("theater__city")
        scoped: QuerySet[Hall] = self.admin_site._registry[Hall].scope(halls, request.user, Capability.EDIT_THEATER)
        return scoped

    @action(description=_("New map"), permissions=["edit"], url_path="new", icon="add")
    def new_map(self, request: HttpRequest) -> HttpResponse:
        """Offer the gallery; describe and draw the room that was chosen there; save it as the hall's draft."""
        what = request.POST.get("do", "draw")
        if request.method == "POST":
            other_ways = {"copy": self._copy, "empty": self._begin_empty}
            return other_ways[what](request) if what in other_ways else self._work_on_room(request, what)
        if "map" in request.GET:
            return self._show_described(request, request.GET["map"])
        if shape := find_shape(request.GET.get("shape", "")):
            return self._show_parts(request, request.GET.get("hall", ""), shape.front, shape.initial)
        return self._show_gallery(request)

    @action(description=_("Change"), permissions=["edit"], url_path="describe", icon="edit")
    def describe(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the description from which a map was drawn."""
        seat_map = self._find_own_map(request, object_id)
        return HttpResponseRedirect(f"{reverse('admin:theaters_seatmap_new_map')}?map={seat_map.pk}")

    def _show_described(self, request: HttpRequest, seat_map_id: str) -> HttpResponse:
        """Show the description of a map, whose new drawing becomes its hall's draft."""
        seat_map = self._find_own_map(request, seat_map_id)
        if found := read_description(read_layout(seat_map.layout)):
            return self._show_parts(request, str(seat_map.hall_id), found.front, found.parts)
        text = _("This map was not drawn here, or was changed since. Download it, change the file and upload it.")
        self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_change", args=[seat_map.pk]))

    def _find_own_map(self, request: HttpRequest, seat_map_id: str) -> SeatMap:
        number = seat_map_id if seat_map_id.isdecimal() and len(seat_map_id) <= MAX_KEY_DIGITS else None
        seat_map: SeatMap = get_object_or_404(self.get_queryset(request), pk=number)
        require_at(request.user, Capability.EDIT_THEATER, seat_map.hall.theater_id)
        return seat_map

    def _copy_form(self, request: HttpRequest) -> CopyForm:
        sources = self.get_queryset(request).exclude(state=SeatMap.State.RETIRED)
        # The gallery's own choice of a hall stands on the same page.
        return CopyForm(
            self.own_halls(request),
            sources,
            request.POST if request.POST.get("do") == "copy" else None,
            initial={"hall": request.GET.get("hall", "")},
            auto_id="copy_%s",
        )

    def _empty_form(self, request: HttpRequest) -> EmptyForm:
        sent = request.POST if request.POST.get("do") == "empty" else None
        return EmptyForm(
            self.own_halls(request), sent, initial={"hall": request.GET.get("hall", "")}, auto_id="empty_%s"
        )

    def _show_gallery(
        self, request: HttpRequest, copy: CopyForm | None = None, empty: EmptyForm | None = None
    ) -> HttpResponse:
        context = {
            "title": _("New map"),
            "form": RoomForm(self.own_halls(request), initial={"hall": request.GET.get("hall", "")}),
            "gallery": draw_gallery(),
            "copy": copy or self._copy_form(request),
            "empty": empty or self._empty_form(request),
        }
        return self._render(request, "new_map.html", context)

    def _begin_empty(self, request: HttpRequest) -> HttpResponse:
        """Open the hall's draft in the editor, a new and empty one if it has none."""
        form = self._empty_form(request)
        if not form.is_valid():
            return self._show_gallery(request, empty=form)
        draft = start_empty_draft(hall=form.cleaned_data["hall"], by=person_of(request))
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk]))

    def _copy(self, request: HttpRequest) -> HttpResponse:
        form = self._copy_form(request)
        if form.is_valid():
            source = form.cleaned_data["source"]
            try:
                draft = import_layout(
                    hall=form.cleaned_data["hall"],
                    layout=read_layout(source.layout),
                    file_name=str(source),
                    by=person_of(request),
                )
            except InvalidSeatMap as refusal:
                form.add_error("source", str(refusal))
            else:
                return self._open_draft(request, draft)
        return self._show_gallery(request, copy=form)

    def _work_on_room(self, request: HttpRequest, what: str) -> HttpResponse:
        if (changed := _change_parts(typed_parts(request.POST), what)) is not None:
            return self._show_parts(request, request.POST.get("hall", ""), request.POST.get("front", ""), changed)
        form = RoomForm(self.own_halls(request), request.POST)
        parts = PartFormSet(request.POST, prefix="parts")
        layout = draw_forms(form, parts)
        if what == "save" and layout is not None and form.is_valid():
            hall = form.cleaned_data["hall"]
            keep_description(layout.document, form, parts)
            return self._open_draft(
                request, import_layout(hall=hall, layout=layout, file_name=str(_("New map")), by=person_of(request))
            )
        return self._show_room(request, form, parts, (form, parts, layout))

    def _show_parts(self, request: HttpRequest, hall: str, front: str, parts: list[dict[str, Any]]) -> HttpResponse:
        """Show parts without errors at their fields, though the drawing says what it can't show yet."""
        halls = self.own_halls(request)
        data = form_data(hall=hall, front=front, parts=parts)
        tried, tried_parts = RoomForm(halls, data), PartFormSet(data, prefix="parts")
        drawn = draw_forms(tried, tried_parts)
        form = RoomForm(halls, initial={"hall": hall, "front": front})
        return self._show_room(request, form, PartFormSet(initial=parts, prefix="parts"), (tried, tried_parts, drawn))

    def _show_room(
        self,
        request: HttpRequest,
        form: RoomForm,
        parts: BasePartFormSet,
        drawn: tuple[RoomForm, BasePartFormSet, Layout | None],
    ) -> HttpResponse:
        tried, tried_parts, layout = drawn
        context = {
            "title": _("New map"),
            "form": form,
            "parts": parts,
            "can_add": len(parts.forms) < MAX_PARTS,
            "picture": draw_picture(layout) if layout else "",
            "size": describe_size(layout) if layout else "",
            "faults": [] if layout else _list_faults(tried, tried_parts),
            "replaced": self._find_draft(tried),
        }
        is_part = "part" in request.GET
        return self._render(request, "_room_drawing.html" if is_part else "room.html", context, is_part=is_part)

    def _find_draft(self, form: RoomForm) -> SeatMap | None:
        """Return the draft that the new one would replace."""
        hall = form.cleaned_data.get("hall")
        drafts = SeatMap.objects.filter(hall=hall, state=SeatMap.State.DRAFT).select_related("hall__theater")
        return drafts.defer("layout").first() if hall else None

    def _open_draft(self, request: HttpRequest, draft: SeatMap) -> HttpResponse:
        self.message_user(request, _("The draft is saved. Check the seat map, then publish it."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_change", args=[draft.pk]))

    def _render(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, is_part: bool = False
    ) -> HttpResponse:
        around = {} if is_part else {**self.admin_site.each_context(request), "opts": self.model._meta}
        return TemplateResponse(request, f"admin/theaters/{template}", {**around, **context})


def _change_parts(parts: list[dict[str, Any]], what: str) -> list[dict[str, Any]] | None:
    """Return the parts after `add`, `remove-2` or `forward-2`, counted from 0; None if something else is wanted."""
    verb, _hyphen, number = what.partition("-")
    at = int(number) if number.isascii() and number.isdecimal() and len(number) <= len(str(MAX_PARTS)) else len(parts)
    match verb:
        case "add":
            parts = [*parts, {}][:MAX_PARTS]
        case "remove":
            parts = parts[:at] + parts[at + 1 :]
        case "forward":
            if 0 < at < len(parts):
                parts[at - 1], parts[at] = parts[at], parts[at - 1]
        case _:
            return None
    return parts or [{}]


def _list_faults(form: RoomForm, parts: BasePartFormSet) -> list[str]:
    """Return what is wrong, in the order of the page: part, field and sentence."""
    faults = [*form.non_field_errors(), *parts.non_form_errors()]
    for number, part in enumerate(parts.forms, start=1):
        for name, errors in part.errors.items():
            place = _("Part %(number)d, %(field)s") % {"number": number, "field": part.fields[name].label}
            faults += [f"{place}: {error}" for error in errors]
    return [str(fault) for fault in faults]
