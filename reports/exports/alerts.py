"""Notify staff on their next page of the console when an export of theirs is ready."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from reports.catalog import REPORTS
from reports.models import Export

_KEY = "exports"


def watch_export(request: HttpRequest, export: Export) -> None:
    """Remember an export in the session until its requester was notified."""
    codes = request.session.get(_KEY, [])
    if export.code not in codes:
        request.session[_KEY] = [*codes, export.code]


class ExportAlerts:
    """One query a page for people who wait for an export; none for others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.console = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method == "GET" and request.path.startswith(self.console)
        if is_page and "text/html" in request.headers.get("Accept", "") and request.session.get(_KEY):
            self.notify(request)
        return self.get_response(request)

    def notify(self, request: HttpRequest) -> None:
        codes = request.session[_KEY]
        exports = {export.code: export for export in Export.objects.filter(code__in=codes, asked_by=request.user.pk)}
        waiting = [code for code in codes if code in exports and exports[code].is_open]
        for code in codes:
            export = exports.get(code)
            if export is None or export.is_open or export.report not in REPORTS:
                continue
            name = f"{REPORTS[export.report].title}, {export.get_format_display()}"
            link = format_html('<a href="{}" class="underline">{}</a>', export.get_absolute_url(), name)
            if export.state == Export.State.READY:
                messages.success(request, format_html("{} {}", gettext("An export is ready:"), link))
            elif export.state == Export.State.FAILED:
                messages.error(request, format_html("{} {}", gettext("An export failed:"), link))
        if waiting != codes:
            request.session[_KEY] = waiting
