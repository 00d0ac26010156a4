"""What a file would do, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    WRONG = "wrong", _("wrong")


@dataclass(frozen=True, slots=True)
class CellChange:
    column: str
    before: str
    after: str


@dataclass
class RowPlan:
    """One row: its cells and its outcome.

    `errors` are by column, "" for the row as a whole; `target` is the row of the database that it
    changes, `values` is what will be written.
    """

    line: int
    cells: dict[str, str]
    name: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    target: Any = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        if self.errors:
            return Outcome.WRONG
        if self.target is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


@dataclass
class ImportPlan:
    """All rows; `unread` are the file's unknown columns."""

    columns: list[str]
    rows: list[RowPlan]
    unread: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome == outcome for row in self.rows)

    def of(self, *outcomes: Outcome) -> list[RowPlan]:
        return [row for row in self.rows if row.outcome in outcomes]
