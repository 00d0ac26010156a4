"""PDFs: typst sets the templates in `templates/pdf/` as PDF/UA, in typefaces of our own.

The system's typefaces are never used, since they differ from machine to machine. `templates/pdf/house.typ`
lists ours in their order; `tools/pdf_fonts.py` says where the files come from. A character that none of
them has is shown as �, and `find_missing` says which these are.
"""

import json
import logging
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from fontTools.ttLib import TTFont

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
FONTS = TEMPLATES / "fonts"
MISSING = "�"
# Eight to the millimeter.
DOTS_PER_INCH = 203.2
# Shown as nothing by every typesetter (Unicode's Default_Ignorable_Code_Point), so no typeface need have them.
INVISIBLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),
]  # fmt: skip
WIDE_OR_UNBREAKABLE = "\u00a0\u202f\u3000"
# They modify the character before them, as combining marks do, though their category does not say so.
MODIFIERS = {*map(chr, range(0x1F3FB, 0x1F400)), "\uff9e", "\uff9f"}
_RIGHT_TO_LEFT = {"R", "AL"}
logger = logging.getLogger(__name__)


def typeset(
    template: str,
    content: dict[str, Any],
    *,
    made_at: datetime | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the template's PDF of the content. The same content and moment give the same bytes.

    `pictures` are files that the template reads by name. Words in an SVG must have gone through `show`.
    """
    return _compile_or_warn(_files(template, content, pictures), made_at)


def rasterize(
    template: str,
    content: dict[str, Any],
    *,
    dots_per_inch: float = DOTS_PER_INCH,
    pictures: Mapping[str, bytes] | None = None,
) -> list[bytes]:
    """Return a PNG of each page of the template; with 8 dots to the millimeter, as receipt printers have."""
    files = _files(template, content, pictures)
    pages = _kept.compiler.compile(files, format="png", ppi=dots_per_inch)
    return [bytes(page) for page in (pages if isinstance(pages, list) else [pages])]


def load() -> None:
    """Read the typefaces, which each process otherwise does for its first document."""
    _fonts()
    _typefaces()


def show(text: str) -> str:
    """Return the text as our typefaces can show it.

    A letter and its marks must be in the same typeface. Control characters are dropped, or become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown for _letter, shown in _show_letters(text))


def find_missing(text: str) -> str:
    """Return the letters of the text that a PDF shows as �, each once."""
    # Every Latin letter is there, and most texts have no others.
    if all(letter < "\u0250" for letter in text):
        return ""
    return "".join(dict.fromkeys(letter for letter, shown in _show_letters(text) if shown == MISSING != letter))


def direct(text: str) -> dict[str, Any]:
    """Return a text that people wrote, with the direction of its first letter."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    first = next((direction for direction in directions if direction in {"L", *_RIGHT_TO_LEFT}), "L")
    return {"text": text, "rtl": first in _RIGHT_TO_LEFT}


def _show_letters(text: str) -> Iterator[tuple[str, str]]:
    """Yield each letter of the text, composed, and what stands for it."""
    typefaces = 0
    for letter in map(_plain, unicodedata.normalize("NFC", text)):
        if not letter or any(first <= ord(letter) <= last for first, last in INVISIBLE):
            yield letter, letter
            continue
        having = _typefaces().get(ord(letter), 0)
        if unicodedata.category(letter).startswith("M") or letter in MODIFIERS:
            having &= typefaces or having
        yield letter, letter if having else MISSING
        typefaces = having or _typefaces()[ord(MISSING)]


def _plain(letter: str) -> str:
    if letter.isspace():
        return letter if letter in WIDE_OR_UNBREAKABLE else " "
    return "" if unicodedata.category(letter) == "Cc" or letter == "\ufeff" else letter


def _showable(content: Any) -> Any:
    match content:
        case str():
            return show(content)
        case dict():
            return {key: _showable(value) for key, value in content.items()}
        case list() | tuple():
            return [_showable(value) for value in content]
    return content


def _compile_or_warn(files: dict[str, Any], made_at: datetime | None) -> bytes:
    try:
        return _compile(files, made_at, ["ua-1"])
    except typst.TypstError:
        # A ticket with a box in it is better than none; `show` should have left no reason for one.
        logger.exception("%s can't be set as PDF/UA", files["main.typ"])
        return _compile(files, made_at, [])


def _compile(files: dict[str, Any], made_at: datetime | None, standards: list[str]) -> bytes:
    timestamp = None if made_at is None else int(made_at.timestamp())
    return bytes(_kept.compiler.compile(files, timestamp=timestamp, pdf_standards=standards))


def _files(template: str, content: dict[str, Any], pictures: Mapping[str, bytes] | None) -> dict[str, Any]:
    data = json.dumps(_showable(content), ensure_ascii=False).encode()
    return {"main.typ": str(TEMPLATES / template), "data.json": data, **(pictures or {})}


class _Kept(threading.local):
    """A compiler for each thread: no two can use one at the same time.

    It is kept, and each document's content is a file of its own, because typst lays out again only what differs
    from the documents before: two tickets take 7 ms instead of 14.
    """

    @cached_property
    def compiler(self) -> Any:
        return typst.Compiler(b"", root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True)


_kept = _Kept()


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _typefaces() -> dict[int, int]:
    """Return by code point the typefaces that have it, one bit for each. Takes 0.3 s, once per process."""
    having: dict[int, int] = {}
    for bit, path in enumerate(sorted(FONTS.glob("*.[ot]tf"))):
        with TTFont(path, lazy=True) as font:
            for code in font.getBestCmap():
                having[code] = having.get(code, 0) | 1 << bit
    return having
