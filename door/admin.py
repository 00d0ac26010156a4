"""What happened at the door."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.roles import Capability
from bookings.admin.found_by_booking import FoundByBookingAdmin
from door.models import CheckIn


@admin.register(CheckIn)
class CheckInAdmin(FoundByBookingAdmin):
    theater_path = "ticket__show__hall__theater"
    see = Capability.CHECK_IN
    empty_help = _("Each ticket that is scanned at a door stands here.")
    list_display = ["at", "ticket", "gate", "direction", "result", "by"]
    list_filter = ["result", "direction", ("at", RangeDateTimeFilter)]
    list_select_related = ["ticket", "by"]
    search_fields = ["ticket__code", "gate"]
    booking_path = "ticket__booking"
    fields = ["at", "ticket", "gate", "direction", "result", "by", "device"]
