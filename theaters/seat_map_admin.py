"""The console's pages for seat maps: they arrive as files, are looked at, and are published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from theaters.access import Capability
from theaters.models import Area, Hall, Seat, SeatCategory, SeatMap
from theaters.seat_maps import InvalidSeatMap, check, read_layout, to_json
from theaters.services import SeatMapRetired, import_seat_map, publish_seat_map
from ticketing.console import ScopedAdmin, may_at, person_of

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
SHOWN_PROBLEMS = 50


class UploadForm(forms.Form):
    """A file, and the hall that it is of."""

    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("Hall"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("A seating plan as JSON, or a table as CSV with section, row, number and category."),
    )

    def __init__(self, halls: QuerySet[Hall], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("This file is larger than %(limit)d MB."), params={"limit": 20})
        return upload


@admin.register(SeatMap)
class SeatMapAdmin(ScopedAdmin):
    """Versions of halls. A draft is replaced by the next upload; what is published stays."""

    theater_path = "hall__theater"
    list_display = ["hall", "version", "state_label", "capacity", "shows", "published_at"]
    list_filter = ["state", "hall__theater", "hall"]
    list_select_related = ["hall__theater"]
    search_fields = ["hall__name", "hall__theater__name"]
    fields = ["hall", "version", "state", "capacity", "created_at", "published_at", "problems", "picture"]
    readonly_fields = fields
    actions_list = ["upload"]
    actions_detail = ["publish", "download"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeatMap]:
        pinned = SeatMap.objects.filter(pk=OuterRef("pk")).order_by().values("pk").values_list(Count("shows"))
        rows: QuerySet[SeatMap] = super().get_queryset(request).select_related("hall__theater")
        rows = rows.annotate(show_count=Coalesce(Subquery(pinned), 0))
        # The layout of a large hall is a megabyte; only the page of one map needs it.
        return rows.defer("layout")

    def has_edit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.EDIT_THEATER)
        row = SeatMap.objects.select_related("hall").filter(pk=object_id).first()
        return row is not None and may_at(request.user, Capability.EDIT_THEATER, row.hall.theater_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer publishing for drafts alone."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        is_draft = SeatMap.objects.filter(pk=object_id, state=SeatMap.State.DRAFT).exists()
        return [one for one in actions if is_draft or not one.action_name.endswith("_publish")]

    @display(description=_("shows"), ordering="show_count")
    def shows(self, seat_map: SeatMap) -> int:
        return int(seat_map.show_count)  # type: ignore[attr-defined]

    @display(
        description=_("state"), ordering="state", label={"draft": "info", "published": "success", "retired": "default"}
    )
    def state_label(self, seat_map: SeatMap) -> tuple[str, str]:
        return seat_map.state, seat_map.get_state_display()

    @display(description=_("findings"))
    def problems(self, seat_map: SeatMap) -> str:
        found = check(read_layout(seat_map.layout))
        if not found:
            return str(_("None. This map can be published.") if seat_map.state == SeatMap.State.DRAFT else _("None."))
        return format_html_join(SafeString("<br>"), "{}", ((str(problem),) for problem in found[:SHOWN_PROBLEMS]))

    @display(description=_("picture"))
    def picture(self, seat_map: SeatMap) -> str:
        """Draw each seat as a dot in the color of its category, where the file places it."""
        layout = read_layout(seat_map.layout)
        if not layout.seats:
            return str(_("%d standing or unreserved areas.") % len(layout.areas))
        colors = {category.name: category.color for category in layout.categories}
        radius = layout.spacing * 0.4
        left, top = (min(getattr(seat, axis) for seat in layout.seats) - 2 * radius for axis in "xy")
        width = max(seat.x for seat in layout.seats) - left + 2 * radius
        height = max(seat.y for seat in layout.seats) - top + 2 * radius
        dots = format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="{}" fill="{}"></circle>',
            (
                (round(seat.x, 1), round(seat.y, 1), round(radius, 1), colors.get(seat.category, "#888888"))
                for seat in layout.seats
            ),
        )
        label = _("%(seats)d seats and %(areas)d areas") % {"seats": len(layout.seats), "areas": len(layout.areas)}
        return format_html(
            '<figure><svg viewBox="{} {} {} {}" width="720" role="img" aria-label="{}" class="max-w-full h-auto">'
            "{}</svg><figcaption>{}</figcaption></figure>",
            *(round(number, 1) for number in (left, top, width, height)),
            label,
            dots,
            label,
        )

    @action(description=_("Upload a seat map"), permissions=["edit"], url_path="upload", icon="upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        halls = Hall.objects.select_related("theater")
        hall_admin = self.admin_site._registry[Hall]
        halls = hall_admin.scope(halls, request.user, Capability.EDIT_THEATER)
        form = UploadForm(
            halls, request.POST or None, request.FILES or None, initial={"hall": request.GET.get("hall", "")}
        )
        problems: list[str] = []
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                seat_map = import_seat_map(
                    hall=form.cleaned_data["hall"], file_name=upload.name, content=upload.read(), by=person_of(request)
                )
            except InvalidSeatMap as refusal:
                problems = [str(problem) for problem in refusal.problems]
            else:
                self.message_user(request, _("The file is read. Look at it, then publish it."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:theaters_seatmap_change", args=[seat_map.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a seat map"),
            "opts": self.model._meta,
            "form": form,
            "problems": problems[:SHOWN_PROBLEMS],
            "hidden": max(len(problems) - SHOWN_PROBLEMS, 0),
        }
        return TemplateResponse(request, "admin/theaters/upload.html", context)

    @action(description=_("Publish"), permissions=["edit"], url_path="publish", icon="check_circle")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        seat_map = self._find(request, object_id)
        back = reverse("admin:theaters_seatmap_change", args=[seat_map.pk])
        if not self.has_edit_permission(request, object_id):
            raise PermissionDenied
        if request.method == "POST":
            try:
                published = publish_seat_map(seat_map=seat_map, by=person_of(request))
            except (InvalidSeatMap, SeatMapRetired) as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                text = _("Version %(version)d is published; new shows get its %(capacity)d places.")
                numbers = {"version": published.version, "capacity": published.capacity}
                self.message_user(request, text % numbers, messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish"),
            "subtitle": str(seat_map),
            "opts": self.model._meta,
            "back": back,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    @action(description=_("Download"), url_path="download", icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        seat_map = self._find(request, object_id)
        response = HttpResponse(to_json(read_layout(seat_map.layout)), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="seat-map-{seat_map.pk}-v{seat_map.version}.json"'
        return response

    def _find(self, request: HttpRequest, object_id: str) -> SeatMap:
        found: SeatMap = get_object_or_404(self.get_queryset(request), pk=object_id)
        return found


class SeatMapPartAdmin(ScopedAdmin):
    """What publishing made of a map; read-only, since a published map never changes."""

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
