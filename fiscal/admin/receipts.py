"""Receipts in the console: found, read, and written as PDF again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.roles import Capability
from console.read_only import ReadOnlyAdmin, ReadOnlyInline
from fiscal.models import Receipt, ReceiptLine
from fiscal.printing import receipts_pdf
from lib.money import format_money, format_percent
from payments.gateways import name_gateway


class LineInline(ReadOnlyInline):
    model = ReceiptLine
    fields = readonly_fields = ["text", "kind", "rate", "whole", "of_tax"]

    @display(description=_("tax rate"))
    def rate(self, line: ReceiptLine) -> str:
        return format_percent(line.tax_rate)

    @display(description=_("gross"))
    def whole(self, line: ReceiptLine) -> str:
        return format_money(line.gross, line.receipt.currency)

    @display(description=_("tax"))
    def of_tax(self, line: ReceiptLine) -> str:
        return format_money(line.tax, line.receipt.currency)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Every receipt of the theaters whose money one may see."""

    theater_path = "theater"
    see = Capability.SEE_MONEY
    list_display = ["code", "kind", "moved_at", "amount", "paid_by", "booking", "corrects", "theater"]
    list_filter = ["theater", "kind", ("moved_at", RangeDateTimeFilter)]
    search_fields = ["code", "booking__code"]
    search_help_text = _("Number of a receipt, or code of a booking")
    empty_help = _("Each payment, refund and movement of cash gets its receipt by itself, within a minute.")
    inlines = [LineInline]
    fields = [
        "code", "kind", "theater", "till", "booking", "corrects", "amount", "paid_by", "moved_at", "issued_at", "by",
        "file",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        rows: QuerySet[Receipt] = super().get_queryset(request)
        return rows.select_related("till", "by", "theater__city", "booking", "corrects")

    def get_urls(self) -> list[Any]:
        page = path("<int:object_id>/receipt.pdf", self.admin_site.admin_view(self.pdf), name="fiscal_receipt_pdf")
        return [page, *super().get_urls()]

    def pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with a copy of a receipt as PDF."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        receipt = get_object_or_404(
            self.get_queryset(request).select_related("booking", "corrects", "signature__device"), pk=object_id
        )
        answer = HttpResponse(receipts_pdf([receipt], is_sheet=True, is_copy=True), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="receipt-{receipt.code}.pdf"'
        return answer

    @display(description=_("total"), ordering="total")
    def amount(self, receipt: Receipt) -> str:
        return format_money(receipt.total, receipt.currency)

    @display(description=_("paid by"))
    def paid_by(self, receipt: Receipt) -> str:
        return name_gateway(receipt.means) if receipt.means else "–"

    @display(description=_("copy"))
    def file(self, receipt: Receipt) -> SafeString:
        address = reverse("admin:fiscal_receipt_pdf", args=[receipt.pk])
        return format_html('<a href="{}" class="underline">{}</a>', address, gettext("PDF"))
