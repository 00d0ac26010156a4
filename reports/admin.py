"""What is agreed with producers and distributors, in the console. Exports have pages of their own (`views.py`)."""

from __future__ import annotations

from django.contrib import admin

from reports.models import SettlementTerms
from theaters.access import Capability
from ticketing.console import ScopedAdmin


@admin.register(SettlementTerms)
class SettlementTermsAdmin(ScopedAdmin):
    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    may_delete = True
    list_display = ["event", "theater", "partner", "percent", "guarantee"]
    list_filter = ["theater"]
    list_select_related = ["event", "theater"]
    search_fields = ["event__title", "partner"]
    fields = ["event", "theater", "partner", "percent", "guarantee"]
