"""Where a theater may say something of its own at the box office: at the end of a receipt."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from bookings.own_words import write_line
from bookings.places_of_words import DOCUMENTS, fill_sample
from theaters.models import Theater
from theaters.wordings.places import Group, Place, Preview, register

_OF_A_BOOKING = ("theater", "city", "booking")


def register_places() -> None:
    place = Place("receipt", "note", _("At the end"), 300, placeholders=_OF_A_BOOKING)
    register(Group("receipt", _("Receipt"), DOCUMENTS, (place,), _preview_receipt))


def _preview_receipt(theater: Theater, words: Mapping[str, Mapping[str, str]], language: str) -> Preview:
    return Preview(text=write_line(fill_sample(theater, words, language)))
