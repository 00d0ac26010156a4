"""Imports events and shows from CSV and XLSX files.

A file is read (`lib/tables/`), each row is checked against the database (`event_rows`, `show_rows`),
reviewed by a person, and then written (`runs`): all of it or, if they choose so, only the right rows.

Not built on django-import-export: it saves row by row, where 2,000 shows need a dozen statements;
it cannot find a clash between two rows; and it reports one error per row, where staff fix a file by
cell. All it would save us is reading a CSV.
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
