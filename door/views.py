"""The door's pages: choose a gate, and scan at it, also where there is no network."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

import structlog
from csp.decorators import csp_update
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from django.views.generic import TemplateView, View
from pydantic import ValidationError

from accounts.models import User
from accounts.roles import Capability, lacks_second_factor
from bookings.tickets.codes import VERSION
from door.answers import Answer, Unrecorded, answer_scan
from door.clear_site_data import clear_site_data, identify
from door.find_tickets import find_party, find_tickets
from door.forms import CountForm, GateForm, ScanForm, UndoForm
from door.gates import Gate, by_theater, find_next_show, find_shows, read_gate
from door.house import list_shows, read_house
from door.models import CheckIn, UnticketedPerson
from door.offline import describe_worker, find_words
from door.reports import Decision, record_decisions
from door.schemas import DecisionIn, DecisionsIn
from door.ticket_list import list_tickets
from door.undo import undo
from door.unticketed import count_in, count_out, count_unticketed, undo_count
from lib.refusals import Refusal
from theaters.access import may, require

log = structlog.get_logger(__name__)

# Ten years: a device whose battery was flat may believe in any day.
MAX_CLOCK_ERROR_SECONDS = 315_360_000
# What people type to find a ticket is shorter than what a scanner reads.
LONGEST_SEARCH = 60
# Refusals that staff can solve on the spot; the others are red.
MILD_REASONS = frozenset(
    {
        CheckIn.Reason.OTHER_SHOW,
        CheckIn.Reason.TOO_EARLY,
        CheckIn.Reason.SHOW_MOVED,
        CheckIn.Reason.NOT_INSIDE,
        CheckIn.Reason.NO_REENTRY,
        Unrecorded.OTHER_THEATER,
    }
)


class DoorView(LoginRequiredMixin, View):
    """A page for those who may check in somewhere."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if lacks_second_factor(request.user):
            return redirect("mfa_index")
        if request.user.is_authenticated:
            _require_door(request)
        return super().dispatch(request, *args, **kwargs)


class ChooseView(DoorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = cast(User, request.user), timezone.now()
        shows = find_shows(user, now)
        # The only show needs no choice.
        only = [show.code for show in shows] if len(shows) == 1 else []
        chosen = {*request.GET.getlist("show"), *request.GET.getlist("theater"), *only}
        context = {
            "theaters": by_theater(shows),
            "next_show": None if shows else find_next_show(user, now),
            "form": GateForm(request.GET),
            "chosen": chosen,
            "lets_in_again": any(show.hall.theater.allows_reentry for show in shows),
            "is_out": request.GET.get("direction") == CheckIn.Direction.OUT,
            "gate_name": request.GET.get("gate", ""),
            "holder": _holder(request),
        }
        return render(request, "door/choose.html", context)


# WebAssembly decodes what the camera sees.
@method_decorator(csp_update({"script-src": ["'wasm-unsafe-eval'"]}), name="dispatch")
class GateView(DoorView):
    """Answers each scan on the page itself, so that the next one can follow; scripts are sent the answer alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        gate = read_gate(request.GET, find_shows(request.user, timezone.now()))
        return super().dispatch(request, gate=gate)

    def get(self, request: HttpRequest, gate: Gate | None) -> HttpResponse:
        return _show(request, gate)

    def post(self, request: HttpRequest, gate: Gate | None) -> HttpResponse:
        form = ScanForm(request.POST)
        if gate is None or not form.is_valid():
            return _show(request, gate)
        scan = form.cleaned_data
        if not scan["ticket"] and not scan["text"]:
            return _show(request, gate)
        if not scan["ticket"] and not scan["is_scanned"] and not _is_code(scan["text"]):
            return _show(request, gate, wanted=scan["text"], tickets=find_tickets(gate.shows, scan["text"]))
        user = cast(User, request.user)
        try:
            answer = answer_scan(
                qr="" if scan["ticket"] else scan["text"],
                ticket_code=scan["ticket"],
                gate=gate.name,
                by=user,
                device=gettext("door page"),
                direction=gate.direction,
                shows=gate.shows,
                key=scan["key"],
                note=scan["note"],
            )
        except Refusal as refusal:
            return _show(request, gate, refusal=refusal)
        return _show(request, gate, **_describe(answer, user))


class UndoView(GateView):
    def post(self, request: HttpRequest, gate: Gate | None) -> HttpResponse:
        form = UndoForm(request.POST)
        if gate is None or not form.is_valid():
            return _show(request, gate)
        try:
            found = undo(key=form.cleaned_data["undo"], by=cast(User, request.user))
        except Refusal as refusal:
            return _show(request, gate, refusal=refusal)
        return _show(request, gate, answer=Answer(found.result, found=found, show=found.ticket.show), tone="plain")


class DeviceView(View):
    """What the gate's page asks for by itself: answered with a status, never with a page to sign in on."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated or lacks_second_factor(request.user):
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        _require_door(request)
        response = super().dispatch(request, *args, **kwargs)
        # Devices measure their clock by it.
        response["Door-Time"] = timezone.now().isoformat()
        return response


@method_decorator(cache_control(no_cache=True), name="dispatch")
class WorkerView(TemplateView):
    """The service worker of the door's pages. It says nothing about anyone, and needs no sign-in to be renewed."""

    template_name = "door/worker.js"
    content_type = "text/javascript"
    extra_context = {"config": SimpleLazyObject(describe_worker)}


class ManifestView(TemplateView):
    """What the door is called and looks like on a home screen."""

    template_name = "door/manifest.webmanifest"
    content_type = "application/manifest+json"


class TicketListView(DeviceView):
    """The tickets of the gate's shows; 304 for the ETag of the last answer while nothing has changed."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        user, now = cast(User, request.user), timezone.now()
        gate = read_gate(request.GET, find_shows(user, now))
        if gate is None:
            raise Http404
        content = {**list_tickets(shows=gate.shows, user=user, now=now), "holder": _holder(request)}
        response = JsonResponse(content)
        etag = f'"{sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response


class DecisionsView(DeviceView):
    """Take what a device decided without a network; sent again, it changes nothing."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            sent = DecisionsIn.model_validate_json(request.body)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            return JsonResponse({"errors": found}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        readable = [one for row in sent.decisions if (one := _read_decision(row)) is not None]
        ahead = (sent.sent_at - timezone.now()).total_seconds()
        recorded = record_decisions(
            decisions=[Decision(key=one.pop("id"), **one) for one in readable],
            by=cast(User, request.user),
            device=gettext("door page"),
            clock_error=round(max(-MAX_CLOCK_ERROR_SECONDS, min(ahead, MAX_CLOCK_ERROR_SECONDS))),
        )
        return JsonResponse({"recorded": sum(found is not None for found in recorded)})


def _require_door(request: HttpRequest) -> None:
    try:
        require(request.user, Capability.CHECK_IN)
    except PermissionDenied:
        clear_site_data(request)
        raise


def _read_decision(row: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return DecisionIn.model_validate(row).model_dump()
    except ValidationError as error:
        log.warning("door_report_unreadable", errors=error.errors(include_input=False, include_context=False))
        return None


def _holder(request: HttpRequest) -> dict[str, str]:
    """Return whom a device's list belongs to: the person, and this sign-in."""
    return {
        "person": identify(request.user),
        "session": salted_hmac("door.session", request.session.session_key or "").hexdigest()[:24],
    }


class CountView(GateView):
    """Counts one person in or out who has no ticket; what names nobody is answered with the counter alone."""

    def post(self, request: HttpRequest, gate: Gate | None) -> HttpResponse:
        form = CountForm(request.POST)
        if gate is None or not form.is_valid():
            return _show_counter(request, gate)
        wish = form.cleaned_data
        show = next((show for show in gate.shows if show.code == wish["show"]), None)
        if show is None:
            return _show_counter(request, gate)
        count = count_out if wish["direction"] == CheckIn.Direction.OUT else count_in
        try:
            person = count(show=show, kind=wish["kind"], gate=gate.name, by=cast(User, request.user), key=wish["key"])
        except Refusal as refusal:
            return _show(request, gate, refusal=refusal)
        return _show_counter(request, gate, person, undo_key=wish["key"])


class UndoCountView(GateView):
    def post(self, request: HttpRequest, gate: Gate | None) -> HttpResponse:
        form = UndoForm(request.POST)
        if gate is None or not form.is_valid():
            return _show_counter(request, gate)
        try:
            person = undo_count(key=form.cleaned_data["undo"], by=cast(User, request.user))
        except Refusal as refusal:
            return _show(request, gate, refusal=refusal)
        return _show_counter(request, gate, person)


@method_decorator(conditional_page, name="dispatch")
class HouseView(DoorView):
    """Who is inside the chosen shows; scripts ask for the numbers alone, and get 304 while nothing has changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        gate = read_gate(request.GET, find_shows(cast(User, request.user), timezone.now()))
        if gate is None:
            return redirect("door:choose")
        house = read_house(gate.shows)
        context = {"gate": gate, "house": house, "rows": list_shows(gate, house)}
        is_part = bool(request.htmx)  # type: ignore[attr-defined]
        return render(request, "door/_house.html" if is_part else "door/house.html", context)


def _show(request: HttpRequest, gate: Gate | None, **context: Any) -> HttpResponse:
    if gate is None:
        return redirect("door:choose")
    # Each scan has a key of its own, so that the same form sent twice admits once.
    context |= {"gate": gate, "key": get_random_string(22)}
    if bool(request.htmx) and request.method == "POST":  # type: ignore[attr-defined]
        return render(request, "door/_answer.html", context)
    return render(request, "door/gate.html", context | {"holder": _holder(request), "words": find_words()})


def _show_counter(
    request: HttpRequest, gate: Gate | None, counted: UnticketedPerson | None = None, undo_key: str = ""
) -> HttpResponse:
    counts = count_unticketed(gate.shows) if gate else {}
    counter = [(show, counts[show.pk]) for show in gate.shows] if gate else []
    number = next((n for kind, n in counts.get(counted.show_id, ()) if kind == counted.kind), 0) if counted else 0
    return _show(request, gate, counter=counter, counted=counted, number=number, undo_key=undo_key)


def _is_code(text: str) -> bool:
    """Return True if a scanner reads such a text, and nobody types it to find someone."""
    return text.upper().startswith(f"{VERSION}.") or "://" in text or len(text) > LONGEST_SEARCH


def _describe(answer: Answer, user: User) -> dict[str, Any]:
    party, inside = find_party(answer.ticket) if answer.ticket else (0, 0)
    return {
        "answer": answer,
        "tone": _tone(answer),
        "party": party,
        "inside": inside,
        "may_overrule": answer.may_yield
        and answer.show is not None
        and may(user, Capability.ADMIT_ANYWAY, answer.show.hall.theater_id),
    }


def _tone(answer: Answer) -> str:
    if answer.result == CheckIn.Result.ADMITTED:
        is_out = answer.found is not None and answer.found.direction == CheckIn.Direction.OUT
        return "out" if is_out else "good"
    if answer.result == CheckIn.Result.UNDONE:
        return "plain"
    return "warn" if answer.result == CheckIn.Result.ALREADY_IN or answer.reason in MILD_REASONS else "bad"
