"""What happened at the door."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.roles import Capability
from bookings.admin.found_by_booking import FoundByBookingAdmin
from console.read_only import ReadOnlyAdmin
from door.models import CheckIn, UnticketedPerson


class ConflictFilter(admin.SimpleListFilter):
    """Filter the people who were let through on a ticket that did not admit them."""

    title = _("needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("look", _("attention: let through without a network"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CheckIn]) -> QuerySet[CheckIn]:
        return queryset.filter(pk__in=CheckIn.objects.conflicts()) if self.value() == "look" else queryset


@admin.register(CheckIn)
class CheckInAdmin(FoundByBookingAdmin):
    theater_path = "ticket__show__hall__theater"
    see = Capability.CHECK_IN
    empty_help = _("Every ticket scanned at a door is listed here.")
    list_display = ["at", "ticket", "gate", "direction", "result_label", "by"]
    list_filter = [ConflictFilter, "result", "direction", ("at", RangeDateTimeFilter)]
    list_select_related = ["ticket", "by"]
    search_fields = ["ticket__code", "gate"]
    booking_path = "ticket__booking"
    fields = [
        "at", "received_at", "ticket", "gate", "direction", "result_label", "reason", "note", "by", "device",
        "clock_error",
    ]  # fmt: skip

    @display(description=_("result"), ordering="result", label={"conflict": "danger"})
    def result_label(self, row: CheckIn) -> tuple[str, str]:
        words = row.get_result_display()
        return ("conflict", gettext("conflict: %s") % words) if row.is_conflict else (row.result, words)


@admin.register(UnticketedPerson)
class UnticketedPersonAdmin(ReadOnlyAdmin):
    theater_path = "show__hall__theater"
    see = Capability.CHECK_IN
    empty_help = _("Everyone counted in without a ticket at a door is listed here: press, staff and guests.")
    list_display = ["at", "show", "kind", "gate", "by", "left_at"]
    list_filter = ["kind", ("at", RangeDateTimeFilter)]
    list_select_related = ["show__event", "show__hall__theater__city", "by"]
    search_fields = ["show__event__title", "gate"]
    fields = ["at", "show", "kind", "gate", "by", "left_at", "left_gate", "left_by", "undone_at"]
