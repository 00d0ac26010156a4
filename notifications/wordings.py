"""A theater's own words in messages: the slots where they stand, and how they are filled.

A kind declares its slots in `kinds.py`. The app that keeps the texts registers a source in its `ready()`; a message
is rendered with those that hold when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lib.placeholders import fill_html, fill_text
from notifications.templatetags.mail import clock, day, salutation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Translated


# What each placeholder stands for.
PLACEHOLDERS: dict[str, Translated] = {
    "first_name": _("the customer’s first name"),
    "name": _("the customer’s name"),
    "event": _("the event"),
    "show_starts": _("day and time of the show"),
    "show_day": _("the day of the show"),
    "show_time": _("the time of the show"),
    "doors": _("when the doors open"),
    "hall": _("the hall"),
    "theater": _("the theater"),
    "city": _("the city"),
    "booking": _("the code of the booking"),
}


# By name of slot: the text with its placeholders, and its language.
Texts = Mapping[str, Mapping[str, str]]
# Takes the theater's pk, the kind and the reader's language.
Source = Callable[[int, str, str], Texts]

_sources: list[Source] = []


def register_source(source: Source) -> None:
    _sources[:] = [source]


def read_texts(theater_id: int | None, kind: str, language: str) -> Texts:
    """Return what a theater says in messages of this kind."""
    return _sources[0](theater_id, kind, language) if _sources and theater_id is not None else {}


@dataclass(frozen=True)
class Words:
    """A theater's text, filled. `language` is empty where it is that of what stands around it."""

    html: SafeString
    text: str
    language: str = ""


def fill_words(words: Texts, values: Mapping[str, str], language: str) -> dict[str, Words]:
    """Return by slot what stands there; nothing for a text of which no line is left."""
    filled = {}
    for slot, own in words.items():
        if html := fill_html(own["text"], values):
            other = own["language"] if own["language"] != language else ""
            filled[slot] = Words(html, fill_text(own["text"], values), other)
    return filled


def values_of(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what the placeholders stand for, by the context of a message, in the active language.

    What the context does not have is empty.
    """
    show, theater = context.get("show") or {}, context.get("theater") or {}
    name = salutation(context.get("name") or "")
    zone, starts_at, doors_at = show.get("time_zone", ""), show.get("starts_at"), show.get("doors_at")
    show_day, show_time = (day(starts_at, zone), clock(starts_at, zone)) if starts_at else ("", "")
    return {
        "first_name": name.partition(" ")[0],
        "name": name,
        "event": show.get("event", ""),
        "show_starts": f"{show_day}, {show_time}" if starts_at else "",
        "show_day": show_day,
        "show_time": show_time,
        "doors": clock(doors_at, zone) if doors_at else "",
        "hall": show.get("hall", ""),
        "theater": theater.get("name", ""),
        "city": theater.get("city", ""),
        "booking": context.get("code", ""),
    }
