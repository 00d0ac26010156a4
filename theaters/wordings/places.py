"""The places where a theater may say something of its own.

Those in messages follow from the slots of each kind (`notifications/kinds.py`). The app that makes a page or a
document registers its places in its `ready()`, and with each group how a preview of it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.wordings import PLACEHOLDERS
from theaters.models import Theater

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Translated

MAILS = _("E-mails")


@dataclass(frozen=True)
class Place:
    """Where a text stands: the part `slot` of the group `group`, which is a kind of message, a page or a document."""

    group: str
    slot: str
    label: Translated
    max_length: int
    # What stands there without the theater's own text.
    original: Translated | str = ""
    placeholders: tuple[str, ...] = tuple(PLACEHOLDERS)

    @property
    def key(self) -> str:
        return f"{self.group}.{self.slot}"


@dataclass(frozen=True)
class Preview:
    """How a group looks to a customer."""

    # Of a message, a whole document of its own.
    html: str = ""
    # Of a page, the part that the theater wrote; safe HTML.
    part: str = ""
    text: str = ""
    subject: str = ""
    # A PNG, in base64 as a page has it.
    picture: str = ""


# Takes the theater, the texts by slot, as `find_words` returns them, and a language.
Draw = Callable[[Theater, Mapping[str, Mapping[str, str]], str], Preview]


@dataclass(frozen=True)
class Group:
    name: str
    label: Translated | str
    # The heading above it in the list of all.
    heading: Translated
    places: tuple[Place, ...]
    draw: Draw | None = None


_registered: dict[str, Group] = {}
_drawn_mails: list[Callable[[Theater, str, Mapping[str, Mapping[str, str]], str], Preview]] = []


def register(group: Group) -> None:
    _registered[group.name] = group


def register_mail_preview(draw: Callable[[Theater, str, Mapping[str, Mapping[str, str]], str], Preview]) -> None:
    """Let this function draw the messages of every kind; it takes the kind after the theater."""
    _drawn_mails[:] = [draw]


def read_groups() -> dict[str, Group]:
    """Return all groups by name, messages first."""
    return {kind: _of_kind(kind) for kind, rules in KINDS.items() if rules.slots} | _registered


def find_place(key: str) -> Place | None:
    group = read_groups().get(key.partition(".")[0])
    return next((place for place in group.places if place.key == key), None) if group else None


def _of_kind(kind: str) -> Group:
    places = (Place(kind, slot.name, slot.label, slot.max_length, slot.original) for slot in KINDS[kind].slots)
    draw: Draw | None = None
    if _drawn_mails:
        [draw_mail] = _drawn_mails

        def draw(theater: Theater, words: Mapping[str, Mapping[str, str]], language: str) -> Preview:
            return draw_mail(theater, kind, words, language)

    return Group(kind, Notification.Kind(kind).label, MAILS, tuple(places), draw)
