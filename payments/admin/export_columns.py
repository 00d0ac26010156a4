"""Choose which column of a gateway's table holds what; the gateway's next files are read the same way."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.roles import Capability
from console.people import may_at, person_of
from lib.forms import ModelForm
from lib.money import format_money
from lib.tables import DayOrder, Table, as_text, day_order
from payments.gateways import name_gateway
from payments.models import ExportMapping, ExportUpload
from payments.reconciliation import ExportUnreadable, GatewayExport, RefundSigns, read_export, read_header
from payments.reconciliation.mapping import find_known
from payments.reconciliation.match import keep_mapping, reconcile

# Lines of the file that the page shows, as they are and as they are understood.
SAMPLE_LINES = 8
_COLUMNS = ("date_column", "time_column", "amount_column", "currency_column", "kind_column", "fee_column")


class MappingForm(ModelForm):
    """Which column of the file holds what."""

    reference_columns = forms.MultipleChoiceField(
        label=_("References"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Lines are found in our books by these: the gateway’s own reference, or a booking’s payment key."),
    )

    class Meta:
        model = ExportMapping
        fields = (
            "date_column", "time_column", "day_order", "is_utc", "amount_column", "currency_column",
            "default_currency", "reference_columns", "kind_column", "payment_words", "refund_words", "refund_signs",
            "fee_column",
        )  # fmt: skip
        widgets = {
            "day_order": UnfoldAdminSelectWidget,
            "is_utc": UnfoldBooleanSwitchWidget,
            "default_currency": UnfoldAdminTextInputWidget,
            "payment_words": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "refund_words": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "refund_signs": UnfoldAdminSelectWidget,
        }
        help_texts = {
            "kind_column": _("Without one, plus is a payment and minus a refund."),
            "payment_words": _("One per line, as written in the column of kinds. All others are left out."),
            "default_currency": _("For files without a currency column, such as EUR."),
        }

    def __init__(self, header: list[str], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        names = [(name.lower(), name) for name in dict.fromkeys(header) if name]
        for column in _COLUMNS:
            field = self.fields[column]
            empty = [] if field.required else [("", "–")]
            self.fields[column] = forms.ChoiceField(
                label=field.label,
                required=field.required,
                choices=[*empty, *names],
                widget=UnfoldAdminSelectWidget,
                help_text=field.help_text,
            )
        references: Any = self.fields["reference_columns"]
        references.choices = names

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["default_currency"] = cleaned.get("default_currency", "").upper()
        if cleaned.get("kind_column") and not (cleaned.get("payment_words") or cleaned.get("refund_words")):
            self.add_error("payment_words", _("Write which kinds are payments."))
        return cleaned


def choose_columns(request: HttpRequest, upload_id: int, frame: dict[str, Any]) -> HttpResponse:
    """Show the file and how it is understood; keep the columns and compare it when that is right."""
    person = person_of(request)
    upload = get_object_or_404(
        ExportUpload.objects.select_related("theater__city", "account"), pk=upload_id, made_by=person
    )
    may_all = upload.theater is None and person.is_superuser
    if not may_all and not (upload.theater and may_at(person, Capability.SEE_MONEY, upload.theater.pk)):
        raise PermissionDenied
    content = bytes(upload.content)
    table = read_header(content)
    if table is None:
        raise PermissionDenied
    kept = ExportMapping.objects.filter(theater=upload.theater, gateway=upload.gateway).first()
    form = MappingForm(table.header, request.POST or None, initial=_guess(table, kept))
    export: GatewayExport | None = None
    problems: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        chosen: ExportMapping = form.save(commit=False)
        zone = upload.theater.tz if upload.theater else ZoneInfo("UTC")
        order = day_order(upload.theater.city.country) if upload.theater else DayOrder.UNKNOWN
        try:
            export = read_export(content, zone, mapping=chosen.read(), order=order)
        except ExportUnreadable as error:
            problems = error.problems
        if export is not None and request.POST.get("action") == "compare":
            keep_mapping(chosen, theater=upload.theater, gateway=upload.gateway, by=person)
            done = reconcile(
                theater=upload.theater,
                gateway=upload.gateway,
                account=upload.account,
                file_name=upload.file_name,
                content=content,
                by=person,
                first_day=upload.first_day,
                last_day=upload.last_day,
            )
            upload.delete()
            return HttpResponseRedirect(reverse("admin:payments_reconciliation_change", args=[done.pk]))
    context = {
        **frame,
        "title": _("Columns of the export"),
        "upload": upload,
        "gateway": name_gateway(upload.gateway),
        "form": form,
        "header": table.header,
        "sample": [[as_text(value) for value in row.values] for row in table.rows[:SAMPLE_LINES]],
        "problems": problems,
        "understood": [(line, format_money(line.amount, line.currency)) for line in export.lines[:SAMPLE_LINES]]
        if export
        else [],
        "export": export,
        "tz": upload.theater.city.time_zone if upload.theater else "UTC",
    }
    return TemplateResponse(request, "admin/bookings/export_columns.html", context)


def _guess(table: Table, kept: ExportMapping | None) -> dict[str, Any]:
    """Return the likeliest columns: as chosen before, by a known mapping, or by their names."""
    header = [name.lower() for name in table.header]
    mapping = kept.read() if kept is not None and kept.read().fits(header) else find_known(header)
    if mapping is not None:
        return {
            "date_column": mapping.date,
            "time_column": mapping.time,
            "amount_column": mapping.amount,
            "currency_column": mapping.currency,
            "default_currency": mapping.default_currency,
            "reference_columns": [name for name in mapping.references if name in header],
            "kind_column": mapping.kind,
            "fee_column": mapping.fee if mapping.fee in header else "",
            "payment_words": "\n".join(sorted(mapping.payments)),
            "refund_words": "\n".join(sorted(mapping.refunds)),
            "refund_signs": mapping.refund_signs,
            "is_utc": mapping.is_utc,
            "day_order": mapping.day_order,
        }

    def first(*words: str) -> str:
        return next((name for word in words for name in header if word in name), "")

    reference = first("reference", "referenz", "transaction id", "transaktion", "receipt", "beleg", "id")
    return {
        "date_column": first("date", "datum", "day", "tag"),
        "time_column": first("time", "uhrzeit"),
        "amount_column": first("gross", "brutto", "amount", "betrag", "total", "summe"),
        "currency_column": first("currency", "währung"),
        "reference_columns": [reference] if reference else [],
        "fee_column": first("fee", "gebühr"),
        "refund_signs": RefundSigns.MINUS,
    }
