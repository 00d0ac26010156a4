"""British spelling of the program's texts, which are American: the catalog of `en-gb` is made by these words.

A text whose words are not here is the same in both.
"""

from __future__ import annotations

import re

_WORDS = {
    "afterward": "afterwards",
    "apologize": "apologise",
    "canceled": "cancelled",
    "canceling": "cancelling",
    "catalog": "catalogue",
    "center": "centre",
    "centered": "centred",
    "centers": "centres",
    "color": "colour",
    "colored": "coloured",
    "colors": "colours",
    "customize": "customise",
    "favorite": "favourite",
    "favorites": "favourites",
    "gray": "grey",
    "intermission": "interval",
    "intermissions": "intervals",
    "labeled": "labelled",
    "meter": "metre",
    "meters": "metres",
    "neighbor": "neighbour",
    "neighbors": "neighbours",
    "organize": "organise",
    "organized": "organised",
    "organizer": "organiser",
    "percent": "per cent",
    "program": "programme",
    "recognize": "recognise",
    "recognized": "recognised",
    "theater": "theatre",
    "theaters": "theatres",
    "toward": "towards",
    "traveling": "travelling",
}
# What stands for something else: placeholders, tags, addresses, and codes in quotation marks, which programs read.
_TOKEN = re.compile(r"(%\(\w+\)[sd]|\{\{?[^}]*\}?\}|<[^>]*>|\S+@\S+|[\w.-]+/[\w./-]+|“[a-z_]+”|[A-Za-z]+)")


def spell(text: str) -> str:
    """Return an American text in British spelling."""
    return _TOKEN.sub(lambda token: _spell_word(token[0]), text)


def _spell_word(word: str) -> str:
    british = _WORDS.get(word.lower())
    if british is None:
        return word
    if word.isupper():
        return british.upper()
    return british.capitalize() if word[0].isupper() else british
