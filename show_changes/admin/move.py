"""Move a show with its customers: choose where to, review who gets which place, then apply it all at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.roles import Capability
from bookings.models import Booking, Ticket
from console.people import may_at, person_of
from events.errors import SchedulingError
from events.models import Show
from events.timetable.forms import MoveForm, read_time
from lib.forms import Form
from lib.moments import parse_day
from lib.refusals import Refusal
from show_changes.matching import Fate
from show_changes.models import ShowMove
from show_changes.move import adjust_move, apply_move, is_let_go, plan_move, read_moving, refresh_move, withdraw_moves
from show_changes.plan import read_free_places, read_move


class PlacesForm(Form):
    """A free place in the new hall for each ticket of a booking."""

    def __init__(self, move: ShowMove, booking: Booking, data: Any = None) -> None:
        super().__init__(data)
        self.tickets = list(read_moving(move.show).filter(booking=booking))
        choices = read_free_places(move, self.tickets)
        for ticket in self.tickets:
            entry = move.plan.get(str(ticket.pk), {})
            value = (
                f"seat:{entry['seat']}" if entry.get("seat") else f"area:{entry['area']}" if entry.get("area") else ""
            )
            self.fields[str(ticket.pk)] = forms.ChoiceField(
                label=gettext("%(ticket)s, until now %(place)s")
                % {"ticket": ticket.ticket_type, "place": ticket.label},
                choices=[("", gettext("no place")), *choices],
                initial=value,
                widget=UnfoldAdminSelectWidget,
            )

    def places(self) -> dict[int, tuple[str, int]]:
        chosen = {}
        for ticket in self.tickets:
            kind, _colon, pk = self.cleaned_data[str(ticket.pk)].partition(":")
            chosen[ticket.pk] = (kind, int(pk))
        return chosen


def answer_move(request: HttpRequest, context: dict[str, Any], show: Show) -> HttpResponse:
    """Ask where to move a show, or show its open plan and act on it."""
    theater_id = show.hall.theater_id
    needed = (Capability.EDIT_PROGRAMME, Capability.SEE_BOOKINGS)
    if not all(may_at(request.user, capability, theater_id) for capability in needed):
        raise PermissionDenied
    timezone.activate(show.hall.theater.tz)
    moves = ShowMove.objects.filter(show=show).select_related("hall__theater__city", "seat_map", "made_by")
    move = moves.filter(state=ShowMove.State.PLANNED).first()
    context |= {
        "subtitle": str(show),
        "show": show,
        "zone": show.hall.theater.tz,
        "back": reverse("admin:events_show_change", args=[show.pk]),
        "here": reverse("admin:events_show_move", args=[show.pk]),
    }
    if move is None or {"_elsewhere", "_plan"} & set(request.POST):
        return _answer_where(request, context, show)
    # The instance that the admin read: the plan compares with it.
    move.show = show
    if code := request.GET.get("booking"):
        return _answer_places(request, context, move, code)
    return _answer_plan(request, context, move)


def _answer_where(request: HttpRequest, context: dict[str, Any], show: Show) -> HttpResponse:
    """Ask for hall and time, and make a plan."""
    theater = show.hall.theater
    local = timezone.localtime(show.starts_at, theater.tz)
    initial = {
        "hall": request.GET.get("hall") or show.hall_id,
        "day": parse_day(request.GET.get("day", "")) or local.date(),
        "time": read_time(request.GET.get("time", "")) or local.time(),
        "which": request.GET.get("which", ""),
    }
    is_sent = "_plan" in request.POST
    form = MoveForm(theater, request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        starts_at = form.moment()
        if form.cleaned_data["hall"].pk == show.hall_id and starts_at == show.starts_at:
            form.add_error(None, gettext("The show is already there."))
        else:
            try:
                plan_move(show=show, hall=form.cleaned_data["hall"], starts_at=starts_at, by=person_of(request))
            except SchedulingError as refusal:
                form.add_error(None, str(refusal))
            else:
                return HttpResponseRedirect(context["here"])
    context |= {"title": gettext("Move the show with its customers"), "form": form}
    return TemplateResponse(request, "admin/move_show/where.html", context, status=422 if form.errors else 200)


def _answer_plan(request: HttpRequest, context: dict[str, Any], move: ShowMove) -> HttpResponse:
    """Show who gets what; apply the plan, make it again or withdraw it."""
    may_refund = may_at(request.user, Capability.REFUND, move.hall.theater_id)
    if request.method == "POST":
        try:
            return _do(request, context, move, may_refund=may_refund)
        except (Refusal, SchedulingError) as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(context["here"])
    plan = read_move(move)
    context |= {
        "title": gettext("Move the show with its customers"),
        "move": move,
        "plan": plan,
        "may_refund": may_refund,
        "unplaced": plan.fates[Fate.NONE],
    }
    return TemplateResponse(request, "admin/move_show/plan.html", context)


def _do(request: HttpRequest, context: dict[str, Any], move: ShowMove, *, may_refund: bool) -> HttpResponse:
    if "_withdraw" in request.POST:
        withdraw_moves(move.show)
        messages.success(request, gettext("The plan is withdrawn. Nothing was changed."))
        return HttpResponseRedirect(context["back"])
    if "_refresh" in request.POST:
        refresh_move(move)
        return HttpResponseRedirect(context["here"])
    pays_back = "pays_back" in request.POST and may_refund
    if "_apply" in request.POST:
        try:
            version = int(request.POST.get("version", ""))
        except ValueError:
            version = 0
        moving = read_move(move)
        apply_move(move=move, version=version, by=person_of(request), pays_back=pays_back)
        text = ngettext(
            "The show has moved. %(count)d customer is notified.",
            "The show has moved. %(count)d customers are notified.",
            moving.told,
        )
        messages.success(request, text % {"count": moving.told})
        return HttpResponseRedirect(context["back"])
    return HttpResponseRedirect(context["here"])


def _answer_places(request: HttpRequest, context: dict[str, Any], move: ShowMove, code: str) -> HttpResponse:
    """Let staff choose other places for one booking."""
    alive = Booking.objects.filter(state__in=(Booking.State.HELD, Booking.State.CONFIRMED))
    of_show = Ticket.objects.live().filter(show=move.show_id)
    booking = get_object_or_404(alive, code=code, pk__in=of_show.values("booking"))
    if is_let_go(booking) or move.seat_map_id == move.show.seat_map_id:
        return HttpResponseRedirect(context["here"])
    form = PlacesForm(move, booking, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = int(request.POST.get("version", ""))
            adjust_move(move=move, version=version, places=form.places(), by=person_of(request))
        except ValueError:
            form.add_error(None, gettext("Choose a place for each ticket."))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, gettext("The places of booking %(code)s are changed in the plan.") % {"code": code}
            )
            return HttpResponseRedirect(context["here"])
    context |= {
        "title": gettext("Places of booking %(code)s in %(hall)s") % {"code": code, "hall": move.hall.name},
        "move": move,
        "booking": booking,
        "form": form,
        "back": context["here"],
    }
    return TemplateResponse(request, "admin/move_show/places.html", context, status=422 if form.errors else 200)
