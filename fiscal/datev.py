"""The journal as DATEV reads it: a “Buchungsstapel” of its format EXTF, version 700.

One line of header, one of titles, then a line for each posting: Windows-1252, semicolons, CRLF, decimal comma, text in
quotation marks, days as DDMM (https://developer.datev.de/de/file-format/details/datev-format). Net and tax are posted
apart, since the tax is what the receipts say, not what DATEV would reckon. Because a day has no year, a file stays
within one business year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from fiscal.journal import Ledger, Posting, find_unnamed
from fiscal.models import BookSettings
from lib.refusals import Refusal

FORMAT_VERSION, CATEGORY, CATEGORY_VERSION = 700, 21, 13
NAME, TITLE_LENGTH, TEXT_LENGTH, VOUCHER_LENGTH = "Buchungsstapel", 30, 60, 36
MOST_POSTINGS = 99_999
ENCODING = "cp1252"
TITLES = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
)
# What “Belegfeld 1” may have in it.
_FORBIDDEN = re.compile(r"[^A-Za-z0-9$%&*+\-/]")


class NotReadyForDatev(Refusal):
    """Something that DATEV asks for is missing; the message says what."""

    message = _("The settings of the journal need the numbers of the tax consultant and of the client.")


class AccountsMissing(NotReadyForDatev):
    message = _("Some accounts have no number yet: %(accounts)s.")

    def __init__(self, accounts: Sequence[Ledger]) -> None:
        super().__init__(accounts)
        self.accounts = accounts

    def __str__(self) -> str:
        return str(self.message) % {"accounts": ", ".join(one.name for one in self.accounts)}


class SeveralYears(NotReadyForDatev):
    message = _("DATEV takes one business year at a time. Choose days of the same one.")


class TooManyPostings(NotReadyForDatev):
    message = _("DATEV takes 99,999 postings at a time. Choose fewer days.")


def write_datev(
    postings: Sequence[Posting], settings: BookSettings, first: date, last: date, *, made_at: datetime
) -> bytes:
    """Return the file. Raises `NotReadyForDatev` with what is missing."""
    if settings.consultant_number is None or settings.client_number is None:
        raise NotReadyForDatev
    if begin_of_year(first, settings.year_begins_in) != begin_of_year(last, settings.year_begins_in):
        raise SeveralYears
    if unnamed := find_unnamed(postings):
        raise AccountsMissing(unnamed)
    if len(postings) > MOST_POSTINGS:
        raise TooManyPostings
    lines = [_header(settings, first, last, made_at), ";".join(TITLES), *_rows(postings)]
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING, "replace")


def begin_of_year(day: date, month: int) -> date:
    """Return the first day of the business year that a day is in."""
    return date(day.year - (day.month < month), month, 1)


def _header(settings: BookSettings, first: date, last: date, made_at: datetime) -> str:
    fields: list[object] = [
        _quote("EXTF"), FORMAT_VERSION, CATEGORY, _quote(NAME), CATEGORY_VERSION,
        f"{made_at:%Y%m%d%H%M%S}{made_at.microsecond // 1000:03}", "", _quote("RE"), _quote(""), _quote(""),
        settings.consultant_number, settings.client_number,
        f"{begin_of_year(first, settings.year_begins_in):%Y%m%d}", settings.account_length,
        f"{first:%Y%m%d}", f"{last:%Y%m%d}", _quote(settings.theater.name[:TITLE_LENGTH]), _quote(""),
        1, 0, 0, _quote(settings.theater.currency), "", _quote(""), "", "",
        _quote({"skr03": "03", "skr04": "04"}.get(settings.chart, "")), "", "", _quote(""), _quote(""),
    ]  # fmt: skip
    return ";".join(map(str, fields))


def _rows(postings: Iterable[Posting]) -> Iterator[str]:
    for one in postings:
        is_debit = one.debit == one.money
        text = f"{one.receipt.get_kind_display()} {one.receipt.content.get('theater', '')}"
        fields = [
            f"{one.amount:.2f}".replace(".", ","), _quote("S" if is_debit else "H"),
            _quote(one.receipt.currency), "", "", _quote(""), one.money.number, one.sale.number,
            _quote(one.sale.posting_key), f"{one.day:%d%m}",
            _quote(_FORBIDDEN.sub("", one.receipt.code)[:VOUCHER_LENGTH]), _quote(""), "", _quote(text[:TEXT_LENGTH]),
        ]  # fmt: skip
        yield ";".join(fields)


def _quote(text: str) -> str:
    """Put a text into quotation marks; what would end the line or the field is left out."""
    plain = "".join(letter for letter in text if letter.isprintable()).replace('"', '""')
    return f'"{plain}"'
