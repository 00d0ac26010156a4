"""Photos of an event, and portraits of the people in its cast and credits."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from events.catalogue import forget_catalogue
from events.models import Event, EventPhoto, Portrait
from lib.forms import ModelForm
from lib.templatetags.pictures import picture

MAX_PHOTOS = 20


class EventPhotoInline(TabularInline):
    """Photos of the page of an event, for those who may change it."""

    model = EventPhoto
    form = ModelForm
    fields = ["photo", "alt", "credit", "order"]
    extra = 0
    max_num = MAX_PHOTOS

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # The column's heading is no label for screen readers.
            field.widget.attrs["aria-label"] = str(field.label)
        return field

    def has_view_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return self._may_edit(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return self._may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return self._may_edit(request, obj)

    def _may_edit(self, request: HttpRequest, event: Event | None) -> bool:
        parent = self.admin_site._registry[Event]
        return bool(parent.has_change_permission(request, event) if event else parent.has_add_permission(request))


@admin.register(Portrait)
class PortraitAdmin(ScopedAdmin):
    """Portraits of a theater, and shared ones, which only platform admins may change."""

    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    has_shared_rows = True
    may_delete = True
    list_display = ["name", "theater", "thumbnail", "credit"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "name_key"]
    autocomplete_fields = ["theater"]
    fields = ["name", "theater", "photo", "credit"]
    empty_help = _("A portrait appears beside the name of a person in the cast or credits of your events.")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "theater" in form.base_fields:
            # Only platform admins may add portraits that all theaters share.
            form.base_fields["theater"].required = not getattr(request.user, "is_superuser", False)
        return form

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_catalogue()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_catalogue()

    @display(description=_("photo"))
    def thumbnail(self, portrait: Portrait) -> SafeString:
        return format_html('<img src="{}" width="40" height="40" alt="">', picture(portrait.photo.name or "", 160))
