"""The console's pages for people and for the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import AuditEntry, User
from theaters.access import Capability
from ticketing.console import PlatformAdmin, ScopedAdmin

if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(PlatformAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """Everybody who signs in. Rights in a theater are staff memberships, not Django's permissions."""

    edit = Capability.EDIT_TEAM
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["-joined_at"]
    list_display = ["email", "name", "language", "preferred_city", "is_active", "is_superuser", "joined_at"]
    list_filter = ["is_active", "is_superuser", "language", ("joined_at", RangeDateTimeFilter)]
    list_select_related = ["preferred_city"]
    search_fields = ["email", "name", "phone"]
    autocomplete_fields = ["preferred_city"]
    filter_horizontal = []
    readonly_fields = ["joined_at", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Person"), {"fields": ["name", "phone", "language", "preferred_city"]}),
        (_("Rights"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": ["joined_at", "last_login"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "name", "password1", "password2"]})]


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """Who changed what: read-only, and append-only in the database itself."""

    theater_path = "theater_id"
    see = Capability.SEE_AUDIT
    list_display = ["at", "by", "action", "object_name", "reason"]
    list_filter = ["action", ("at", RangeDateTimeFilter)]
    list_select_related = ["by"]
    search_fields = ["object_name", "by__email", "by__name", "reason", "object_id"]
    fields = ["at", "by", "action", "object_name", "before", "after", "reason", "address"]
    readonly_fields = fields

    def theater_id(self, row: Any) -> int | None:
        found: int | None = row.theater_id
        return found

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
