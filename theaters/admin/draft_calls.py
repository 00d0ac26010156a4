"""What the seat-map editor's page asks for by itself: the draft, saving it, who else is there, and the next version.

All answers are JSON. Someone whose sign-in has ended is led to the sign-in page, which the script notices.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext
from pydantic import BaseModel, Field, ValidationError
from unfold.admin import ModelAdmin

from accounts.roles import Capability
from console.people import may_at, person_of
from lib.moments import write_moment
from theaters.models import SeatMap
from theaters.seat_maps import InvalidSeatMap, Problem, read_layout
from theaters.seat_maps.drafts import MAX_DRAFT_BYTES, read_draft, save_draft_revision, start_next_draft
from theaters.seat_maps.presence import leave, note_editor
from theaters.seat_maps.publish import DraftChanged

# A revision is a positive integer of the database.
MAX_REVISION_DIGITS = 9
MAX_SIGNAL_BYTES = 10_000
MAX_SHOWN_PROBLEMS = 20
# What zlib has to be told to read gzip.
_GZIP = 16


class Signal(BaseModel):
    """What an open page says every few seconds: which page it is, what it has selected, or that it is left."""

    page: str = Field(min_length=8, max_length=64, pattern=r"^[\w-]+$")
    selection: list[Annotated[str, Field(max_length=64)]] = Field(default=[], max_length=100)
    is_leaving: bool = False


class DraftCallsMixin(ModelAdmin):
    def get_urls(self) -> list[Any]:
        draft, following = self.admin_site.admin_view(self.draft), self.admin_site.admin_view(self.next_draft)
        return [
            path("<int:seat_map_id>/draft/", draft, name="theaters_seatmap_draft"),
            path("<int:seat_map_id>/draft/next/", following, name="theaters_seatmap_next_draft"),
            *super().get_urls(),
        ]

    def draft(self, request: HttpRequest, seat_map_id: int) -> HttpResponse:
        """GET the document, PUT a new one, or POST that one is here and learn of others."""
        answers: dict[str, Callable[[HttpRequest, SeatMap], HttpResponse]] = {
            "GET": _show,
            "PUT": _save,
            "POST": _signal,
        }
        rows = SeatMap.objects.select_related("hall__theater__city", "edited_by")
        rows = rows if request.method == "GET" else rows.defer("layout")
        seat_map = _find(request, rows, seat_map_id)
        answer = answers.get(request.method or "")
        return answer(request, seat_map) if answer else HttpResponseNotAllowed(list(answers))

    def next_draft(self, request: HttpRequest, seat_map_id: int) -> HttpResponse:
        """Make what was being edited when the draft was published the next version's draft."""
        rows = SeatMap.objects.select_related("hall__theater__city").defer("layout")
        seat_map = _find(request, rows, seat_map_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            draft = start_next_draft(seat_map=seat_map, document=_read_document(request), by=person_of(request))
        except InvalidSeatMap as refusal:
            return _answer_problems(refusal)
        except DraftChanged as refusal:
            return _answer_conflict(refusal)
        return JsonResponse(_describe(draft), status=HTTPStatus.CREATED)


def _find(request: HttpRequest, rows: Any, seat_map_id: int) -> SeatMap:
    seat_map: SeatMap = get_object_or_404(rows, pk=seat_map_id)
    if not may_at(request.user, Capability.EDIT_THEATER, seat_map.hall.theater_id):
        raise Http404
    return seat_map


def _show(request: HttpRequest, seat_map: SeatMap) -> HttpResponse:
    return _answer({**_describe(seat_map), "document": read_layout(seat_map.layout).document})


def _save(request: HttpRequest, seat_map: SeatMap) -> HttpResponse:
    revision = request.GET.get("revision", "")
    if not (revision.isascii() and revision.isdecimal() and len(revision) <= MAX_REVISION_DIGITS):
        return _answer_problems(InvalidSeatMap([Problem("no-revision", gettext("The revision is missing."))]))
    try:
        document = _read_document(request)
        saved = save_draft_revision(seat_map=seat_map, revision=int(revision), document=document, by=person_of(request))
    except InvalidSeatMap as refusal:
        return _answer_problems(refusal)
    except DraftChanged as refusal:
        return _answer_conflict(refusal)
    return _answer(_describe(saved))


def _signal(request: HttpRequest, seat_map: SeatMap) -> HttpResponse:
    try:
        signal = Signal.model_validate_json(request.read(MAX_SIGNAL_BYTES))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return JsonResponse({"errors": found}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if signal.is_leaving:
        leave(seat_map=seat_map, page=signal.page)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    user = person_of(request)
    others = note_editor(seat_map=seat_map, page=signal.page, user=user, selection=signal.selection)
    editors = [
        {
            "page": editor.page,
            "name": editor.name,
            "is_self": editor.user_id == user.pk,
            "since": write_time(seat_map, editor.since),
            "selection": editor.selection,
        }
        for editor in others
    ]
    return _answer({**_describe(seat_map), "editors": editors})


def _read_document(request: HttpRequest) -> dict[str, Any]:
    """Read a body that may be larger than Django lets a form be, packed or not. Raises `InvalidSeatMap`."""
    body = request.read(MAX_DRAFT_BYTES + 1)
    if request.headers.get("Content-Encoding") == "gzip":
        try:
            # No more than what is read anyway: a few packed bytes may stand for gigabytes.
            body = zlib.decompressobj(zlib.MAX_WBITS | _GZIP).decompress(body, MAX_DRAFT_BYTES + 1)
        except zlib.error as error:
            message = gettext("What was sent arrived damaged.")
            raise InvalidSeatMap([Problem("not-packed", message)]) from error
    return read_draft(body)


def _describe(seat_map: SeatMap) -> dict[str, Any]:
    """Return how a map stands: revision and state, who saved it last and when, by the clock of its theater."""
    return {
        "id": seat_map.pk,
        "url": reverse("admin:theaters_seatmap_draft", args=[seat_map.pk]),
        "edit": reverse("admin:theaters_seatmap_edit_drawing", args=[seat_map.pk]),
        "state": seat_map.state,
        "version": seat_map.version,
        "revision": seat_map.revision,
        "edited_by": str(seat_map.edited_by or ""),
        "edited_at": write_time(seat_map, seat_map.edited_at) if seat_map.edited_at else "",
    }


def write_time(seat_map: SeatMap, moment: datetime) -> str:
    """Write a time by the clock of the map's theater."""
    return write_moment(moment, seat_map.hall.theater.city.tz, "TIME_FORMAT")


def _answer(content: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _answer_conflict(refusal: DraftChanged) -> HttpResponse:
    document = read_layout(refusal.seat_map.layout).document
    content = {**_describe(refusal.seat_map), "message": str(refusal), "document": document}
    return _answer(content, HTTPStatus.CONFLICT)


def _answer_problems(refusal: InvalidSeatMap) -> HttpResponse:
    problems = [
        {"code": problem.code, "message": problem.message, "where": problem.where}
        for problem in refusal.problems[:MAX_SHOWN_PROBLEMS]
    ]
    is_too_large = any(problem.code == "too-large" for problem in refusal.problems)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_too_large else HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer({"problems": problems}, status)
