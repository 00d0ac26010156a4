"""A show's page, with the actions that concern all its bookings: write to them, move and cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.roles import Capability
from console.people import may_at
from events.admin.shows import ShowAdmin
from events.models import Show
from show_changes.admin.cancel import answer_cancel
from show_changes.admin.move import answer_move
from show_changes.admin.notes import answer_note
from show_changes.models import ShowMove


class MoveFilter(admin.SimpleListFilter):
    """Shows whose planned move leaves customers without a place."""

    title = _("needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("places", _("places for customers of a planned move"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Show]) -> QuerySet[Show]:
        moves = ShowMove.objects.filter(state=ShowMove.State.PLANNED, unplaced__gt=0)
        return queryset.filter(pk__in=moves.values("show")) if self.value() == "places" else queryset


admin.site.unregister(Show)


@admin.register(Show)
class ChangingShowAdmin(ShowAdmin):
    """`ShowAdmin` with moving, canceling, and writing to the customers."""

    list_filter: Any = [*ShowAdmin.list_filter, MoveFilter]
    actions_detail = [*ShowAdmin.actions_detail, "note", "move", "cancel"]

    @action(description=_("Move the show"), permissions=["change"], url_path="move", icon="move_up")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta}
        return answer_move(request, context, self.find(request, object_id))

    @action(description=_("Cancel the show"), permissions=["cancel"], url_path="cancel", icon="event_busy")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta}
        return answer_cancel(request, context, self.find(request, object_id))

    def has_note_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if this person may write to the customers of this show, or of any; a draft has none."""
        if object_id is None:
            return may_at(request.user, Capability.EDIT_BOOKINGS)
        show = Show.objects.select_related("hall").filter(pk=object_id).exclude(state=Show.State.DRAFT).first()
        return show is not None and may_at(request.user, Capability.EDIT_BOOKINGS, show.hall.theater_id)

    @action(description=_("Write to the customers"), permissions=["note"], url_path="note", icon="outgoing_mail")
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta}
        return answer_note(request, context, self.find(request, object_id))
