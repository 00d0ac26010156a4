"""The auditor: reads database, mails and diaries, and says what is wrong. It shares no code with the product.

    python -m torture.auditor <folder>

Each check is a function of the `Books` that returns how many things it looked at and a line for each wrong one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torture.auditor import acknowledged, messages, money, places, stuck
from torture.auditor.books import Books

Check = Callable[[Books], tuple[int, list[str]]]

CHECKS: list[Check] = [*places.CHECKS, *money.CHECKS, *messages.CHECKS, *stuck.CHECKS, *acknowledged.CHECKS]


@dataclass
class Checked:
    name: str
    counted: int
    wrong: list[str]


def audit(folder: Path, database: str = "") -> list[Checked]:
    """Run every check; `database` is another one than the folder's plan names."""
    with Books(folder, database) as books:
        return [Checked(check.__name__.replace("_", " "), *check(books)) for check in CHECKS]
