"""Admins of users and of the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, FieldTextFilter, RangeDateTimeFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.actions import Action
from accounts.audit_words import FORMS, compare, name_action, name_form
from accounts.models import AuditEntry, User
from accounts.roles import Capability
from console.moments import zone_of_row
from console.scoped import PlatformAdmin, ScopedAdmin
from lib.forms import ModelForm
from lib.spreadsheets import csv_lines, disarm

if admin.site.is_registered(Group):
    admin.site.unregister(Group)


class UserForm(ModelForm, UserChangeForm):
    pass


class NewUserForm(ModelForm, UserCreationForm):
    pass


@admin.register(User)
class UserAdmin(PlatformAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """Everyone who signs in. Rights in a theater are staff memberships, not Django's permissions."""

    edit = Capability.EDIT_TEAM
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["-joined_at"]
    list_display = ["email", "name", "language", "preferred_city", "is_active", "is_superuser", "joined_at"]
    list_filter = ["is_active", "is_superuser", "language", ("joined_at", RangeDateTimeFilter)]
    list_select_related = ["preferred_city"]
    search_fields = ["email"]
    search_people = [""]
    autocomplete_fields = ["preferred_city"]
    filter_horizontal = []
    readonly_fields = ["joined_at", "last_login", "erased_at"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Person"), {"fields": ["name", "phone", "language", "preferred_city"]}),
        (_("Rights"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": ["joined_at", "last_login", "erased_at"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "name", "password1", "password2"]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # The former address no longer counts; the new one is confirmed at the next sign-in.
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True)


class ActionFilter(DropdownFilter):
    """Offers the actions of services and of the console's forms by name."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        by_forms = [
            (f"{model._meta.model_name}.{verb}", name_form(verb, model))
            for model, page in model_admin.admin_site._registry.items()
            for verb in FORMS
            if getattr(page, "edit", None) is not None
        ]
        return sorted([*((action, str(name)) for action, name in Action.choices), *by_forms], key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """Who changed what: read-only, and append-only in the database itself."""

    theater_path = "theater"
    see = Capability.SEE_AUDIT
    list_display = ["at", "who", "what", "object_name", "short_changes", "reason"]
    list_filter = [ActionFilter, ("by__email", FieldTextFilter), ("at", RangeDateTimeFilter)]
    list_select_related = ["by"]
    list_before_template = "admin/list_export.html"
    search_fields = ["object_name", "reason", "object_id"]
    search_people = ["by"]
    search_help_text = _("Object, person or reason")
    fields = ["at", "who", "what", "object_link", "changes", "reason", "address"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        rows: QuerySet[AuditEntry] = super().get_queryset(request)
        return rows.select_related("by", "content_type")

    def get_urls(self) -> list[Any]:
        page = path("export.csv", self.admin_site.admin_view(self.export), name="accounts_auditentry_export")
        return [page, *super().get_urls()]

    @display(description=_("who"), ordering="by__email")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.by or gettext("the system"))

    @display(description=_("action"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return name_action(entry)

    @display(description=_("changes"))
    def short_changes(self, entry: AuditEntry) -> str:
        differences = compare(entry, zone_of_row(entry))
        return Truncator("; ".join(f"{one.name}: {one.was} → {one.now}" for one in differences)).chars(80)

    @display(description=_("changes"))
    def changes(self, entry: AuditEntry) -> str:
        """Show each value as it was and as it became."""
        rows = [(one.name, one.was, one.now) for one in compare(entry, zone_of_row(entry))]
        if not rows:
            return "–"
        head = format_html(
            "<tr><th>{}</th><th>{}</th><th>{}</th></tr>", gettext("What"), gettext("Before"), gettext("After")
        )
        body = format_html_join(
            "",
            '<tr><th dir="auto">{}</th><td dir="auto"><del>{}</del></td><td dir="auto"><ins>{}</ins></td></tr>',
            rows,
        )
        return format_html('<table class="audit-changes"><thead>{}</thead><tbody>{}</tbody></table>', head, body)

    @display(description=_("object"))
    def object_link(self, entry: AuditEntry) -> str:
        kind = entry.content_type
        model = kind.model_class() if kind else None
        admin = self.admin_site._registry.get(model) if model else None
        if kind is None or admin is None or isinstance(admin, PlatformAdmin):
            # Managers read this log, too, and may not open pages for platform admins.
            return entry.object_name
        url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
        return format_html('<a href="{}" dir="auto" class="underline">{}</a>', url, entry.object_name)

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """Stream the entries of this person's list, with its filters and search, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = self.get_changelist_instance(request).queryset
        response = StreamingHttpResponse(csv_lines(_rows(entries)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
        return response

    def theater_id(self, row: Any) -> int | None:
        found: int | None = row.theater_id
        return found

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def _rows(entries: QuerySet[AuditEntry]) -> Iterator[list[str]]:
    yield ["at", "who", "action", "object", "object key", "before", "after", "reason", "address"]
    for entry in entries.iterator(chunk_size=1000):
        row = [
            timezone.localtime(entry.at, zone_of_row(entry) or UTC).isoformat(),
            str(entry.by or ""),
            entry.action,
            entry.object_name,
            entry.object_id,
            json.dumps(entry.before, ensure_ascii=False) if entry.before else "",
            json.dumps(entry.after, ensure_ascii=False) if entry.after else "",
            entry.reason,
            entry.address or "",
        ]
        yield [disarm(cell) for cell in row]
