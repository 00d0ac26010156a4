"""The door of shows whose visitors come in turn: it stands before everything that costs time.

People in line cost no session and no statement, and their page asks for their place here. `docs/waiting-room.md` says
what is behind the door.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request, override

from waiting_room import places
from waiting_room.load import load
from waiting_room.rooms import Room, find_room
from waiting_room.turns import State, Turn, find_turn
from waiting_room.words import describe_turn

# The page with the seats, the forms that hold them, and the line itself.
DOORS = re.compile(r"^/shows/(?P<code>[^/]+)/(?P<page>|best/|hold/|line/|line/turn\.json)$")
# Where customers exchange tickets for others of a show that the address or the form names.
EXCHANGE_DOORS = re.compile(r"^/bookings/[^/]+/exchange/$")
# How soon a page asks again: the longer the wait, the later; and all of a line at most so often in a second.
SOONEST_SECONDS = 3
LATEST_SECONDS = 30
ASKS_A_SECOND = 400


class WaitingRoomMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with load.count():
            code, page = _find_door(request)
            room = find_room(code) if code else None
            return self.get_response(request) if room is None else self._answer(request, room, page)

    def _answer(self, request: HttpRequest, room: Room, page: str) -> HttpResponseBase:
        turn = find_turn(request, room)
        request.turn = turn  # type: ignore[attr-defined]
        if page == "line/turn.json":
            response: HttpResponseBase = _tell(request, room, turn)
        elif page == "line/" and turn.is_admitted:
            response = HttpResponseRedirect(next_address(request, room.code))
        elif page == "line/" or _may_pass(request, room, turn):
            response = self.get_response(request)
        else:
            response = HttpResponseRedirect(line_address(room.code, _address_of_choice(request, room, page)))
        if turn.is_new and turn.place:
            places.set_cookie(response, room.line, turn.place)
        return response


def line_address(code: str, then: str = "") -> str:
    """Return the address of the line for a show, which leads on to `then` or the show's page when the turn comes."""
    address = reverse("waiting_room:line", args=[code])
    return f"{address}?{urlencode({'next': then})}" if then else address


def next_address(request: HttpRequest, code: str) -> str:
    """Return where a visitor goes on whose turn has come."""
    then = request.GET.get("next", "")
    if then.startswith("/") and url_has_allowed_host_and_scheme(then, allowed_hosts=None):
        return then
    return reverse("bookings:show", args=[code])


def _find_door(request: HttpRequest) -> tuple[str, str]:
    """Return the code of the show to whose seats this address leads, "" if to none, and the page behind it."""
    if door := DOORS.match(request.path_info):
        return door["code"], door["page"]
    if EXCHANGE_DOORS.match(request.path_info):
        return (request.POST if request.method == "POST" else request.GET).get("show", ""), "exchange/"
    return "", ""


def _address_of_choice(request: HttpRequest, room: Room, page: str) -> str:
    """Return the address that shows what was chosen, whether by its address or its form."""
    chosen = (request.POST if request.method == "POST" else request.GET).copy()
    for name in ("csrfmiddlewaretoken", "key", "advised", "due", "refund"):
        chosen.pop(name, None)
    address = request.path if page == "exchange/" else reverse("bookings:show", args=[room.code])
    return f"{address}?{chosen.urlencode()}" if chosen else ""


def _may_pass(request: HttpRequest, room: Room, turn: Turn) -> bool:
    """Return True for a turn that has come; to hold seats, its place may not have been passed around."""
    if not turn.is_admitted or turn.place is None:
        return False
    return request.method != "POST" or not places.is_passed_around(request, room, turn.place)


def _tell(request: HttpRequest, room: Room, turn: Turn) -> HttpResponse:
    with override(get_language_from_request(request)):
        headline, detail = describe_turn(room, turn)
    content = {
        "state": turn.state,
        "headline": headline,
        "detail": detail,
        "message": room.message,
        "ahead": turn.ahead,
        "seconds": ask_again_after(room, turn),
    }
    response = JsonResponse(content, headers={"Cache-Control": "no-store"})
    # The middleware that adds it elsewhere is further in.
    response.headers["Content-Length"] = str(len(response.content))
    return response


def ask_again_after(room: Room, turn: Turn) -> int:
    """Return after how many seconds a page should ask again."""
    wait = turn.seconds / 20
    if turn.state == State.GATHERING:
        wait = room.seconds_until_open() / 4
    if turn.state == State.CROWDED:
        wait = LATEST_SECONDS
    return ceil(max(min(max(wait, SOONEST_SECONDS), LATEST_SECONDS), turn.in_line / ASKS_A_SECOND))
