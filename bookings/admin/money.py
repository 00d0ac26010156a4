"""Payments, refunds, vouchers, and what gateways said."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateTimeFilter

from bookings.admin.read_only import ReadOnlyAdmin
from bookings.models import GatewayEvent, Payment, Refund, Voucher
from theaters.access import Capability
from ticketing.console import PlatformAdmin, ScopedAdmin


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    theater_path = "booking__show__hall__theater"
    see = Capability.SEE_MONEY
    list_display = ["created_at", "booking", "gateway", "amount", "currency", "refunded", "state_label", "reference"]
    list_filter = ["state", "gateway", "currency", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["booking"]
    search_fields = ["booking__code", "reference", "booking__email"]
    fields = ["booking", "gateway", "amount", "currency", "refunded", "state", "reference", "key", "created_at", "captured_at", "made_by"]  # fmt: skip  # noqa: E501


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    theater_path = "payment__booking__show__hall__theater"
    see = Capability.SEE_MONEY
    list_display = ["created_at", "payment", "amount", "state_label", "reason", "made_by", "error"]
    list_filter = ["state", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["payment__booking", "made_by"]
    search_fields = ["payment__booking__code", "reference", "reason"]
    fields = ["payment", "amount", "state", "reason", "reference", "error", "attempts", "created_at", "settled_at", "made_by"]  # fmt: skip  # noqa: E501


@admin.register(Voucher)
class VoucherAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    list_display = ["code", "theater", "event", "percent", "amount", "used", "limit", "starts_at", "ends_at"]
    list_filter = ["theater"]
    list_select_related = ["theater", "event"]
    search_fields = ["code"]
    autocomplete_fields = ["theater"]
    filter_horizontal = ["ticket_types"]
    readonly_fields = ["used"]


@admin.register(GatewayEvent)
class GatewayEventAdmin(PlatformAdmin):
    list_display = ["received_at", "gateway", "kind", "event_id"]
    list_filter = ["gateway", "kind"]
    search_fields = ["event_id"]
    fields = ["gateway", "kind", "event_id", "received_at", "payload"]
    readonly_fields = fields
