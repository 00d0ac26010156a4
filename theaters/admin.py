"""The console's pages for places and people who work in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminEmailInputWidget

from accounts.models import User
from theaters import seat_map_admin  # noqa: F401 it registers seat maps and their parts
from theaters.access import Capability
from theaters.models import City, Hall, StaffMembership, Theater
from ticketing.console import ScopedAdmin


@admin.register(City)
class CityAdmin(ScopedAdmin):
    edit = Capability.EDIT_THEATER
    list_display = ["name", "country", "time_zone"]
    list_filter = ["country"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class HallInline(TabularInline):
    model = Hall
    extra = 0
    fields = ["name", "cleaning_minutes"]
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Theater | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Theater | None = None) -> bool:
        return self._parent_admin(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Theater | None = None) -> bool:
        return self._parent_admin(request, obj)

    def _parent_admin(self, request: HttpRequest, theater: Theater | None) -> bool:
        parent = self.admin_site._registry[Theater]
        allowed = parent.has_change_permission(request, theater) if theater else parent.has_add_permission(request)
        return bool(allowed)


@admin.register(Theater)
class TheaterAdmin(ScopedAdmin):
    """Theaters are opened by platform admins, and kept by their managers."""

    theater_path = "pk"
    edit = Capability.EDIT_THEATER
    list_display = ["name", "city", "currency", "is_published"]
    list_filter = ["is_published", "city"]
    list_select_related = ["city"]
    search_fields = ["name", "slug", "place"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["city"]
    inlines = [HallInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_published", "description", "photo"]}),
        (
            _("Place"),
            {"fields": ["city", "place", ("latitude", "longitude"), "travel_information", "access_information"]},
        ),
        (_("Contact"), {"fields": [("phone", "email"), "website"]}),
        (_("Messages"), {"fields": ["reminder_hours"]}),
        (_("Money"), {"fields": [("currency", "tax_rate"), "prices_include_tax"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


class StaffMembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who joins a team is named by address, so that nobody can look through everybody's accounts."""

    email = forms.EmailField(
        label=_("E-mail"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("They sign in with this address; somebody new gets an account, and a code by e-mail to enter it."),
    )

    class Meta:
        model = StaffMembership
        fields = ["theater", "role"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if {"email", "theater", "role"} <= set(cleaned):
            same = StaffMembership.objects.filter(
                user__email=cleaned["email"].lower(), theater=cleaned["theater"], role=cleaned["role"]
            )
            if same.exclude(pk=self.instance.pk).exists():
                raise forms.ValidationError(_("This person has this role already."))
        return cleaned


@admin.register(StaffMembership)
class StaffMembershipAdmin(ScopedAdmin):
    theater_path = "theater"
    see = edit = Capability.EDIT_TEAM
    may_delete = True
    list_display = ["user", "role", "theater", "created_at"]
    list_filter = ["role", "theater"]
    list_select_related = ["user", "theater"]
    search_fields = ["user__email", "user__name"]
    autocomplete_fields = ["theater"]
    fields = ["user", "theater", "role"]
    readonly_fields = ["user"]
    add_fieldsets = [(None, {"fields": ["email", "theater", "role"]})]

    def get_form(self, request: HttpRequest, obj: StaffMembership | None = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = StaffMembershipForm
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: StaffMembership | None = None) -> list[str]:
        return ["user", "theater", "role"] if obj else ["email", "theater", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: StaffMembership | None = None) -> list[str]:
        return ["user", "theater"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            email = form.cleaned_data["email"].lower()
            obj.user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        super().save_model(request, obj, form, change)


@admin.register(Hall)
class HallAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_THEATER
    list_display = ["name", "theater", "cleaning_minutes"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "theater__name"]
    autocomplete_fields = ["theater"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        rows: QuerySet[Hall] = super().get_queryset(request).select_related("theater")
        return rows
