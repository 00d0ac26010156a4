"""Imports of events and shows: a file is uploaded, reviewed row by row, and then written or dismissed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from events.imports import (
    ImportPlan,
    ImportRefused,
    Outcome,
    choose_letters,
    dismiss_import,
    finish_import,
    plan_import,
    samples_of,
    start_import,
    wake_lost,
)
from events.imports.forms import ImportForm
from events.imports.samples import columns_of, sample_csv, sample_xlsx
from events.models import ImportRun
from lib.tables import UnreadableTable, group_alike
from lib.tables.findings import kind_of
from theaters.access import theaters_for

ROWS_PER_PAGE = 100
SAMPLE_FORMATS = {
    "csv": (sample_csv, "text/csv; charset=utf-8"),
    "xlsx": (sample_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@admin.register(ImportRun)
class ImportRunAdmin(ScopedAdmin):
    """Imported and pending files; the page of a file shows the outcome of each row."""

    theater_path = "theater"
    empty_help = _("Events and shows can also come from a spreadsheet: choose “Import a file”.")
    see = edit = Capability.EDIT_PROGRAMME
    list_display = [
        "file_name",
        "kind",
        "theater",
        "state_label",
        "rows",
        "new",
        "changed",
        "wrong",
        "by",
        "created_at",
    ]
    list_filter = ["state", "kind", "theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["theater"]
    search_fields = ["file_name"]
    actions_list = ["upload"]

    def get_urls(self) -> list[Any]:
        sample = path("sample/", self.admin_site.admin_view(self.sample), name="events_importrun_sample")
        return [sample, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        rows: QuerySet[ImportRun] = super().get_queryset(request)
        return rows.defer("content", "errors")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    @display(
        description=_("state"), ordering="state", label={"checked": "info", "done": "success", "dismissed": "default"}
    )
    def state_label(self, run: ImportRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @action(description=_("Import a file"), permissions=["upload"], url_path="upload", icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        theaters = theaters_for(person, Capability.EDIT_PROGRAMME)
        kind = request.GET.get("kind", ImportRun.Kind.EVENTS)
        form = ImportForm(theaters, request.POST or None, request.FILES or None, initial={"kind": kind})
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                run = start_import(
                    kind=ImportRun.Kind(form.cleaned_data["kind"]),
                    theater=form.cleaned_data["theater"],
                    file_name=upload.name,
                    content=upload.read(),
                    by=person,
                )
            except UnreadableTable as refusal:
                form.add_error("file", str(refusal))
            else:
                return HttpResponseRedirect(reverse("admin:events_importrun_change", args=[run.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a file"),
            "opts": self.model._meta,
            "form": form,
            "guides": [(kind, kind.label, columns_of(kind)) for kind in ImportRun.Kind],
            "back": reverse("admin:events_importrun_changelist"),
        }
        return TemplateResponse(request, "admin/events/import_upload.html", context)

    def sample(self, request: HttpRequest) -> HttpResponse:
        """Return a sample file: `?kind=shows&format=xlsx`."""
        if not self.has_upload_permission(request):
            raise PermissionDenied
        kind, form = request.GET.get("kind", "events"), request.GET.get("format", "csv")
        if kind not in ImportRun.Kind.values or form not in SAMPLE_FORMATS:
            raise Http404
        write, content_type = SAMPLE_FORMATS[form]
        response = HttpResponse(write(kind), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the outcome of each row, or act on a button."""
        if not object_id.isdigit():
            raise Http404
        rows = self.get_queryset(request).select_related("theater__city")
        run: ImportRun = get_object_or_404(rows, pk=int(object_id))
        if not self.has_change_permission(request, run):
            raise PermissionDenied
        if request.method == "POST":
            self._act(request, run)
            return HttpResponseRedirect(reverse("admin:events_importrun_change", args=[run.pk]))
        is_working = run.state in ImportRun.WORKING
        if "part" in request.GET:
            response = TemplateResponse(request, "admin/events/_import_progress.html", {"run": run})
            if not is_working:
                response["HX-Refresh"] = "true"
            return response
        if is_working:
            wake_lost(run)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"),
            "subtitle": run.file_name,
            "opts": self.model._meta,
            "run": run,
            "is_working": is_working,
            "is_open": run.state == ImportRun.State.CHECKED,
            "samples": samples_of(run) if run.state == ImportRun.State.UNCLEAR else [],
            "back": reverse("admin:events_importrun_changelist"),
            "again": f"{reverse('admin:events_importrun_upload')}?kind={run.kind}",
        }
        if run.state == ImportRun.State.CHECKED:
            context |= self._read_plan(request, run)
        return TemplateResponse(request, "admin/events/import_run.html", context)

    def _read_plan(self, request: HttpRequest, run: ImportRun) -> dict[str, Any]:
        try:
            plan = plan_import(run)
        except UnreadableTable as refusal:
            return {"unreadable": str(refusal)}
        counts = [
            (outcome, plan.count(outcome))
            for outcome in (Outcome.WRONG, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
        ]
        asked = request.GET.get("outcome", "")
        outcome = asked if asked in Outcome.values else ""
        order = [Outcome.WRONG, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED]
        rows = (
            plan.of(Outcome(outcome))
            if outcome
            else sorted(plan.rows, key=lambda row: (order.index(row.outcome), row.line))
        )
        wrong, new, changed, unchanged = (count for _outcome, count in counts)
        return {
            "plan": plan,
            "counts": counts,
            "wrong_groups": _group_errors(plan) if not outcome or outcome == Outcome.WRONG else [],
            "outcome": outcome,
            "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
            "wrong_count": wrong,
            "write_count": new + changed,
            "unchanged_count": unchanged,
        }

    def _act(self, request: HttpRequest, run: ImportRun) -> None:
        person = person_of(request)
        if "_dismiss" in request.POST:
            if dismiss_import(run=run, by=person):
                self.message_user(request, _("The import is dismissed; nothing was written."), messages.SUCCESS)
            return
        if "_letters" in request.POST:
            if not choose_letters(run=run, encoding=request.POST.get("encoding", "")):
                self.message_user(request, _("Choose how to read the letters."), messages.ERROR)
            return
        if not {"_all", "_right"} & set(request.POST):
            return
        try:
            done = finish_import(run=run, by=person, only_right="_right" in request.POST)
        except ImportRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        if done.state == ImportRun.State.WRITING:
            return
        written = done.new + done.changed
        text = ngettext("%d row is imported.", "%d rows are imported.", written) % written
        self.message_user(request, text, messages.SUCCESS)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _group_errors(plan: ImportPlan) -> list[dict[str, Any]]:
    """Group errors that many rows share, so that staff see each of them once."""
    errors = [(row.line, column, text) for row in plan.rows for column, text in row.errors.items()]
    groups = group_alike(errors, key=lambda error: (error[1], kind_of(error[2])))
    return [{"errors": group.first, "more": group.more, "column": group.first[0][1]} for group in groups if group.more]
