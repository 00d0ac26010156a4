"""The console's pages for messages that left the system, or are about to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter

from notifications.models import Notification, NotificationPreference
from notifications.services import send_again
from theaters.access import Capability
from ticketing.console import PlatformAdmin, ScopedAdmin


@admin.register(Notification)
class NotificationAdmin(ScopedAdmin):
    """The outbox. What a message says stays out of sight: it may hold a sign-in code."""

    theater_path = "theater_id"
    see = Capability.SEE_BOOKINGS
    list_display = ["created_at", "kind", "recipient", "state", "attempts", "sent_at"]
    list_filter = ["state", "kind", "channel", ("created_at", RangeDateTimeFilter)]
    search_fields = ["recipient", "unique_key", "gateway_id"]
    fields = [
        "kind", "channel", "recipient", "language", "state", "attempts", "next_attempt_at",
        "error", "gateway_id", "created_at", "sent_at",
    ]  # fmt: skip
    readonly_fields = fields
    actions = ["send_again"]

    def theater_id(self, row: Any) -> int | None:
        found: int | None = row.theater_id
        return found

    @admin.action(description=_("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        sent = sum(send_again(notification=row) for row in rows)
        text = ngettext("%d message will be sent again.", "%d messages will be sent again.", sent) % sent
        self.message_user(request, text, messages.SUCCESS if sent else messages.WARNING)


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(PlatformAdmin):
    list_display = ["user", "kind", "channel", "is_wanted"]
    list_filter = ["kind", "channel", "is_wanted"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
