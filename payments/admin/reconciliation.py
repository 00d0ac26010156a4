"""Reconciliation with a gateway's books: upload, result, and the result as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldBooleanSwitchWidget

from accounts.roles import Capability
from console.people import may_at, person_of
from console.read_only import ReadOnlyAdmin
from lib.forms import Form
from lib.moments import write_moment
from lib.money import format_money, round_money
from lib.spreadsheets import csv_lines, disarm
from payments.admin.export_columns import choose_columns
from payments.gateways import name_gateway
from payments.models import ExportUpload, GatewayAccount, Payment, Reconciliation, ReconciliationLine
from payments.reconciliation import MAX_BYTES, ExportUnreadable, UnknownColumns, read_header
from payments.reconciliation.match import reconcile
from theaters.access import theaters_for
from theaters.models import Theater

Result = ReconciliationLine.Result
# How many lines of each result the page shows; the CSV has all.
SHOWN_LINES = 200
# What to look into comes first.
ORDER = (Result.DIFFERS, Result.ONLY_OURS, Result.ONLY_GATEWAY, Result.MATCHED)


class CompareForm(Form):
    """Which gateway's export of which theater, and the days that it covers."""

    theater = forms.ModelChoiceField(
        Theater.objects.none(), label=_("Theater"), required=False, widget=UnfoldAdminSelectWidget
    )
    # With the pk of a theater's own account behind a colon.
    gateway = forms.ChoiceField(label=_("Gateway"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX of a gateway; CAMT.053, MT940 or CSV of a bank."))
    first_day = forms.DateField(
        label=_("From"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("The days that the export covers. Empty: from its first line to its last."),
    )
    last_day = forms.DateField(label=_("Until"), required=False, widget=UnfoldAdminSingleDateWidget)
    chooses = forms.BooleanField(
        label=_("Choose the columns"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("For a table whose columns are misread. An unknown table asks by itself."),
    )

    def __init__(self, request: HttpRequest, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        theaters = theaters_for(request.user, Capability.SEE_MONEY).order_by("name")
        field: Any = self.fields["theater"]
        field.queryset = theaters
        field.required = not getattr(request.user, "is_superuser", False)
        field.empty_label = None if field.required else _("All theaters")
        paid = Payment.objects.all()
        names = paid.order_by("gateway").values_list("gateway", flat=True)
        choices: Any = self.fields["gateway"]
        # Refunds of any payment may be sent by the theater's own bank.
        used = dict.fromkeys([*(names.distinct() or [Payment.Gateway.STRIPE]), Payment.Gateway.TRANSFER])
        self.accounts = {
            f"{one.gateway}:{one.pk}": one
            for one in GatewayAccount.objects.filter(theater__in=theaters).select_related("theater")
        }
        own = [(name, f"{one.theater}: {one}") for name, one in self.accounts.items()]
        choices.choices = [*((name, name_gateway(name)) for name in used), *own]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Export a shorter period."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        cleaned["account"] = account = self.accounts.get(cleaned.get("gateway", ""))
        if account is not None:
            cleaned["gateway"] = account.gateway
            if cleaned.get("theater") not in (None, account.theater):
                self.add_error("gateway", _("This account is another theater’s."))
            cleaned["theater"] = account.theater
        return cleaned


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """The exports that were compared; a row's page is its result."""

    theater_path = "theater"
    empty_help = _("Take a gateway’s export and choose “Compare an export” to see where its books and ours differ.")
    see = Capability.SEE_MONEY
    list_display = ["made_at", "gateway", "account", "file_name", "theater", "made_by", "open_lines"]
    list_filter = ["gateway", "theater"]
    list_select_related = ["theater", "account", "made_by"]
    search_fields = ["file_name"]
    fields = ["gateway", "file_name", "theater", "starts_at", "ends_at", "made_by", "made_at"]
    actions_list = ["upload"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reconciliation]:
        rows: QuerySet[Reconciliation] = super().get_queryset(request)
        return rows.annotate(open_count=Count("lines", filter=~Q(lines__result=Result.MATCHED)))

    @display(description=_("not matched"))
    def open_lines(self, done: Any) -> int:
        return int(done.open_count)

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.SEE_MONEY)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        export = path("<int:object_id>/lines.csv", wrap(self.export), name="payments_reconciliation_export")
        columns = path("upload/<int:upload_id>/columns/", wrap(self.columns), name="payments_reconciliation_columns")
        return [export, columns, *super().get_urls()]

    @action(description=_("Compare an export"), permissions=["upload"], url_path="upload", icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        if not may_at(request.user, Capability.SEE_MONEY):
            raise PermissionDenied
        form = CompareForm(request, request.POST or None, request.FILES or None)
        problems: list[tuple[int, str]] = []
        if request.method == "POST" and form.is_valid():
            sent = form.cleaned_data
            content = sent["file"].read()
            try:
                if sent["chooses"] and read_header(content) is not None:
                    return self._ask_for_columns(request, sent, content)
                done = reconcile(
                    theater=sent["theater"],
                    gateway=sent["gateway"],
                    account=sent["account"],
                    file_name=sent["file"].name,
                    content=content,
                    by=person_of(request),
                    first_day=sent["first_day"],
                    last_day=sent["last_day"],
                )
            except UnknownColumns:
                return self._ask_for_columns(request, sent, content)
            except ExportUnreadable as error:
                problems = error.problems
            else:
                return HttpResponseRedirect(reverse("admin:payments_reconciliation_change", args=[done.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare an export"),
            "opts": self.model._meta,
            "form": form,
            "problems": problems,
        }
        return TemplateResponse(request, "admin/bookings/reconcile.html", context)

    def _ask_for_columns(self, request: HttpRequest, sent: dict[str, Any], content: bytes) -> HttpResponse:
        """Keep the file until its columns are chosen."""
        person = person_of(request)
        ExportUpload.objects.filter(made_by=person).delete()
        upload = ExportUpload.objects.create(
            theater=sent["theater"],
            gateway=sent["gateway"],
            account=sent["account"],
            file_name=sent["file"].name[:200],
            content=content,
            first_day=sent["first_day"],
            last_day=sent["last_day"],
            made_by=person,
        )
        return HttpResponseRedirect(reverse("admin:payments_reconciliation_columns", args=[upload.pk]))

    def columns(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.model._meta}
        return choose_columns(request, upload_id, frame)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the result, what needs attention first."""
        done = self._find(request, object_id)
        counts = dict(done.lines.order_by().values_list("result").annotate(Count("pk")))
        parts = [
            {
                "name": result.label,
                "result": result,
                "count": counts.get(result, 0),
                "lines": [_Line(line, done) for line in _read_lines(done, result)],
            }
            for result in ORDER
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": done.file_name,
            "opts": self.model._meta,
            "original": done,
            "done": done,
            "period": [_write(moment, done) for moment in (done.starts_at, done.ends_at)],
            "parts": parts,
            "shown": SHOWN_LINES,
            "fees": [
                format_money(row["sum"], row["currency"])
                for row in done.lines.order_by().values("currency").annotate(sum=Sum("fee")).exclude(sum=None)
            ],
        }
        return TemplateResponse(request, "admin/bookings/reconciliation.html", context)

    def export(self, request: HttpRequest, object_id: int) -> StreamingHttpResponse:
        """Stream all lines as CSV."""
        done = self._find(request, object_id)
        response = StreamingHttpResponse(csv_lines(_rows(done)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="reconciliation-{done.pk}.csv"'
        return response

    def _find(self, request: HttpRequest, object_id: Any) -> Reconciliation:
        if not str(object_id).isdecimal():
            raise PermissionDenied
        found: Reconciliation = get_object_or_404(
            self.get_queryset(request).select_related("theater__city", "account", "made_by"), pk=object_id
        )
        return found


class _Line:
    """A line as the page shows it."""

    def __init__(self, line: ReconciliationLine, done: Reconciliation) -> None:
        self.line = line
        self.at = _write(line.happened_at, done) if line.happened_at else ""
        self.gateway_amount = _words(line.gateway_amount, line.currency)
        self.our_amount = _words(line.our_amount, line.payment.paid_currency if line.payment else line.currency)


def _rows(done: Reconciliation) -> Iterator[list[Any]]:
    yield ["result", "kind", "line", "reference", "booking", "date", "currency", "gateway amount", "our amount", "fee"]
    lines = done.lines.select_related("payment__booking").order_by("pk")
    for line in lines.iterator(chunk_size=1000):
        yield [
            line.result,
            line.kind,
            line.number or "",
            disarm(line.reference),
            line.payment.booking.code if line.payment else "",
            _local(line.happened_at, done).isoformat() if line.happened_at else "",
            line.currency,
            _digits(line.gateway_amount, line.currency),
            _digits(line.our_amount, line.currency),
            _digits(line.fee, line.currency),
        ]


def _read_lines(done: Reconciliation, result: str) -> QuerySet[ReconciliationLine]:
    lines = ReconciliationLine.objects.filter(reconciliation=done, result=result)
    return lines.select_related("payment__booking", "refund").order_by("pk")[:SHOWN_LINES]


def _local(moment: Any, done: Reconciliation) -> Any:
    return localtime(moment, done.theater.tz) if done.theater else moment


def _write(moment: Any, done: Reconciliation) -> str:
    return write_moment(moment, done.theater.tz if done.theater else None, "SHORT_DATETIME_FORMAT")


def _words(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else format_money(amount, currency)


def _digits(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else str(round_money(amount, currency))
