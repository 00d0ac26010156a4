"""The columns of files of events and shows, with their explanations for staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.imports.plan import RowPlan
from lib.tables import CellError, Limits, Table, UnreadableTable, as_text

# 2,000 new shows are checked and written in 4 s, 3,000 in 6 s.
FILE_LIMITS = Limits(size=5 * 1024**2, rows=3_000)
# An empty cell changes nothing, because most files hold only some columns; one of these removes the value.
EMPTYING_TEXTS = frozenset({"-", "–", "—"})
# How much of a cell is shown.
MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    help: str | Promise
    example: str
    is_required: bool = False
    # Makes the value that replaces a removed one; None if it may not be removed.
    emptied: Callable[[], Any] | None = None


EVENT_COLUMNS = [
    Column("title", _("The title, in any script."), "Hamlet", is_required=True),
    Column(
        "slug",
        _("Its address, which identifies the event. Empty: made from the title."),
        "hamlet",
    ),
    Column("kind", _("film, play, concert, comedy, dance, opera, talk or other."), "play"),
    Column("running_minutes", _("Minutes without the intermission."), "165"),
    Column("interval_minutes", _("Minutes; empty: none."), "20", emptied=int),
    Column("tagline", _("One line below the title."), "Something is rotten", emptied=str),
    Column("synopsis", _("What it is about; may have paragraphs."), "A prince comes home.", emptied=str),
    Column("age_rating", _("As you would print it."), "12+", emptied=str),
    Column("languages", _("Language codes, separated by commas."), "de, en", emptied=list),
    Column("subtitles", _("Language codes, separated by commas."), "en", emptied=list),
    Column("cast", _("Name: role; name: role."), "Asta Nielsen: Hamlet; Hans Junkermann: Polonius", emptied=list),
    Column("credits", _("Name: task; name: task."), "William Shakespeare: Text", emptied=list),
    Column("trailer_url", _("The address of a video."), "", emptied=str),
    Column("labels", _("Names of existing labels, separated by commas."), "", emptied=list),
    Column("asks_attendee_names", _("yes or no: a name for each ticket."), "no"),
    Column("published", _("yes or no: customers see it."), "no"),
]

SHOW_COLUMNS = [
    Column(
        "key",
        _(
            "Your own name for the show, or its code in the console. It identifies the show even when its time "
            "changes. Empty: by hall and start."
        ),
        "HAM-01",
    ),
    Column("event", _("The event's address (slug) or its exact title."), "hamlet", is_required=True),
    Column("hall", _("The hall's name."), "Main", is_required=True),
    Column("date", _("The day, like 2026-12-24 or 24.12.2026."), "2026-12-24", is_required=True),
    Column("time", _("The start by the theater's clock, like 19:30."), "19:30", is_required=True),
    Column("ends", _("The end, like 22:35. Empty: by the running time."), ""),
    Column("doors", _("When doors open. Empty: as in the settings."), "19:00", emptied=type(None)),
    Column("sales_open", _("Day and time. Empty: by the on-sale rule."), "2026-11-12 10:00", emptied=type(None)),
    Column("sales_close", _("Day and time. Empty: by the on-sale rule."), "", emptied=type(None)),
    Column("format", _("For example 35 mm, 3D or concert version."), "", emptied=str),
    Column("language", _("A language code. Empty: the event's, if it has one."), "de", emptied=str),
    Column("subtitles", _("A language code. Empty: the event's, if it has one."), "en", emptied=str),
    Column(
        "access",
        _("captioned, signed, audio described or relaxed; several with commas between them. Empty: unchanged."),
        "captioned, relaxed",
        emptied=tuple,
    ),
    Column("tickets_per_customer", _("The most that one customer may buy. Empty: as in the settings."), "10"),
    Column(
        "refund_hours",
        _("Until how many hours before the start customers may cancel. Empty: as in the settings."),
        "24",
        emptied=type(None),
    ),
    Column("refund_percent", _("The percentage they get back."), "100"),
    Column("price_template", _("The name of a price template of the theater."), ""),
    Column("state", _("draft or on sale. Empty: a new show is a draft."), "draft"),
]


def open_rows(table: Table, columns: list[Column]) -> tuple[list[RowPlan], list[dict[str, Any]], list[str]]:
    """Match the header with the columns; return a plan per row, its cells by column name, and unknown columns.

    Raises `UnreadableTable` if a required column is missing or appears twice.
    """
    known = {column.name: column.name for column in columns}
    names = [known.get(_plain(header)) for header in table.header]
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            raise UnreadableTable(gettext("Two columns are called “%(name)s”.") % {"name": name}, table.line)
    missing = [column.name for column in columns if column.is_required and column.name not in names]
    if missing:
        raise UnreadableTable(
            gettext("The header lacks: %(missing)s. It has: %(header)s.")
            % {"missing": ", ".join(missing), "header": ", ".join(filter(None, table.header))[:300]},
            table.line,
        )
    if not table.rows:
        raise UnreadableTable(gettext("The file has a header and no rows."))
    rows, plans = [], []
    for row in table.rows:
        cells = {name: value for name, value in zip(names, row.values, strict=False) if name and value != ""}
        rows.append(cells)
        plans.append(RowPlan(row.line, {name: _shorten(value) for name, value in cells.items()}))
        for column in columns:
            if column.is_required and column.name not in cells:
                plans[-1].errors[column.name] = gettext("This is required.")
    unread = [header for header, name in zip(table.header, names, strict=True) if header and name is None]
    return plans, rows, unread


def read_cells(
    plan: RowPlan, cells: dict[str, Any], columns: Sequence[Column], readers: dict[str, Any]
) -> dict[str, Any]:
    """Read the cells that have a reader; one that can't be read becomes an error of the plan."""
    emptied = {column.name: column.emptied for column in columns}
    values = {}
    for name, read in readers.items():
        if name in cells:
            make = emptied[name]
            if make is not None and as_text(cells[name]) in EMPTYING_TEXTS:
                values[name] = make()
                continue
            try:
                values[name] = read(cells[name])
            except CellError as error:
                plan.errors[name] = error.sentence
    return values


def _plain(header: str) -> str:
    return "_".join(header.casefold().strip(" *").replace("-", " ").split())


def _shorten(value: Any) -> str:
    text = as_text(value)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[: MAX_SHOWN_CHARACTERS - 1]}…"
