"""The console's pages for seat maps: uploading, reviewing and publishing."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.roles import Capability
from console.people import may_at, person_of, require_at
from console.scoped import ScopedAdmin
from lib.tables import Group
from theaters.admin.backdrop_calls import BackdropCallsMixin
from theaters.admin.check_drawing import CheckDrawingMixin
from theaters.admin.download_seat_map import DownloadMixin
from theaters.admin.draft_calls import DraftCallsMixin
from theaters.admin.new_seat_map import NewSeatMapMixin
from theaters.admin.seat_editor import SeatEditorMixin
from theaters.admin.seat_map_versions import SeatMapVersionsMixin
from theaters.admin.section_photos import SectionPhotosMixin
from theaters.models import Area, Seat, SeatCategory, SeatMap, SeatMapUpload
from theaters.seat_maps import InvalidSeatMap, Problem, check, read_layout
from theaters.seat_maps.forms import PublishForm, SeatMapUploadForm
from theaters.seat_maps.picture import describe_size, draw_picture
from theaters.seat_maps.problems import group_problems
from theaters.seat_maps.publish import DraftChanged, SeatMapRetired, publish_seat_map
from theaters.seat_maps.samples import SAMPLE, sample_csv, sample_xlsx
from theaters.seat_maps.uploads import choose_letters, problems_of, samples_of, start_upload, wake_lost

SAMPLE_FORMATS = {
    "csv": (sample_csv, "text/csv; charset=utf-8"),
    "xlsx": (sample_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@admin.register(SeatMap)
class SeatMapAdmin(
    BackdropCallsMixin,
    DraftCallsMixin,
    SeatEditorMixin,
    DownloadMixin,
    CheckDrawingMixin,
    NewSeatMapMixin,
    SeatMapVersionsMixin,
    SectionPhotosMixin,
    ScopedAdmin,
):
    """Versions of seat maps. A draft is replaced by the next upload; a published version stays."""

    theater_path = "hall__theater"
    list_display = ["hall", "version", "state_label", "places", "shows", "published_at"]
    list_filter = ["state", "hall__theater", "hall"]
    list_select_related = ["hall__theater"]
    search_fields = ["hall__name", "hall__theater__name"]
    fields = ["hall", "version", "state", "size", "created_at", "published_at", "problems", "picture"]
    readonly_fields = fields
    actions_list = ["new_map", "upload"]
    actions_detail = [
        "edit_drawing",
        "publish",
        "describe",
        "versions",
        "best_seats",
        "download",
        "photos",
        "edit_from",
    ]

    class Media:
        css: ClassVar = {"all": ["css/console/seat_map.css"]}

    def get_urls(self) -> list[Any]:
        reading = self.admin_site.admin_view(self.read_upload)
        sample = self.admin_site.admin_view(self.sample)
        return [
            path("upload/<int:upload_id>/", reading, name="theaters_seatmap_reading"),
            path("sample/", sample, name="theaters_seatmap_sample"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeatMap]:
        pinned = SeatMap.objects.filter(pk=OuterRef("pk")).order_by().values("pk").values_list(Count("shows"))
        rows: QuerySet[SeatMap] = super().get_queryset(request).select_related("hall__theater")
        rows = rows.annotate(show_count=Coalesce(Subquery(pinned), 0))
        # The layout of a large hall takes a megabyte; only the page of one map needs it.
        return rows.defer("layout")

    def has_edit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.EDIT_THEATER)
        row = SeatMap.objects.select_related("hall").filter(pk=object_id).first()
        return row is not None and may_at(request.user, Capability.EDIT_THEATER, row.hall.theater_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer editing and publishing for drafts, "Edit from" for others, and describing what was described here."""
        seat_map = SeatMap.objects.filter(pk=object_id)
        offered = {
            "_edit_drawing": seat_map.filter(state=SeatMap.State.DRAFT),
            "_publish": seat_map.filter(state=SeatMap.State.DRAFT),
            "_edit_from": seat_map.exclude(state=SeatMap.State.DRAFT),
            "_describe": seat_map.exclude(state=SeatMap.State.RETIRED).filter(layout__marquee__has_key="room"),
        }
        hidden = tuple(ending for ending, rows in offered.items() if not rows.exists())
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if not one.action_name.endswith(hidden)]

    @display(description=_("shows"), ordering="show_count")
    def shows(self, seat_map: SeatMap) -> int:
        return int(seat_map.show_count)  # type: ignore[attr-defined]

    @display(
        description=_("state"), ordering="state", label={"draft": "info", "published": "success", "retired": "default"}
    )
    def state_label(self, seat_map: SeatMap) -> tuple[str, str]:
        return seat_map.state, seat_map.get_state_display()

    @display(description=_("capacity"), ordering="capacity")
    def places(self, seat_map: SeatMap) -> int:
        return seat_map.capacity

    @display(description=_("capacity"))
    def size(self, seat_map: SeatMap) -> str:
        return describe_size(_read(seat_map).layout)

    @display(description=_("findings"))
    def problems(self, seat_map: SeatMap) -> str:
        groups = _read(seat_map).groups
        if not groups:
            return str(_("None. This map can be published.") if seat_map.state == SeatMap.State.DRAFT else _("None."))
        return render_to_string("admin/theaters/_problems.html", {"groups": groups})

    @display(description=_("picture"))
    def picture(self, seat_map: SeatMap) -> str:
        return _read(seat_map).picture

    @action(description=_("Upload a seat map"), permissions=["edit"], url_path="upload", icon="upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        hall = request.GET.get("hall", "")
        form = SeatMapUploadForm(
            self.own_halls(request), request.POST or None, request.FILES or None, initial={"hall": hall}
        )
        groups: list[Group[Problem]] = []
        if request.method == "POST" and form.is_valid():
            name, content = form.read()
            try:
                upload = start_upload(
                    hall=form.cleaned_data["hall"], file_name=name, content=content, by=person_of(request)
                )
            except InvalidSeatMap as refusal:
                groups = group_problems(refusal.problems)
            else:
                return self._redirect_to_result(request, upload)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a seat map"),
            "opts": self.model._meta,
            "form": form,
            "groups": groups,
            "sample": SAMPLE,
        }
        return TemplateResponse(request, "admin/theaters/upload.html", context)

    def read_upload(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Show the progress of a large file, ask for its encoding, or list its problems."""
        rows = SeatMapUpload.objects.select_related("hall__theater__city")
        upload = get_object_or_404(rows, pk=upload_id)
        if not may_at(request.user, Capability.EDIT_THEATER, upload.hall.theater_id):
            raise Http404
        if upload.state == SeatMapUpload.State.DRAWING:
            return self.check_drawing(request, upload)
        if request.method == "POST":
            try:
                choose_letters(upload=upload, encoding=request.POST.get("encoding", ""))
            finally:
                upload.refresh_from_db()
            return self._redirect_to_result(request, upload)
        is_working = upload.state == SeatMapUpload.State.READING
        if "part" in request.GET:
            response = TemplateResponse(request, "admin/theaters/_upload_progress.html", {"upload": upload})
            if not is_working:
                response["HX-Refresh"] = "true"
            return response
        if upload.state == SeatMapUpload.State.DONE:
            return self._redirect_to_result(request, upload)
        if is_working:
            wake_lost(upload)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a seat map"),
            "subtitle": upload.file_name,
            "opts": self.model._meta,
            "upload": upload,
            "is_working": is_working,
            "samples": samples_of(upload) if upload.state == SeatMapUpload.State.UNCLEAR else [],
            "groups": group_problems(problems_of(upload)),
            "again": f"{reverse('admin:theaters_seatmap_upload')}?hall={upload.hall_id}",
        }
        return TemplateResponse(request, "admin/theaters/reading.html", context)

    def sample(self, request: HttpRequest) -> HttpResponse:
        """Download a table to start from, as CSV or XLSX."""
        require_at(request.user, Capability.EDIT_THEATER)
        ending = "csv" if request.GET.get("format") == "csv" else "xlsx"
        write, content_type = SAMPLE_FORMATS[ending]
        response = HttpResponse(write(), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="seat-map.{ending}"'
        return response

    def _redirect_to_result(self, request: HttpRequest, upload: SeatMapUpload) -> HttpResponse:
        """Redirect to the draft, or to the page of an unfinished upload."""
        if upload.state != SeatMapUpload.State.DONE or upload.seat_map_id is None:
            return HttpResponseRedirect(reverse("admin:theaters_seatmap_reading", args=[upload.pk]))
        self.message_user(request, _("The file is read. Check the seat map, then publish it."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:theaters_seatmap_change", args=[upload.seat_map_id]))

    @action(description=_("Publish"), permissions=["edit"], url_path="publish", icon="check_circle")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Preview the seat map, let staff decide on names, sale and stage, and publish it."""
        seat_map = self._find(request, object_id)
        back = reverse("admin:theaters_seatmap_change", args=[seat_map.pk])
        if not self.has_edit_permission(request, object_id):
            raise PermissionDenied
        read = _read(seat_map)
        form = PublishForm(read.layout, request.POST or None, revision=seat_map.revision)
        if request.method == "POST" and form.is_valid():
            try:
                published = publish_seat_map(
                    seat_map=seat_map,
                    by=person_of(request),
                    changes=form.changes(),
                    revision=form.cleaned_data["revision"],
                )
            except DraftChanged as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
                return HttpResponseRedirect(reverse("admin:theaters_seatmap_publish", args=[seat_map.pk]))
            except (InvalidSeatMap, SeatMapRetired) as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                text = _("Version %(version)d is published; new shows get its %(capacity)d places.")
                numbers = {"version": published.version, "capacity": published.capacity}
                self.message_user(request, text % numbers, messages.SUCCESS)
                if published.version > 1:
                    # There, shows can be brought to it.
                    back = reverse("admin:theaters_seatmap_versions", args=[seat_map.pk])
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish"),
            "subtitle": str(seat_map),
            "opts": self.model._meta,
            "form": form,
            "picture": read.picture,
            "groups": read.groups,
            "back": back,
        }
        return TemplateResponse(request, "admin/theaters/publish.html", context)

    @action(description=_("Best seats"), url_path="best-seats", icon="star")
    def best_seats(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:best_of_map", args=[self._find(request, object_id).pk]))

    def _find(self, request: HttpRequest, object_id: str) -> SeatMap:
        found: SeatMap = get_object_or_404(self.get_queryset(request), pk=object_id)
        return found


class _Reading:
    """What pages show of one layout, each part computed once."""

    def __init__(self, seat_map: SeatMap) -> None:
        self.layout = read_layout(seat_map.layout)

    @cached_property
    def groups(self) -> list[Group[Problem]]:
        return group_problems(check(self.layout))

    @cached_property
    def picture(self) -> SafeString:
        return draw_picture(self.layout)


def _read(seat_map: SeatMap) -> _Reading:
    """Read a map once per fetched row: the console asks for every field several times."""
    found: _Reading | None = getattr(seat_map, "_reading", None)
    if found is None:
        found = _Reading(seat_map)
        seat_map._reading = found  # type: ignore[attr-defined]
    return found


class SeatMapPartAdmin(ScopedAdmin):
    """Rows that publishing made from a map; read-only, since a published map never changes."""

    theater_path = "seat_map__hall__theater"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("seat_map__hall__theater")
        return rows.defer("seat_map__layout")


@admin.register(SeatCategory)
class SeatCategoryAdmin(SeatMapPartAdmin):
    list_display = ["name", "seat_map", "rank", "color"]
    list_filter = ["seat_map__hall__theater"]
    search_fields = ["name", "seat_map__hall__name"]


@admin.register(Seat)
class SeatAdmin(SeatMapPartAdmin):
    list_display = ["section", "row", "number", "category", "seat_map", "is_accessible", "has_restricted_view"]
    list_filter = ["seat_map__hall", "is_accessible", "is_companion", "has_restricted_view"]
    search_fields = ["section", "row", "number", "guid"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("category")


@admin.register(Area)
class AreaAdmin(SeatMapPartAdmin):
    list_display = ["name", "capacity", "category", "seat_map"]
    list_filter = ["seat_map__hall__theater"]
    search_fields = ["name", "guid"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("category")
