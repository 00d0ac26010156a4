"""Whose turn it is: what a visitor's or an account's place means now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from time import time

from django.http import HttpRequest

from accounts.models import User
from waiting_room import places, shared
from waiting_room.errors import NotYourTurn
from waiting_room.places import Place
from waiting_room.rooms import Room, find_room

# A number that the line does not know after this long was given out before its count was lost.
LOST_SECONDS = 10


class State(StrEnum):
    # The sale has not opened, and places are drawn by lot when it does.
    GATHERING = "gathering"
    WAITING = "waiting"
    ADMITTED = "admitted"
    # Too many people wait behind the same address.
    CROWDED = "crowded"
    # The turn has come and gone.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Turn:
    """`ahead` people come before, which takes about `seconds`; `in_line` are in the line altogether.

    `is_new`: the place was taken just now.
    """

    state: State
    place: Place | None = None
    ahead: int = 0
    seconds: float = 0.0
    in_line: int = 0
    is_new: bool = False

    @property
    def is_admitted(self) -> bool:
        return self.state == State.ADMITTED


def find_turn(request: HttpRequest, room: Room) -> Turn:
    """Return the turn of a visitor; who has no place, or one whose turn is over, takes one at the end of the line."""
    place = places.read_cookie(request, room.line)
    turn = _judge(room, place) if place else None
    if turn is not None and turn.state != State.OVER:
        return turn
    if not _is_open_to_newcomers(room) and not places.may_take(request):
        return Turn(State.CROWDED)
    return replace(_judge(room, Place.take(room.line)), is_new=True)


def find_turn_of_account(user: User, room: Room) -> Turn:
    """Return the turn of an account, which has one place on all its devices."""
    place = places.find_for_account(room.line, user.pk)
    turn = _judge(room, place) if place else None
    if turn is not None and turn.state != State.OVER:
        return turn
    if place is not None:
        places.leave_for_account(room.line, user.pk)
    return _judge(room, places.take_for_account(room.line, user.pk))


def _is_open_to_newcomers(room: Room) -> bool:
    found = shared.read_line(room.line, room.find_terms)
    return found.line.gathered is not None and found.given + 1 <= found.line.admitted


def _judge(room: Room, place: Place) -> Turn:
    """Return what a place means now."""
    found, now = shared.read_line(room.line, room.find_terms), time()
    if place.number > found.given and place.came_at < now - LOST_SECONDS:
        shared.restore(room.line, place.number)
    line, admitted = found.line, int(found.line.admitted)
    number = line.place_of(place.number)
    in_line = max(found.given - admitted, 0)
    if number is None:
        return Turn(State.GATHERING, place, in_line=in_line)
    if line.is_past(number, place.came_at, now):
        return Turn(State.OVER, place)
    if number <= line.admitted:
        return Turn(State.ADMITTED, place)
    return Turn(State.WAITING, place, max(number - admitted - 1, 0), line.seconds_until(number, now), in_line)


def require_turn(user: User, codes: Iterable[str]) -> None:
    """Raise `NotYourTurn` for the first of these shows whose seats this account may not choose yet."""
    for code in codes:
        room = find_room(code)
        turn = find_turn_of_account(user, room) if room else None
        if turn is not None and not turn.is_admitted:
            raise NotYourTurn(code, turn.ahead, ceil(turn.seconds))
