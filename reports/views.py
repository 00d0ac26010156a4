"""The console's pages of reports and exports. `access.py` decides what each may show."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext
from django.views import View
from django.views.decorators.http import conditional_page

from bookings.models import Ticket
from console.people import person_of
from reports.access import exports_for, find_report, reports_for
from reports.catalog import REPORTS, Report
from reports.exports.alerts import watch_export
from reports.exports.run import cancel_export, describe_state, start_export
from reports.exports.write import mime_type_of, write_report
from reports.formats.words import write_cell, write_number
from reports.forms import ReportForm
from reports.models import Export
from reports.models.exports import private_storage
from reports.periods import within
from reports.results import Chart, ReportRequest, ReportResult, Row, compact
from reports.today.scope import read_scope
from reports.today.shows import read_shows

# With up to so many tickets, a report is built within the request: 50,000 take one core two seconds.
MAX_PAGE_TICKETS = 50_000
SHOWN_ROWS = 500
RECENT_EXPORTS = 5


class ConsoleView(View):
    """A page of the console; `title` and `template` are its own."""

    def show(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        everywhere = admin.site.each_context(request)
        return TemplateResponse(request, f"admin/reports/{template}.html", {**everywhere, "title": title, **context})


@method_decorator(conditional_page, name="dispatch")
class ShowsTodayView(View):
    """Today's shows, which *Today* asks for again and again; 304 while nothing has changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        shows = read_shows(read_scope(request.user, timezone.now()))
        return render(request, "admin/today/_show_list.html", {"shows_today": shows})


class ReportListView(ConsoleView):
    def get(self, request: HttpRequest) -> HttpResponse:
        reports = reports_for(request.user)
        if not reports:
            raise Http404
        exports = exports_for(request.user).select_related("asked_by")[:RECENT_EXPORTS]
        return self.show(request, "list", gettext("Reports"), reports=reports, exports=describe_exports(exports))


class ReportView(ConsoleView):
    """A report on the page, or with `format` as a download, unless it is too large."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        report = find_report(request.user, slug)
        form = ReportForm(report, request.user, request.GET.dict()).shown()
        page: dict[str, Any] = {"report": report, "form": form, "formats": Export.Format.choices}
        if form.is_valid():
            asked = form.request()
            is_small = not report.is_raw and count_tickets(report, asked) <= MAX_PAGE_TICKETS
            query = urlencode(form.parameters())
            if is_small and request.GET.get("format") in Export.Format.values:
                return self.download(request, report, asked, f"{request.path}?{query}")
            page |= {"query": query, "is_small": is_small, "parameters": form.parameters()}
            if is_small:
                page |= describe_result(report.build(asked))
        return self.show(request, "report", str(report.title), **page)

    def download(self, request: HttpRequest, report: Report, asked: ReportRequest, back: str) -> HttpResponseBase:
        scratch = TemporaryFile()  # noqa: SIM115 the answer closes it
        file_format = request.GET["format"]
        is_plain = file_format == Export.Format.CSV and request.GET.get("mark") == "0"
        options: dict[str, Any] = {"with_mark": False} if is_plain else {}
        try:
            written = write_report(report, asked, file_format, scratch, **options)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return HttpResponseRedirect(back)
        scratch.seek(0)
        return FileResponse(scratch, as_attachment=True, filename=written.name, content_type=written.mime_type)


class StartExportView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        report = find_report(request.user, slug)
        parameters = {name: value for name, value in request.POST.dict().items() if name != "csrfmiddlewaretoken"}
        try:
            export = start_export(
                report=report,
                parameters=parameters,
                format=parameters.pop("format", ""),
                by=person_of(request),
                language=get_language() or "en",
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            query = QueryDict(mutable=True)
            query.update(parameters)
            return HttpResponseRedirect(f"{reverse('admin:report', args=[slug])}?{query.urlencode()}")
        watch_export(request, export)
        return HttpResponseRedirect(export.get_absolute_url())


class ExportListView(ConsoleView):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not reports_for(request.user):
            raise Http404
        rows = exports_for(request.user).select_related("asked_by")
        page = Paginator(rows, 50).get_page(request.GET.get("page"))
        return self.show(request, "exports", gettext("Exports"), page=page, exports=describe_exports(page))


class ExportView(ConsoleView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        export = find_export(request, code)
        context = {
            "export": export,
            "described": describe_exports([export])[0],
            "query": urlencode(export.parameters),
        }
        return self.show(request, "export", str(REPORTS[export.report].title), **context)


class ExportStateView(View):
    """The progress of an export, polled by its page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        export = find_export(request, code)
        return JsonResponse({"open": export.is_open, "percent": export.percent, "text": describe_state(export)})


class CancelExportView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        export = find_export(request, code)
        if export.asked_by_id != request.user.pk and not person_of(request).is_superuser:
            messages.error(request, gettext("Only the person who asked for it may cancel it."))
        elif cancel_export(export=export):
            messages.success(request, gettext("It is canceled."))
        else:
            messages.info(request, gettext("It had already ended."))
        return HttpResponseRedirect(export.get_absolute_url())


class ExportFileView(View):
    """Serve the file to people who may see its figures now."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        export = find_export(request, code)
        if export.state != Export.State.READY or not private_storage().exists(str(export.file.name)):
            raise Http404
        name = str(export.file.name).rpartition("/")[2]
        return FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type=mime_type_of(name))


def find_export(request: HttpRequest, code: str) -> Export:
    """Return an export that this person may see; raise `Http404` otherwise."""
    found: Export = get_object_or_404(exports_for(request.user).select_related("asked_by"), code=code)
    return found


def count_tickets(report: Report, asked: ReportRequest) -> int:
    """Count the tickets that a report covers, but not beyond what a page can show."""
    rows = within(report.counted_by, asked.period, asked.theaters, theater_path="show__hall__theater")
    found = Ticket.objects.filter(rows & Q(booking__confirmed_at__isnull=False))
    return int(found.order_by()[: MAX_PAGE_TICKETS + 1].count())


@dataclass(frozen=True)
class DescribedExport:
    export: Export
    title: str
    state: str
    tone: str
    rows: str


_TONES = {
    Export.State.READY: "success",
    Export.State.FAILED: "danger",
    Export.State.RUNNING: "info",
    Export.State.WAITING: "info",
}


def describe_exports(exports: Any) -> list[DescribedExport]:
    return [
        DescribedExport(
            export,
            str(REPORTS[export.report].title) if export.report in REPORTS else export.report,
            describe_state(export),
            _TONES.get(Export.State(export.state), "default"),
            write_number(export.rows),
        )
        for export in exports
    ]


def describe_result(result: ReportResult) -> dict[str, Any]:
    """Return a result for the page's template: cells as text, at most `SHOWN_ROWS` rows."""
    result = compact(result)
    rows = list(result.rows)

    def write(row: Row) -> list[tuple[str, bool]]:
        pairs = zip(row.cells, result.columns, strict=True)
        return [(write_cell(cell, column, row.currency), column.is_number) for cell, column in pairs]

    return {
        "result": result,
        "rows": [write(row) for row in rows[:SHOWN_ROWS]],
        "totals": [write(row) for row in result.totals],
        "row_count": len(rows),
        "hidden_rows": max(len(rows) - SHOWN_ROWS, 0),
        "charts": [(chart, describe_chart(chart), describe_options(chart)) for chart in result.drawn_charts],
    }


# The site's accent first; they differ in lightness, too.
_COLORS = ("var(--color-primary-600)", "var(--color-base-400)", "var(--color-primary-300)")


_FONT = {"family": "'Hanken Grotesk', Mukta, Inter, sans-serif", "size": 11}
_LEGEND = {"color": "#8b8f99", "font": _FONT, "boxWidth": 12, "boxHeight": 12}
_AXIS = {
    "ticks": {"color": "#8b8f99", "font": _FONT, "maxRotation": 45},
    "border": {"display": False},
    "grid": {"drawTicks": False},
}


def describe_options(chart: Chart) -> dict[str, Any]:
    """Return Chart.js options: no animation, an axis from zero, a legend if there are several series."""
    return {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"display": len(chart.series) > 1, "align": "end", "position": "top", "labels": _LEGEND}},
        "scales": {"x": {**_AXIS, "grid": {"display": False}}, "y": {**_AXIS, "beginAtZero": True}},
    }


def describe_chart(chart: Chart) -> dict[str, Any]:
    """Return a chart's data for Chart.js. Amounts stay text, which it reads as numbers."""
    return {
        "labels": chart.short_labels(),
        "datasets": [
            {
                "label": series.name,
                "data": [None if value is None else str(value) for value in series.values],
                "borderColor": color,
                "backgroundColor": color,
                "pointRadius": 2,
                "maxBarThickness": 28,
            }
            for series, color in zip(chart.series, _COLORS, strict=False)
        ],
    }
