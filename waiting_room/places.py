"""A visitor's place in a line: a signed cookie, so that it stays on reload and on another tab.

It is kept nowhere else but for accounts, whose place is the same on every device and by the API. Taking one is
limited by network, so that a hundred tabs without cookies are not a hundred places.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from time import time

from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase

from lib.client_address import client_network, public_network
from lib.throttling import Throttle
from waiting_room import shared
from waiting_room.rooms import Room

# In an hour, so many people without an account may wait behind one address; those with one are not counted.
PLACES_OF_NETWORK = Throttle("waiting-room", 10, 3600)
# A phone changes from one network to another. More than so many use the same place only if it was passed around.
NETWORKS_OF_PLACE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """`number` in the order of coming, and when that was, in seconds since 1970."""

    number: int
    came_at: int

    @classmethod
    def take(cls, line: str) -> Place:
        return cls(shared.give_number(line), int(time()))

    def write(self, line: str) -> str:
        return _signer(line).sign(f"{self.number}.{self.came_at}")

    @classmethod
    def read(cls, line: str, text: str) -> Place | None:
        try:
            number, came_at = _signer(line).unsign(text).split(".")
        except signing.BadSignature:
            return None
        return cls(int(number), int(came_at))


def read_cookie(request: HttpRequest, line: str) -> Place | None:
    return Place.read(line, request.COOKIES.get(_cookie(line), ""))


def set_cookie(response: HttpResponseBase, line: str, place: Place) -> None:
    response.set_cookie(
        _cookie(line),
        place.write(line),
        max_age=shared.KEEP_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def may_take(request: HttpRequest) -> bool:
    """Count one more place for the network of a visitor; return True if it may have it.

    Behind an address that is not public stands a proxy, and nobody knows how many people.
    """
    network = public_network(request)
    return not network or PLACES_OF_NETWORK.count(network)


def find_for_account(line: str, user_id: int) -> Place | None:
    return Place.read(line, shared.read_place(line, user_id))


def take_for_account(line: str, user_id: int) -> Place:
    """Return the place of an account in a line; it takes one if it has none."""
    taken = Place.take(line)
    return Place.read(line, shared.keep_place(line, user_id, taken.write(line))) or taken


def leave_for_account(line: str, user_id: int) -> None:
    shared.forget_place(line, user_id)


def is_passed_around(request: HttpRequest, room: Room, place: Place) -> bool:
    """Note from which network a place is used to hold seats; return True if there are too many of them."""
    network, key = client_network(request), f"line:{room.line}:networks:{place.number}"
    known: tuple[str, ...] = caches["default"].get(key) or ()
    if network in known:
        return False
    if len(known) >= NETWORKS_OF_PLACE:
        return True
    caches["default"].set(key, (*known, network), shared.KEEP_SECONDS)
    return False


@cache
def _signer(line: str) -> signing.Signer:
    return signing.Signer(salt=f"waiting_room.place:{line}")


@cache
def _cookie(line: str) -> str:
    return f"place_{blake2b(line.encode(), digest_size=6).hexdigest()}"
