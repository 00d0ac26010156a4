"""How much of a file is accepted, and the refusals of more."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from lib.tables.findings import UnreadableTable


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` is in bytes, `cell` in characters."""

    size: int
    rows: int
    columns: int = 60
    cell: int = 20_000


def too_long(limits: Limits, line: int, place: int) -> UnreadableTable:
    message = gettext("This cell has more than %d characters.") % limits.cell
    return UnreadableTable(message, line, column_letters(place))


def too_wide(limits: Limits, line: int) -> UnreadableTable:
    return UnreadableTable(gettext("The file has more than %d columns.") % limits.columns, line)


def column_letters(place: int) -> str:
    """Return a spreadsheet's name for a column: A, B … AA; `place` counts from 0."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
