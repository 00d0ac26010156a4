"""Ticket types and prices."""

from __future__ import annotations

from django.contrib import admin

from events.models import Price, TicketType
from theaters.access import Capability
from ticketing.console import ScopedAdmin


@admin.register(TicketType)
class TicketTypeAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["name", "theater", "who", "order"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "who"]
    autocomplete_fields = ["theater"]


@admin.register(Price)
class PriceAdmin(ScopedAdmin):
    """Prices to search in; they are set on their show's page."""

    theater_path = "show__hall__theater"
    list_display = ["show", "category", "ticket_type", "amount"]
    list_filter = ["show__hall__theater", "ticket_type"]
    list_select_related = ["show__event", "show__hall__theater__city", "category", "ticket_type"]
    search_fields = ["show__code", "show__event__sort_title", "category__name", "ticket_type__name"]
