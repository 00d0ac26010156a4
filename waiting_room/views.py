"""The page on which visitors wait until they may choose seats."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from accounts.models import User
from events.catalogue.cache import catalogue_version
from events.models import Show
from lib.shared_pages import share
from waiting_room import places
from waiting_room.line import TURN_SECONDS
from waiting_room.middleware import ask_again_after, next_address
from waiting_room.rooms import find_room
from waiting_room.turns import State, Turn, find_turn_of_account
from waiting_room.words import describe_turn


class LineView(View):
    """The same page for everyone; its script asks `TurnView`. With `plain` it says the place itself, without scripts.

    Reached by those who have to wait, whose place the middleware has found, and where there is no line any more.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        room = find_room(code)
        turn: Turn | None = getattr(request, "turn", None)
        if room is None or turn is None:
            return HttpResponseRedirect(next_address(request, code))
        if turn.state == State.CROWDED and isinstance(request.user, User):
            own = find_turn_of_account(request.user, room)
            response = HttpResponseRedirect(request.get_full_path())
            if own.place is not None:
                places.set_cookie(response, room.line, own.place)
            return response
        # A crowded network's visitors may sign in, and its page is theirs alone.
        if turn.state != State.CROWDED:
            share(request, catalogue_version, parameters=("next",))
        show = get_object_or_404(Show.objects.select_related("event", "hall__theater__city"), code=code)
        is_plain = "plain" in request.GET or turn.state == State.CROWDED
        headline, detail = describe_turn(room, turn)
        context = {
            "show": show,
            "event": show.event,
            "hall": show.hall,
            "theater": show.hall.theater,
            "tz": show.hall.theater.city.time_zone,
            "is_plain": is_plain,
            "is_crowded": turn.state == State.CROWDED,
            "headline": headline if is_plain else "",
            "detail": detail if is_plain else "",
            "message": room.message if is_plain else "",
            "seconds": ask_again_after(room, turn),
            "turn_minutes": TURN_SECONDS // 60,
        }
        return render(request, "waiting_room/line.html", context)


class TurnView(View):
    """Where there is no line (any more): the middleware answers before, where there is one."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if not Show.objects.public().filter(code=code).exists():
            raise Http404
        return JsonResponse({"state": "open"}, headers={"Cache-Control": "no-store"})
