"""API call by which an account takes its place in line."""

from __future__ import annotations

from math import ceil
from typing import Any, cast

from django.http import Http404, HttpRequest
from ninja import Router

from accounts.api import jwt_auth
from accounts.models import User
from events.models import Show
from lib.api_answers import may_answer
from waiting_room.rooms import find_room
from waiting_room.schemas import TurnOut
from waiting_room.turns import find_turn_of_account

waiting_room_router = Router(tags=["waiting room"], auth=jwt_auth)


@waiting_room_router.post("/shows/{slug:code}/waiting-room", response=TurnOut, openapi_extra=may_answer("not-found"))
def take_place(request: HttpRequest, code: str) -> dict[str, Any]:
    """Take a place in line for a show in high demand, or read where yours is: an account has one.

    `open`: nobody has to wait. `gathering`: the sale has not opened; places are drawn by lot when it does.
    """
    if not Show.objects.public().filter(code=code).exists():
        raise Http404
    room = find_room(code)
    if room is None:
        return {"state": "open", "ahead": 0, "seconds": 0}
    # `jwt_auth` has checked it.
    turn = find_turn_of_account(cast(User, request.user), room)
    return {"state": turn.state, "ahead": turn.ahead, "seconds": ceil(turn.seconds), "message": room.message}
