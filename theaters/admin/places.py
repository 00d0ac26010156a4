"""The console's pages for cities, theaters and halls."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from accounts import audit
from accounts.actions import Action
from accounts.roles import Capability
from console.confirm_first import ConfirmFirstMixin, defer_changes
from console.people import may_at, person_of
from console.printed_names import PrintedNamesMixin
from lib.forms import ModelForm
from lib.slugs import SlugAdmin
from theaters.directory import forget_directory
from theaters.models import City, Hall, OpeningHours, Theater
from theaters.stock import TicketStock


@admin.register(City)
class CityAdmin(SlugAdmin, ConfirmFirstMixin):
    edit = Capability.EDIT_THEATER
    list_display = ["name", "country", "time_zone"]
    list_filter = ["country"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class TheaterInline(TabularInline):
    """Rows of a theater, for those who may change it."""

    form = ModelForm
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # The column's heading is no label for screen readers.
            field.widget.attrs["aria-label"] = str(field.label)
        return field

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


class HallInline(TheaterInline):
    model = Hall
    fields = ["name", "cleaning_minutes"]
    can_delete = False


class OpeningHoursInline(TheaterInline):
    """When the box office is open: in each week, and on dates that differ."""

    model = OpeningHours
    fields = ["weekday", "date", "opens", "closes", "note"]
    verbose_name_plural = _("Opening hours of the box office")

    def has_delete_permission(self, request: HttpRequest, obj: Theater | None = None) -> bool:
        return self._parent_admin(request, obj)


@admin.register(Theater)
class TheaterAdmin(SlugAdmin, PrintedNamesMixin, ConfirmFirstMixin):
    """Theaters are created by platform admins and maintained by their managers."""

    theater_path = "pk"
    edit = Capability.EDIT_THEATER
    printed_fields = ("name", "place", "access_information")
    list_display = ["name", "city", "currency", "is_published"]
    list_filter = ["is_published", "city"]
    list_select_related = ["city"]
    search_fields = ["name", "slug", "place"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["city"]
    inlines = [HallInline, OpeningHoursInline]
    change_form_before_template = "admin/follows/_count.html"
    actions_detail = ["test_print", "test_print_roll"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_published", "description", "photo"]}),
        (
            _("Place"),
            {"fields": ["city", "place", ("latitude", "longitude"), "travel_information", "access_information"]},
        ),
        (_("Contact"), {"fields": [("phone", "email"), "website"]}),
        (_("Money"), {"fields": [("currency", "tax_rate"), ("prices_include_tax", "tax_rounding")]}),
        (_("Payments"), {"fields": ["uses_site_gateways"]}),
        (_("Legal"), {"fields": ["asks_terms_box", "offers_newsletter"]}),
        (_("Door"), {"fields": ["allows_reentry", "keeps_names_at_door", "allows_passing_on"]}),
        (_("Box office"), {"fields": ["ticket_stock"]}),
        (_("Team"), {"fields": ["requires_mfa", "report_domains"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Let the platform decide whose money goes through its own accounts."""
        fixed = [] if getattr(request.user, "is_superuser", False) else ["uses_site_gateways"]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_test_print_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        theater_id = int(object_id) if object_id and object_id.isdecimal() else None
        return may_at(request.user, Capability.EDIT_THEATER, theater_id)

    @action(description=_("Test print"), permissions=["test_print"], url_path="test-print", icon="print")
    def test_print(self, request: HttpRequest, object_id: str) -> HttpResponse:
        theater = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(reverse("admin:test_print", args=[theater.slug]))

    def has_test_print_roll_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return self.has_test_print_permission(request)
        rolls = Theater.objects.filter(pk=object_id if object_id.isdecimal() else 0, ticket_stock=TicketStock.ROLL)
        return self.has_test_print_permission(request, object_id) and rolls.exists()

    @action(
        description=_("Test print (ESC/POS)"), permissions=["test_print_roll"], url_path="test-print-roll", icon="print"
    )
    def test_print_roll(self, request: HttpRequest, object_id: str) -> HttpResponse:
        theater = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(reverse("admin:test_print_roll", args=[theater.slug]))

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_directory)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Ask for confirmation of changed cleaning times, too, and record other opening hours."""
        if formset.model is OpeningHours:
            before = _write_hours(form.instance)
            super().save_formset(request, form, formset, change)
            after = _write_hours(form.instance)
            if after != before:
                audit.record(
                    by=person_of(request),
                    action=Action.CHANGE_OPENING_HOURS,
                    on=form.instance,
                    theater_id=form.instance.pk,
                    before={"opening_hours": before},
                    after={"opening_hours": after},
                )
            return
        for one in formset.initial_forms:
            defer_changes(request, one)
        super().save_formset(request, form, formset, change)


def _write_hours(theater: Theater) -> list[str]:
    return [str(one) for one in OpeningHours.objects.filter(theater=theater)]


@admin.register(Hall)
class HallAdmin(PrintedNamesMixin, ConfirmFirstMixin):
    theater_path = "theater"
    edit = Capability.EDIT_THEATER
    printed_fields = ("name",)
    list_display = ["name", "theater", "cleaning_minutes"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "theater__name"]
    autocomplete_fields = ["theater"]

    def response_add(self, request: HttpRequest, obj: Hall, post_url_continue: str | None = None) -> HttpResponse:
        """Continue to what a new hall lacks: its seats."""
        if {"_addanother", "_popup", "_continue"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)  # type: ignore[no-any-return]
        self.message_user(request, _("The hall is created. Now draw its seat map, or upload it."), messages.SUCCESS)
        return HttpResponseRedirect(f"{reverse('admin:theaters_seatmap_new_map')}?hall={obj.pk}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        rows: QuerySet[Hall] = super().get_queryset(request).select_related("theater")
        return rows
