"""The console's pages of reports that go out by themselves. A schedule is its owner's; others look, managers pause."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.views import View

from console.people import person_of
from lib.moments import write_moment
from reports.access import (
    find_report,
    may_change_schedule,
    may_look_after_schedule,
    may_open_run,
    reports_for,
    schedules_for,
)
from reports.catalog import REPORTS, Report
from reports.exports.write import mime_type_of
from reports.forms import ReportForm
from reports.models import ReportRun, ReportSchedule
from reports.models.exports import private_storage
from reports.periods import Span
from reports.schedules.forms import ScheduleForm
from reports.schedules.run import delete_schedule, run_now, save_schedule, set_paused, take_over

NEXT_RUNS = 5
SHOWN_RUNS = 30


class ConsolePage(View):
    """A page of the console about scheduled reports."""

    def show(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        everywhere = admin.site.each_context(request)
        return TemplateResponse(request, f"admin/reports/{template}.html", {**everywhere, "title": title, **context})


def find_schedule(request: HttpRequest, code: str) -> ReportSchedule:
    found: ReportSchedule = get_object_or_404(schedules_for(request.user), code=code)
    return found


def describe_next(schedule: ReportSchedule) -> list[str]:
    """Return the next runs as the theater's clock will show them."""
    moments = islice(schedule.recurrence().after(timezone.now()), NEXT_RUNS)
    return [_local(moment, schedule) for moment in moments]


def _local(moment: Any, schedule: ReportSchedule) -> str:
    return f"{date_format(timezone.localtime(moment, schedule.tz), 'l')}, {write_moment(moment, schedule.tz)}"


def title_of(schedule: ReportSchedule) -> str:
    report = REPORTS.get(schedule.report)
    return str(report.title) if report else schedule.report


class ScheduleListView(ConsolePage):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not reports_for(request.user):
            raise Http404
        rows = sorted(schedules_for(request.user), key=lambda one: (one.owner_id != request.user.pk, title_of(one)))
        schedules = [
            {
                "schedule": one,
                "title": title_of(one),
                "words": one.recurrence().describe(),
                "next_run": "" if one.is_paused else _local(one.next_run_at, one),
                "is_own": one.owner_id == request.user.pk,
            }
            for one in rows
        ]
        return self.show(request, "schedules", gettext("Scheduled reports"), schedules=schedules)


class _FormView(ConsolePage):
    def draw(self, request: HttpRequest, report: Report, form: ScheduleForm, asked: ReportForm) -> HttpResponse:
        return self.show(
            request,
            "schedule_form",
            gettext("Send this report regularly"),
            report=report,
            form=form,
            asked=asked,
            parameters=asked.parameters() if asked.is_valid() else {},
            theater=asked.chosen_theaters()[0] if asked.is_valid() else None,
        )

    def save(
        self, request: HttpRequest, schedule: ReportSchedule, report: Report, asked: ReportForm, form: ScheduleForm
    ) -> HttpResponse:
        try:
            save_schedule(schedule=form.fill(schedule), report=report, parameters=asked.data, by=schedule.owner)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.draw(request, report, form, asked)
        messages.success(request, gettext("The schedule is saved: %s.") % schedule.recurrence().describe())
        return HttpResponseRedirect(schedule.get_absolute_url())


class NewScheduleView(_FormView):
    """A new schedule for the report and the parameters in the address."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        report = find_report(request.user, slug)
        return self.draw(request, report, ScheduleForm(), ReportForm(report, request.user, request.GET.dict()))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        report = find_report(request.user, slug)
        asked = ReportForm(report, request.user, request.GET.dict())
        form = ScheduleForm(request.POST)
        if not form.is_valid() or not asked.is_valid():
            return self.draw(request, report, form, asked)
        today = timezone.localtime(timezone.now(), asked.chosen_theaters()[0].tz).date()
        schedule = ReportSchedule(owner=person_of(request), start_on=today, language=get_language() or "en")
        return self.save(request, schedule, report, asked, form)


class EditScheduleView(_FormView):
    """Changes times and recipients; other figures need a new schedule from the report's page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        schedule, report, asked = self._find(request, code)
        return self.draw(request, report, ScheduleForm(schedule=schedule), asked)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        schedule, report, asked = self._find(request, code)
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return self.draw(request, report, form, asked)
        return self.save(request, schedule, report, asked, form)

    def _find(self, request: HttpRequest, code: str) -> tuple[ReportSchedule, Report, ReportForm]:
        schedule = find_schedule(request, code)
        if not may_change_schedule(request.user, schedule):
            raise PermissionDenied
        report = find_report(schedule.owner, schedule.report)
        return schedule, report, ReportForm(report, schedule.owner, schedule.parameters)


class PreviewView(View):
    """Show the form's schedule in words, and its next runs, while it is filled in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        report = find_report(request.user, request.GET.get("report", ""))
        asked = ReportForm(report, request.user, {"theater": request.GET.get("theater", "")})

        form = ScheduleForm(request.GET)
        context: dict[str, Any] = {}
        if form.is_valid() and asked.is_valid():
            theater = asked.chosen_theaters()[0]
            today = timezone.localtime(timezone.now(), theater.tz).date()
            schedule = form.fill(ReportSchedule(start_on=today, theater=theater))
            context = {"words": schedule.recurrence().describe(), "next_runs": describe_next(schedule)}
        return TemplateResponse(request, "admin/reports/_schedule_preview.html", context)


class ScheduleView(ConsolePage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        schedule = find_schedule(request, code)
        may_change = may_change_schedule(request.user, schedule)
        runs = [(run, _local(run.due_at, schedule)) for run in schedule.runs.all()[:SHOWN_RUNS]]
        return self.show(
            request,
            "schedule",
            title_of(schedule),
            schedule=schedule,
            words=schedule.recurrence().describe(),
            period=dict(Span.choices).get(schedule.parameters.get("span", ""), ""),
            next_runs=describe_next(schedule),
            runs=runs,
            recipients=", ".join([schedule.owner.contact_email, *schedule.recipients]),
            may_change=may_change,
            may_look_after=may_change or may_look_after_schedule(request.user, schedule),
            is_own=schedule.owner_id == request.user.pk,
        )


class StepView(View):
    """Run now, pause, resume, take over, delete."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str, step: str) -> HttpResponse:
        schedule, person = find_schedule(request, code), person_of(request)
        is_care = step in {"pause", "resume", "take-over"}
        if not (may_look_after_schedule if is_care else may_change_schedule)(person, schedule):
            raise PermissionDenied
        match step:
            case "run":
                run_now(schedule=schedule, by=person)
                messages.success(request, gettext("It is being made, and comes by e-mail."))
            case "pause" | "resume":
                set_paused(schedule=schedule, is_paused=step == "pause", by=person)
            case "take-over":
                _take_over(request, schedule)
            case "delete":
                delete_schedule(schedule=schedule, by=person)
                messages.success(request, gettext("The schedule is deleted."))
                return HttpResponseRedirect(reverse("admin:report-schedules"))
            case _:
                raise Http404
        return HttpResponseRedirect(schedule.get_absolute_url())


def _take_over(request: HttpRequest, schedule: ReportSchedule) -> None:
    try:
        if take_over(schedule=schedule, by=person_of(request)):
            messages.success(request, gettext("The schedule is yours now, and comes to you."))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])


class RunFileView(View):
    """Serve a run's file to people who may see its figures now."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        runs = ReportRun.objects.filter(schedule__in=schedules_for(request.user)).exclude(file="")
        run = get_object_or_404(runs.select_related("schedule"), code=code)
        if not may_open_run(request.user, run) or not private_storage().exists(str(run.file.name)):
            raise Http404
        name = str(run.file.name).rpartition("/")[2]
        return FileResponse(run.file.open("rb"), as_attachment=True, filename=name, content_type=mime_type_of(name))
