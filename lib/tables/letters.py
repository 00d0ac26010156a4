"""Find out a text's encoding, or show people how it reads in each.

A byte order mark, UTF-16 without one and valid UTF-8 are certain. Every older encoding is a guess: any bytes
are text in a dozen of them. The sender of the file then chooses by samples, the likeliest first.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from lib.tables.findings import UnreadableTable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How many lines with doubtful letters are examined, and how much of them is shown.
LOOKED_AT = 100_000
SAMPLE_LINES = 3
SAMPLE_LENGTH = 60
MOST_SAMPLES = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    codec: str
    name: Promise
    # Languages (and scripts) of countries where files come in it.
    languages: frozenset[str] = frozenset()


ENCODINGS = (
    Encoding("cp1252", gettext_lazy("Western European (Windows)")),
    Encoding(
        "cp1250",
        gettext_lazy("Central European (Windows)"),
        frozenset(["pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq"]),
    ),
    Encoding("cp1251", gettext_lazy("Cyrillic (Windows)"), frozenset(["ru", "uk", "bg", "sr", "mk", "be", "kk", "ky"])),
    Encoding("cp1253", gettext_lazy("Greek (Windows)"), frozenset(["el"])),
    Encoding("cp1254", gettext_lazy("Turkish (Windows)"), frozenset(["tr", "az"])),
    Encoding("cp1255", gettext_lazy("Hebrew (Windows)"), frozenset(["he"])),
    Encoding("cp1256", gettext_lazy("Arabic (Windows)"), frozenset(["ar", "fa", "ur"])),
    Encoding("cp1257", gettext_lazy("Baltic (Windows)"), frozenset(["et", "lv", "lt"])),
    Encoding("cp1258", gettext_lazy("Vietnamese (Windows)"), frozenset(["vi"])),
    Encoding("cp874", gettext_lazy("Thai (Windows)"), frozenset(["th"])),
    Encoding("cp932", gettext_lazy("Japanese (Shift JIS)"), frozenset(["ja"])),
    Encoding("euc_jp", gettext_lazy("Japanese (EUC)"), frozenset(["ja"])),
    Encoding("gb18030", gettext_lazy("Simplified Chinese (GB 18030)"), frozenset(["zh_Hans"])),
    Encoding("big5hkscs", gettext_lazy("Traditional Chinese (Big5)"), frozenset(["zh_Hant"])),
    Encoding("cp949", gettext_lazy("Korean (Windows)"), frozenset(["ko"])),
    Encoding("koi8_u", gettext_lazy("Cyrillic (KOI8)"), frozenset(["ru", "uk"])),
    Encoding("mac_roman", gettext_lazy("Western European (old Macintosh)")),
    Encoding("cp850", gettext_lazy("Western European (MS-DOS)")),
)
CODECS = frozenset(encoding.codec for encoding in ENCODINGS)


@dataclass(frozen=True, slots=True)
class Sample:
    """Some lines of a file, as they read in one encoding."""

    codec: str
    name: str
    lines: tuple[str, ...]


class DoubtfulLetters(UnreadableTable):
    """The file's letters can be read in several ways; `samples` has each, the likeliest first."""

    def __init__(self, samples: list[Sample]) -> None:
        super().__init__(gettext("This file is not in UTF-8. Choose how to read its letters."))
        self.samples = samples


def decode(content: bytes, *, encoding: str = "", country: str = "") -> str:
    """Return the text of a file; if its letters are doubtful, in the chosen `encoding`.

    Raises `DoubtfulLetters` if none was chosen, and `UnreadableTable` for what is not text. Samples are
    ordered by likelihood in `country` (ISO 3166-1).
    """
    if codec := _sure_codec(content):
        return _decode(content, codec)
    if encoding in CODECS:
        return _decode(content, encoding)
    samples = _samples(content, country)
    if not samples:
        raise UnreadableTable(gettext("This text can’t be read."))
    raise DoubtfulLetters(samples)


def show_samples(content: bytes, country: str) -> list[Sample]:
    """Return how a file with doubtful letters reads in each possible encoding."""
    return [] if _sure_codec(content) else _samples(content, country)


def _sure_codec(content: bytes) -> str:
    for mark, codec in MARKS:
        if content.startswith(mark):
            return codec
    if b"\0" in content[:200]:
        return "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _decode(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableTable(gettext("This line has letters that can’t be read."), line) from error
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise UnreadableTable(gettext("This line has characters that never occur in text. Is the file damaged?"), line)
    return text


def _samples(content: bytes, country: str) -> list[Sample]:
    # No encoding of the table uses the byte of a line's end within a letter.
    lines = [line for line in content.splitlines() if not line.isascii()]
    doubtful = b"\n".join(lines)[:LOOKED_AT]
    doubtful = doubtful[: doubtful.rfind(b"\n")] if len(doubtful) == LOOKED_AT and b"\n" in doubtful else doubtful
    spoken = _languages(country)
    found: dict[str, tuple[tuple[float, bool, int], Encoding]] = {}
    for place, encoding in enumerate(ENCODINGS):
        try:
            text = doubtful.decode(encoding.codec)
        except UnicodeDecodeError:
            continue
        oddness = _oddness(text)
        if oddness is None:
            continue
        rank = (oddness, not (encoding.languages & spoken), place)
        if text not in found or rank < found[text][0]:
            found[text] = rank, encoding
    ranked = sorted(found.items(), key=lambda item: item[1][0])[:MOST_SAMPLES]
    return [
        Sample(encoding.codec, str(encoding.name), tuple(_excerpt(line) for line in text.split("\n")[:SAMPLE_LINES]))
        for text, (_rank, encoding) in ranked
    ]


def _oddness(text: str) -> float | None:
    """Return the share of doubtful letters that look wrong, in tenths; None if one can't be in a text at all.

    Symbols look wrong, and so do letters of another script beside plain Latin ones.
    """
    doubtful = odd = 0
    before = " "
    for sign in text:
        if sign.isascii():
            is_plain = sign.isalpha() and not before.isascii() and before.isalpha()
            odd += is_plain and not unicodedata.name(before, "").startswith("LATIN")
        else:
            kind = unicodedata.category(sign)
            if kind in {"Cc", "Cn", "Co", "Cs"}:
                return None
            doubtful += 1
            is_latin = unicodedata.name(sign, "").startswith("LATIN")
            odd += kind[0] not in "LM" or (before.isascii() and before.isalpha() and not is_latin)
        before = sign
    return round(10 * odd / max(doubtful, 1))


def _languages(country: str) -> set[str]:
    try:
        locale = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return set()
    return {locale.language, f"{locale.language}_{locale.script}"}


def _excerpt(line: str) -> str:
    first = next((index for index, sign in enumerate(line) if not sign.isascii()), 0)
    start = max(0, first - SAMPLE_LENGTH // 2)
    part = line[start : start + SAMPLE_LENGTH].strip()
    return f"…{part}" if start else part
