"""The outbox, and the addresses that get no messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.models import User
from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import PlatformAdmin, ScopedAdmin
from notifications.models import Notification, NotificationPreference, Suppression
from notifications.services import lift_suppression, send_again

# Functions of a person and a search text that return values of `about`. Apps add their own.
subject_searches: list[Callable[[User, str], Iterable[str]]] = []


@admin.register(Notification)
class NotificationAdmin(ScopedAdmin):
    """The outbox. The text of a message is not shown: it may hold a sign-in code."""

    theater_path = "theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["created_at", "kind", "recipient", "state", "delivery", "error", "attempts", "sent_at"]
    list_filter = ["state", "delivery", "kind", "channel", ("created_at", RangeDateTimeFilter)]
    search_fields = ["recipient", "about", "gateway_id"]
    search_people = ["user"]
    fields = [
        "kind", "channel", "recipient", "language", "state", "attempts", "next_attempt_at",
        "error", "delivery", "delivery_at", "gateway_id", "created_at", "sent_at",
    ]  # fmt: skip
    readonly_fields = fields
    actions = ["send_again", "lift_suppression"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Also find messages about bookings and the like, by whatever finds those."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            subjects = {one for find in subject_searches for one in find(person_of(request), search_term)}
            found = queryset.filter(Q(pk__in=found.order_by().values("pk")) | Q(about__in=subjects))
        return found, repeats

    @admin.action(description=_("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        sent = sum(send_again(notification=row) for row in rows)
        text = ngettext("%d message will be sent again.", "%d messages will be sent again.", sent) % sent
        self.message_user(request, text, messages.SUCCESS if sent else messages.WARNING)

    def has_correct_permission(self, request: HttpRequest) -> bool:
        return may_at(person_of(request), Capability.EDIT_BOOKINGS)

    @admin.action(description=_("The address is right: write to it again"), permissions=["correct"])
    def lift_suppression(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        person = person_of(request)
        # Only for theaters where the person may, whatever else is selected.
        own = self.scope(rows, person, Capability.EDIT_BOOKINGS)
        lifted = sum(lift_suppression(notification=row, by=person) for row in own)
        text = ngettext("%d address is written to again.", "%d addresses are written to again.", lifted) % lifted
        self.message_user(request, text, messages.SUCCESS if lifted else messages.WARNING)


@admin.register(Suppression)
class SuppressionAdmin(PlatformAdmin):
    """Suppressed addresses of all theaters' customers, so for platform admins only; theaters lift them by message."""

    may_delete = True
    edit = Capability.EDIT_BOOKINGS
    list_display = ["address", "reason", "kind", "detail", "created_at"]
    list_filter = ["reason", ("created_at", RangeDateTimeFilter)]
    search_fields = ["address"]
    fields = ["address", "reason", "kind", "detail", "created_at"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj)


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(PlatformAdmin):
    list_display = ["user", "kind", "channel", "is_wanted"]
    list_filter = ["kind", "channel", "is_wanted"]
    list_select_related = ["user"]
    search_fields = ["kind"]
    search_people = ["user"]
