"""What happened at the door."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from bookings.admin.read_only import ReadOnlyAdmin
from bookings.models import CheckIn
from theaters.access import Capability


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    theater_path = "ticket__show__hall__theater"
    see = Capability.CHECK_IN
    empty_help = _("Each ticket that is scanned at a door stands here.")
    list_display = ["at", "ticket", "gate", "direction", "result", "by"]
    list_filter = ["result", "direction", ("at", RangeDateTimeFilter)]
    list_select_related = ["ticket", "by"]
    search_fields = ["ticket__code", "gate"]
    search_booking = "ticket__booking"
    fields = ["at", "ticket", "gate", "direction", "result", "by", "device"]
