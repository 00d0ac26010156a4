"""The timetable: all halls of a theater by day or week, where shows are made, repeated, copied and moved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts.roles import Capability
from console.people import may_at, person_of
from console.site import add_page
from events.errors import Clash, Clashes, HallTaken, NothingToUndo, SchedulingError, TicketsSold
from events.models import Show, TimetableChange
from events.timetable.changes import make_shows, move_unsold, read_last_change, undo
from events.timetable.forms import (
    CopyForm,
    MakeForm,
    MoveForm,
    RepeatForm,
    format_local,
    read_time,
)
from events.timetable.page import list_menu, read_timetable
from events.timetable.plans import TimetablePlan, plan_copies, plan_recurrence
from lib.moments import parse_day
from theaters.access import require, theaters_for
from theaters.models import Theater

DAYS_OF_VIEW = {"week": 7, "day": 1}


def find_theater(request: HttpRequest, capability: Capability) -> Theater:
    """Return the theater that the URL names, or the person's first one; raise 404 for one that is not theirs.

    Activates its time zone.
    """
    theaters = theaters_for(person_of(request), capability).select_related("city").order_by("name", "pk")
    slug = request.GET.get("theater") or request.POST.get("theater")
    theater = theaters.filter(slug=slug).first() if slug else theaters.first()
    if theater is None:
        require(person_of(request), capability)
        raise Http404
    timezone.activate(theater.tz)
    return theater


def timetable_url(theater: Theater, day: date | None = None, view: str = "week") -> str:
    query = {"theater": theater.slug, **({"day": day.isoformat()} if day else {}), "view": view}
    return f"{reverse('admin:timetable')}?{urlencode(query)}"


def show_timetable(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if person.is_superuser and not Theater.objects.exists():
        messages.info(request, gettext("There is no theater yet. Create the first one here."))
        return HttpResponseRedirect(reverse("admin:theaters_theater_add"))
    theater = find_theater(request, Capability.SEE_PROGRAMME)
    view = request.GET.get("view", "")
    view = view if view in DAYS_OF_VIEW else "week"
    today = timezone.localtime(timezone.now(), theater.tz).date()
    day = parse_day(request.GET.get("day", "")) or today
    first = day - timedelta(days=day.weekday()) if view == "week" else day
    may_edit = may_at(person, Capability.EDIT_PROGRAMME, theater.pk)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Timetable"),
        "is_fullwidth": "1",
        "theater": theater,
        "theaters": theaters_for(person, Capability.SEE_PROGRAMME).order_by("name", "pk"),
        "table": read_timetable(theater, first, DAYS_OF_VIEW[view], may_edit=may_edit),
        "view": view,
        "day": first,
        "last_day": first + timedelta(days=DAYS_OF_VIEW[view] - 1),
        "today": today,
        "earlier": timetable_url(theater, first - timedelta(days=DAYS_OF_VIEW[view]), view),
        "later": timetable_url(theater, first + timedelta(days=DAYS_OF_VIEW[view]), view),
        "now_url": timetable_url(theater, today, view),
        "week_url": timetable_url(theater, first, "week"),
        "day_url": timetable_url(theater, today if first <= today < first + timedelta(days=7) else first, "day"),
        "may_edit": may_edit,
        "menu": list_menu(may_edit=may_edit, may_cancel=may_at(person, Capability.CANCEL_SHOW, theater.pk)),
        "last_change": _describe_change(read_last_change(theater, person)) if may_edit else None,
    }
    return TemplateResponse(request, "admin/timetable/timetable.html", context)


def make_show(request: HttpRequest) -> HttpResponse:
    """Make one show; a click in the timetable has filled in hall and time."""
    theater = find_theater(request, Capability.EDIT_PROGRAMME)
    day = parse_day(request.GET.get("day", "")) or timezone.localdate(timezone=theater.tz)
    initial = {"hall": request.GET.get("hall"), "day": day, "time": read_time(request.GET.get("time", ""))}
    form = MakeForm(theater, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            plan = _plan_recurrence(form)
            if plan.past:
                form.add_error("time", gettext("This is in the past."))
            else:
                made = make_shows(
                    theater=theater, plan=plan, by=person_of(request), is_on_sale=form.cleaned_data["is_on_sale"]
                )
                return _back(request, theater, form.cleaned_data["day"], _describe_made(made))
        except Clashes as refusal:
            for clash in refusal.clashes:
                form.add_error(None, _describe_clash(clash))
        except SchedulingError as refusal:
            form.add_error(None, str(refusal))
    return _render_form(request, theater, form, gettext("New show"), button=gettext("Create this show"), day=day)


def repeat_shows(request: HttpRequest) -> HttpResponse:
    """Make recurring shows: previewed first, then written."""
    theater = find_theater(request, Capability.EDIT_PROGRAMME)
    day = parse_day(request.GET.get("day", "")) or timezone.localdate(timezone=theater.tz)
    initial = {"hall": request.GET.get("hall"), "starts_on": day, "until": day + timedelta(days=27)}
    form = RepeatForm(theater, request.POST or None, initial=initial)
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = _plan_recurrence(form)
            if "_make" in request.POST:
                made = _make_planned(request, theater, plan, is_on_sale=form.cleaned_data["is_on_sale"])
                return _back(request, theater, form.cleaned_data["starts_on"], _describe_made(made))
        except SchedulingError as refusal:
            form.add_error(None, str(refusal))
    return _render_form(
        request, theater, form, gettext("Repeat by rule"), button=gettext("Preview the shows"), day=day, plan=plan
    )


def copy_days(request: HttpRequest) -> HttpResponse:
    """Copy days to another date: previewed first, then written."""
    theater = find_theater(request, Capability.EDIT_PROGRAMME)
    day = parse_day(request.GET.get("day", "")) or timezone.localdate(timezone=theater.tz)
    length = DAYS_OF_VIEW.get(request.GET.get("view", ""), DAYS_OF_VIEW["week"])
    initial = {
        "starts_on": day,
        "until": day + timedelta(days=length - 1),
        "target": day + timedelta(days=length),
    }
    form = CopyForm(theater, request.POST or None, initial=initial)
    plan = None
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        halls = [hall.pk for hall in form.cleaned_data["halls"]]
        plan = plan_copies(theater=theater, source=form.source(), target=target, halls=halls)
        if "_make" in request.POST:
            try:
                return _back(request, theater, target, _describe_made(_make_planned(request, theater, plan)))
            except SchedulingError as refusal:
                form.add_error(None, str(refusal))
    return _render_form(
        request, theater, form, gettext("Copy days"), button=gettext("Preview the shows"), day=day, plan=plan
    )


def move_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one show: by a form, or by the page's script, which is answered in JSON.

    If tickets are sold, redirects to the page that moves their customers too.
    """
    shows = Show.objects.select_related("event", "hall__theater__city")
    mine = theaters_for(person_of(request), Capability.EDIT_PROGRAMME)
    show = get_object_or_404(shows, pk=pk, hall__theater__in=mine)
    theater = show.hall.theater
    timezone.activate(theater.tz)
    local = timezone.localtime(show.starts_at, theater.tz)
    initial = {"hall": show.hall, "day": local.date(), "time": local.time()}
    form = MoveForm(theater, request.POST or None, initial=initial)
    is_script = "application/json" in request.headers.get("Accept", "")
    if request.method == "POST" and form.is_valid():
        starts_at = form.moment()
        try:
            moved = move_unsold(show=show, hall=form.cleaned_data["hall"], starts_at=starts_at, by=person_of(request))
            text = gettext("“%(title)s” is moved.") % {"title": moved.event.title}
            return JsonResponse({"message": text}) if is_script else _back(request, theater, local.date(), text)
        except TicketsSold as refusal:
            query = {name: form.data[name] for name in ("hall", "day", "time", "which") if name in form.data}
            url = f"{reverse('admin:events_show_move', args=[show.pk])}?{urlencode(query)}"
            if not is_script:
                return HttpResponseRedirect(url)
            return JsonResponse({"message": str(refusal), "url": url}, status=409)
        except HallTaken as refusal:
            if is_script:
                clashes = [other.pk for other in refusal.shows]
                return JsonResponse({"message": str(refusal), "clashes": clashes}, status=409)
            form.add_error(None, str(refusal))
        except SchedulingError as refusal:
            form.add_error(None, str(refusal))
    if is_script and request.method == "POST":
        problems = " ".join(str(problem) for problems in form.errors.values() for problem in problems)
        return JsonResponse({"message": problems}, status=409)
    title = gettext("Move “%(title)s”") % {"title": show.event.title}
    return _render_form(request, theater, form, title, button=gettext("Move it"), day=local.date())


@require_POST
def undo_change(request: HttpRequest) -> HttpResponse:
    """Undo this person's last change, if it is still the one that the page named."""
    person = person_of(request)
    theater = find_theater(request, Capability.EDIT_PROGRAMME)
    change = read_last_change(theater, person)
    try:
        if change is None or str(change.pk) != request.POST.get("change") or not undo(change=change, by=person):
            raise NothingToUndo
    except SchedulingError as refusal:
        messages.error(request, gettext("This can't be undone. %(why)s") % {"why": refusal})
    else:
        messages.success(request, gettext("Undone."))
    day = parse_day(request.POST.get("day", "")) or timezone.localdate(timezone=theater.tz)
    return HttpResponseRedirect(timetable_url(theater, day, request.POST.get("view", "week")))


def _plan_recurrence(form: MakeForm | RepeatForm) -> TimetablePlan:
    cleaned = form.cleaned_data
    return plan_recurrence(
        event=cleaned["event"],
        hall=cleaned["hall"],
        recurrence=form.recurrence(),
        prices_of=form.prices_of(),
        **form.details(),
    )


def _make_planned(
    request: HttpRequest, theater: Theater, plan: TimetablePlan, *, is_on_sale: bool = False
) -> list[Show]:
    skips_clashes = "skips_clashes" in request.POST
    return make_shows(
        theater=theater, plan=plan, by=person_of(request), skips_clashes=skips_clashes, is_on_sale=is_on_sale
    )


def _render_form(
    request: HttpRequest,
    theater: Theater,
    form: forms.Form,
    title: str,
    *,
    button: str,
    day: date,
    plan: TimetablePlan | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "theater": theater,
        "form": form,
        "button": button,
        "plan": plan,
        "rows": _describe_plan(plan) if plan else [],
        "free": len(plan.free) if plan else 0,
        "nonexistent": format_local(plan.nonexistent) if plan else "",
        "past": format_local(plan.past) if plan else "",
        "skips_clashes": "skips_clashes" in request.POST,
        "back": timetable_url(theater, day),
    }
    return TemplateResponse(request, "admin/timetable/form.html", context, status=422 if form.errors else 200)


def _describe_plan(plan: TimetablePlan) -> list[dict[str, Any]]:
    by_show = {id(clash.show): clash for clash in plan.clashes}
    rows = []
    for one in plan.planned:
        show = one.show
        zone = show.hall.theater.tz
        clash = by_show.get(id(show))
        rows.append(
            {
                "starts_at": timezone.localtime(show.starts_at, zone),
                "cleared_at": timezone.localtime(show.cleared_at, zone),
                "title": show.event.title,
                "hall": show.hall.name,
                "is_priced": bool(one.prices),
                "clash": _describe_clash(clash) if clash else "",
            }
        )
    return rows


def _describe_clash(clash: Clash) -> str:
    return str(HallTaken(clash.show.hall, clash.others))


def _describe_change(change: TimetableChange | None) -> dict[str, Any] | None:
    if change is None:
        return None
    if change.kind == TimetableChange.Kind.MADE:
        count = len(change.shows)
        text = ngettext("Undo: %(count)d show created", "Undo: %(count)d shows created", count) % {"count": count}
    else:
        text = gettext("Undo: a show moved")
    return {"pk": change.pk, "text": text}


def _describe_made(shows: list[Show]) -> str:
    return ngettext("%(count)d show is created.", "%(count)d shows are created.", len(shows)) % {"count": len(shows)}


def _back(request: HttpRequest, theater: Theater, day: date, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(timetable_url(theater, day))


add_page("timetable/", show_timetable, name="timetable")
add_page("timetable/make/", make_show, name="timetable_make")
add_page("timetable/repeat/", repeat_shows, name="timetable_repeat")
add_page("timetable/copy/", copy_days, name="timetable_copy")
add_page("timetable/undo/", undo_change, name="timetable_undo")
add_page("events/show/<int:pk>/reschedule/", move_show, name="events_show_reschedule")
