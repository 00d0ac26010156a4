"""CSV for spreadsheets: UTF-8 with a byte order mark, and no text that they would take for a formula.

A text that begins like a formula gets an apostrophe in front (OWASP, “CSV Injection”). Numbers do not go
through `disarm`, so that −5.00 stays a number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Including the full-width forms that some spreadsheets read alike.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def disarm(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if text[:1].isalnum():
        return text
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the rows as lines, for a streaming response. The caller disarms texts."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(row)


class _Echo:
    """A file that returns what is written to it."""

    def write(self, value: str) -> str:
        return value
