"""Tills, and how a theater numbers its receipts."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from fiscal.models import ReceiptSettings
from payments.models import Till


@admin.register(Till)
class TillAdmin(ScopedAdmin):
    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    list_display = ["name", "theater", "prefix", "is_in_use"]
    list_filter = ["theater", "is_in_use"]
    list_select_related = ["theater"]
    search_fields = ["name", "prefix"]
    fields = ["theater", "name", "prefix", "is_in_use"]
    empty_help = _("A place at a counter whose receipts have numbers of their own. Without any, a theater has one.")


@admin.register(ReceiptSettings)
class ReceiptSettingsAdmin(ScopedAdmin):
    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    list_display = ["theater", "online_prefix", "restarts_yearly"]
    list_select_related = ["theater"]
    fields = ["theater", "online_prefix", "restarts_yearly"]
    empty_help = _("Without a choice, online receipts begin with W, those of the counter with T, and with 1 each year.")
