"""The standing areas of shows: how many places are taken, and how many may be sold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from accounts.roles import Capability
from bookings.services.limit_area import limit_area
from console.people import person_of
from console.scoped import ScopedAdmin
from events.models import ShowArea
from lib.forms import ModelForm
from theaters.access import require


class AreaForm(ModelForm):
    """How many places of an area may be sold. A limit below what is taken only stops the sale."""

    capacity = forms.IntegerField(
        label=_("capacity"),
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("If more places are taken already, nothing more is sold and everyone keeps their place."),
    )

    class Meta:
        model = ShowArea
        fields = ["capacity"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["capacity"] = self.instance.sale_limit

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if capacity > self.instance.area.capacity:
            raise ValidationError(
                _("The seat map gives this area at most %(count)d places."),
                params={"count": self.instance.area.capacity},
            )
        return capacity

    def _post_clean(self) -> None:
        """Leave the row to the service, which keeps the places that are taken."""


@admin.register(ShowArea)
class ShowAreaAdmin(ScopedAdmin):
    """How many standing places of each show are taken, and how many may be sold."""

    theater_path = "show__hall__theater"
    edit = Capability.EDIT_PROGRAMME
    form = AreaForm
    fields = ["show", "area", "taken", "capacity"]
    readonly_fields = ["show", "area", "taken"]
    list_display = ["show", "area", "taken", "capacity"]
    list_filter = ["show__hall__theater"]
    list_select_related = ["show__event", "show__hall__theater__city", "area"]
    search_fields = ["show__code", "show__event__sort_title", "area__name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ShowArea:
        row: ShowArea = form.instance
        return row

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        require(person_of(request), Capability.EDIT_PROGRAMME, obj.show.hall.theater_id)
        row = limit_area(show_area=obj, limit=form.cleaned_data["capacity"], by=person_of(request))
        obj.capacity, obj.limit = row.capacity, row.limit
        if row.taken > row.sale_limit:
            text = _(
                "%(taken)d places are taken, and all stay taken. Nothing more is sold until there are "
                "fewer than %(most)d."
            )
            self.message_user(request, text % {"taken": row.taken, "most": row.sale_limit}, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save nothing: the service has written the row."""
