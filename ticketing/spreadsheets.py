"""CSV as spreadsheets read and write it: in UTF-8 with its mark, without a text that they would take for a formula.

A text that begins like a formula gets an apostrophe before it (OWASP, “CSV Injection”). Numbers are
not for `disarm`, so that −5.00 stays one.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Also in the wide forms that some spreadsheets read as the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def disarm(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if text[:1].isalnum():
        return text
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def decode(content: bytes) -> str | None:
    """Return the text of UTF-8 or UTF-16, with or without a mark, or Windows-1252; None where it is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text):  # noqa: PLR2004
            return text
    return None


def find_delimiter(text: str) -> str:
    """Return what the first line that is not empty is divided by most."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the rows as lines, for an answer that is sent while they are read; texts are the caller's to disarm."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(row)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value
