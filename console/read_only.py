"""Admins of rows that only services write."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from console.scoped import ScopedAdmin

STATE_LABELS = {
    "held": "info",
    "confirmed": "success",
    "issued": "success",
    "captured": "success",
    "succeeded": "success",
    "pending": "warning",
    "started": "info",
    "open": "warning",
    "booked": "success",
    "surplus": "danger",
    "failed": "danger",
    "declined": "danger",
    "canceled": "danger",
}


class ReadOnlyAdmin(ScopedAdmin):
    """Shows rows without a form; actions call services."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return list(self.fields or [])

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
