"""Waiting rooms in the console: mark an event as in high demand, and steer its line."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from lib.after_commit import after_commit
from waiting_room.figures import read_figures
from waiting_room.models import WaitingRoom
from waiting_room.rooms import forget_rooms


@admin.register(WaitingRoom)
class WaitingRoomAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["event", "theater", "per_minute", "is_paused", "message"]
    list_filter = ["theater"]
    list_select_related = ["theater__city", "event"]
    search_fields = ["event__sort_title", "theater__name"]
    autocomplete_fields = ["theater", "event"]
    empty_help = _("Add one for an event that more people want to see than there are seats, before its sale opens.")
    fieldsets = [
        (
            None,
            {
                "fields": ["theater", "event"],
                "description": _(
                    "Visitors of all shows of this event wait in line before they choose seats. Where few come, they "
                    "pass at once. The box office and offers of the waiting list do not wait."
                ),
            },
        ),
        (_("Admission"), {"fields": ["gathers_minutes", "per_minute", "is_paused", "message"]}),
        (_("In line now"), {"fields": ["lines"]}),
    ]
    readonly_fields = ["lines"]

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingRoom | None = None) -> list[str]:
        return ["theater", "event", "lines"] if obj else ["lines"]

    def get_fieldsets(self, request: HttpRequest, obj: WaitingRoom | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:-1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingRoom]:
        rows: QuerySet[WaitingRoom] = super().get_queryset(request)
        return rows.select_related("theater__city", "event")

    @display(description=_("lines"))
    def lines(self, room: WaitingRoom) -> SafeString:
        return render_to_string(
            "admin/waiting_room/lines.html", {"lines": read_figures([room.pk]), "tz": room.theater.city.time_zone}
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        after_commit(forget_rooms)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        after_commit(forget_rooms)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WaitingRoom]) -> None:
        super().delete_queryset(request, queryset)
        after_commit(forget_rooms)
