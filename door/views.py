"""The door's pages: choose a gate, and scan at it."""

from __future__ import annotations

from typing import Any, cast

from csp.decorators import csp_update
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from accounts.roles import Capability, lacks_second_factor
from bookings.tickets.codes import VERSION
from door.answers import Answer, Unrecorded, answer_scan
from door.find_tickets import find_party, find_tickets
from door.forms import GateForm, ScanForm, UndoForm
from door.gates import Gate, by_theater, find_shows, read_gate
from door.models import CheckIn
from door.undo import undo
from lib.refusals import Refusal
from theaters.access import may, require

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
            require(request.user, Capability.CHECK_IN)
        return super().dispatch(request, *args, **kwargs)


class ChooseView(DoorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        shows = find_shows(cast(User, request.user), timezone.now())
        context = {
            "theaters": by_theater(shows),
            "form": GateForm(request.GET),
            "chosen": {*request.GET.getlist("show"), *request.GET.getlist("theater")},
            "lets_in_again": any(show.hall.theater.allows_reentry for show in shows),
            "is_out": request.GET.get("direction") == CheckIn.Direction.OUT,
            "gate_name": request.GET.get("gate", ""),
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


def _show(request: HttpRequest, gate: Gate | None, **context: Any) -> HttpResponse:
    if gate is None:
        return redirect("door:choose")
    # Each scan has a key of its own, so that the same form sent twice admits once.
    context |= {"gate": gate, "key": get_random_string(22)}
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "door/_answer.html" if is_part and request.method == "POST" else "door/gate.html", context)


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
