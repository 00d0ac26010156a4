"""Read rows, categories and places as people type them: “A–F: 12, aisle after 6; G–N: 14”.

Dashes, spaces and digits may be of any kind, parts are separated by commas, semicolons or new lines, and
words are English, German or Hindi. Whatever can't be read is quoted in `UnreadableText`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate, pairwise

from django.utils.translation import gettext

from theaters.seat_maps.arrange import row_labels_between

# Longer labels would make endless ranges.
_LABEL = r"(?:[A-Z]{1,2}|\d{1,3})"
_ROWS = re.compile(rf"({_LABEL})(?:\s*-+\s*({_LABEL}))?")
_BLOCKS = re.compile(r"\s*(\d{1,3}(?:\s*[+|/]\s*\d{1,3})*)")
_PLACE = re.compile(r"(?<![A-Z])([A-Z]{1,2})\s*[-/.]?\s*(\d{1,4})|(\d{1,3})\s*[-/.]\s*(\d{1,4})")
_PARTS = re.compile(r"[,;\n\u060c\u3001\uff0c\uff1b]+")
_LINES = re.compile(r"[;\n\uff1b]+")
_AISLE = frozenset(["aisle", "aisles", "gap", "gaps", "gang", "gänge", "durchgang", "durchgänge", "गलियारा", "गलियारे"])
# Words that add nothing to the numbers they stand with.
_FILLING = frozenset(
    [
        "after",
        "at",
        "and",
        "the",
        "seat",
        "seats",
        "each",
        "nach",
        "hinter",
        "und",
        "je",
        "platz",
        "plätze",
        "plätzen",
        "sitz",
        "sitze",
        "sitzen",
        "sitzplätze",
        "के",
        "बाद",
        "और",
        "सीट",
        "सीटें",
        "सीटों",
    ]
)
_ROW_WORDS = frozenset(["row", "rows", "reihe", "reihen", "पंक्ति", "पंक्तियाँ", "पंक्तियां"])
_TO = frozenset(["to", "bis", "से"])
MINUS = "\u2212"
_LONGEST_QUOTE = 40


class UnreadableText(ValueError):
    """Carries a sentence that quotes what can't be read."""

    def __init__(self, message: str, quoted: str) -> None:
        self.message = message % {"part": " ".join(quoted.split())[:_LONGEST_QUOTE]}
        super().__init__(self.message)


def read_blocks(text: str) -> list[int]:
    """Read “12” or “6+12+6”: the seats between a row's aisles, from left to right."""
    plain = _plain(text)
    match = _BLOCKS.fullmatch(plain.strip())
    blocks = [int(size) for size in re.findall(r"\d+", plain)] if match else []
    if not blocks or 0 in blocks:
        raise UnreadableText(
            gettext("“%(part)s” is not a number of seats. Write 12, or 6+6 with an aisle between."), text
        )
    return blocks


def read_rows(text: str, *, skip: str = "IO") -> list[tuple[str, list[int]]]:
    """Return each row's label and its blocks, front row first. Raises `UnreadableText`."""
    rows: dict[str, tuple[str, list[int]]] = {}
    labels: list[str] = []
    latest: list[str] = []
    is_naming_aisles = False
    for part in _PARTS.split(_plain(text)):
        if not part.strip():
            continue
        head, colon, tail = part.replace("=", ":").partition(":")
        if colon:
            latest = [*labels, *_read_labels(head, skip, part)]
            labels = []
            match = _BLOCKS.match(tail)
            blocks = read_blocks(match[1] if match else part)
            for label in latest:
                if label in rows:
                    raise UnreadableText(gettext("Row %(part)s is described twice."), label)
                rows[label] = label, blocks
            rest = tail[match.end() :] if match else ""
            is_naming_aisles = _is_about_aisles(rest)
            aisles = _read_aisles(rest, part) if is_naming_aisles or rest.strip() else set()
        elif latest and not labels and (_is_about_aisles(part) or (is_naming_aisles and part.strip().isdecimal())):
            is_naming_aisles = True
            aisles = _read_aisles(part, part)
        else:
            labels += _read_labels(part, skip, part)
            aisles = set()
        for label in latest if aisles else ():
            rows[label] = label, _split(rows[label][1], aisles, part)
    if labels or not rows:
        message = gettext("“%(part)s” says no number of seats. Write rows such as “A–F: 12, aisle after 6”.")
        raise UnreadableText(message, ", ".join(labels))
    return list(rows.values())


def read_categories(text: str, labels: Sequence[str], *, skip: str = "IO") -> dict[str, str]:
    """Return each row's category by its label, in the order in which the text names them.

    The text is one name for all, or “A–C: Premium; D–N: Standard”. Raises `UnreadableText`.
    """
    pieces = [piece.partition(":") for piece in _LINES.split(text) if piece.strip()]
    if not pieces or not pieces[0][1] or not _is_labels(pieces[0][0]):
        return dict.fromkeys(labels, text.strip())
    names: dict[str, str] = {}
    for head, colon, name in pieces:
        if not colon or not name.strip():
            raise UnreadableText(gettext("“%(part)s” names no category. Write “A–C: Premium; D–N: Standard”."), head)
        for rows in _PARTS.split(_plain(head)):
            names |= dict.fromkeys(_read_labels(rows, skip, head), name.strip())
    missing = [label for label in labels if label not in names]
    if missing:
        raise UnreadableText(gettext("Row %(part)s has no category."), missing[0])
    return {label: name for label, name in names.items() if label in labels}


def read_places(text: str) -> list[tuple[str, str]]:
    """Read “A1, A12; C 5” or “3/12”: seats by row and number. Raises `UnreadableText`."""
    plain = _plain(text).upper()
    rest = _PLACE.sub(" ", plain)
    if words := [word for word in re.split(r"[\s,;]+", rest) if word and word.casefold() not in _FILLING]:
        raise UnreadableText(gettext("“%(part)s” is not a seat. Write row and number: A1, A12."), words[0])
    return [(row or number_row, number or seat) for row, number, number_row, seat in _PLACE.findall(plain)]


def _plain(text: str) -> str:
    """Return text with one kind of dash, space, colon and digit."""
    signs = []
    for sign in unicodedata.normalize("NFKC", text):
        match unicodedata.category(sign):
            case "Nd":
                signs.append(str(unicodedata.decimal(sign)))
            case "Zs" | "Cc" if sign != "\n":
                signs.append(" ")
            case "Cf":
                pass
            case kind:
                signs.append("-" if kind == "Pd" or sign == MINUS else sign)
    return "".join(signs)


def _is_labels(text: str) -> bool:
    try:
        return bool([_read_labels(part, "", part) for part in _PARTS.split(_plain(text))])
    except UnreadableText:
        return False


def _read_labels(text: str, skip: str, quoted: str) -> list[str]:
    words = ["-" if word.casefold() in _TO else word for word in text.split() if word.casefold() not in _ROW_WORDS]
    match = _ROWS.fullmatch(" ".join(words).upper())
    try:
        if match:
            return row_labels_between(match[1], match[2] or match[1], skip=skip)
    except ValueError:
        pass
    raise UnreadableText(gettext("“%(part)s” can’t be read. Write rows such as “A–F: 12, aisle after 6”."), quoted)


def _words(text: str) -> list[str]:
    return re.sub(r"[\d+&/|.()\-]", " ", text).casefold().split()


def _is_about_aisles(text: str) -> bool:
    return not _AISLE.isdisjoint(_words(text))


def _read_aisles(text: str, quoted: str) -> set[int]:
    """Return after which seats an aisle comes; none where the text has filling words only."""
    if not set(_words(text)) <= _AISLE | _FILLING:
        raise UnreadableText(gettext("“%(part)s” can’t be read. Write rows such as “A–F: 12, aisle after 6”."), quoted)
    found = {int(number) for number in re.findall(r"\d{1,4}", text)}
    if _is_about_aisles(text) != bool(found) and not text.strip().isdecimal():
        raise UnreadableText(gettext("“%(part)s” does not say after which seat. Write “aisle after 6”."), quoted)
    return found


def _split(blocks: Sequence[int], aisles: set[int], quoted: str) -> list[int]:
    ends = sorted({0, *accumulate(blocks), *aisles})
    if 0 in aisles or ends[-1] > sum(blocks) or sum(blocks) in aisles:
        raise UnreadableText(gettext("“%(part)s” has no seat on one side of the aisle."), quoted)
    return [end - start for start, end in pairwise(ends)]
