"""Brings events and shows in from CSV and XLSX files.

A file is read (`lib/tables/`), each row is checked against what there is (`event_rows`, `show_rows`),
looked at by a person, and then written (`runs`), all of it or, if they ask for it, the right rows.

Not built on django-import-export: it saves row by row, where 2,000 shows need a dozen statements;
it cannot find a clash between two rows; and it knows one error a row, where staff mend a file by
cells. What it would save us is reading a CSV.
"""

from events.imports.plan import ImportPlan, Outcome, RowPlan
from events.imports.runs import (
    ImportRefused,
    choose_letters,
    dismiss_import,
    finish_import,
    plan_import,
    samples_of,
    start_import,
    wake_lost,
)

__all__ = [
    "ImportPlan",
    "ImportRefused",
    "Outcome",
    "RowPlan",
    "choose_letters",
    "dismiss_import",
    "finish_import",
    "plan_import",
    "samples_of",
    "start_import",
    "wake_lost",
]
