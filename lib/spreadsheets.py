"""CSV as spreadsheets read it: in UTF-8 with its mark, without a text that they would take for a formula.

A text that begins like a formula gets an apostrophe before it (OWASP, “CSV Injection”). Numbers are
not for `disarm`, so that −5.00 stays one.
"""

from __future__ import annotations

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
