"""Days and times as people of different countries write them.

Whether 05/06/2027 is in May or June depends on the theater's country (by Unicode's locale data). If a country
writes the year first, or is unknown, only dates that can't be misread are accepted.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext_lazy as _

from lib.bounds import EARLIEST, LATEST
from lib.tables.findings import CellError
from lib.tables.reading import as_text
from lib.tables.xlsx import SheetNumber

NOON = 12
MINUTES_OF_A_DAY = 24 * 60
SHOWN = 40
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.]\s?|[年년]\s?)(\d{1,2})(?:[-/.]\s?|[月월]\s?)(\d{1,2})[.日일]?")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\.?")
_SLASHED = re.compile(r"(\d{1,2})(?:/(\d{1,2})/(\d{4}|\d{2})|-(\d{1,2})-(\d{4}))")
_MIDNIGHT = re.compile(r"[ T]00?:00(:00)?(\.0+)?$")
_CLOCK = re.compile(
    r"(\d{1,2})(?:\s?[:.h時时시]\s?(\d{2})?(?:[:.]00)?\s?[分분]?)?\s*(am|pm|a\.m\.|p\.m\.|uhr|h|hrs?)?", re.IGNORECASE
)


class DayOrder(StrEnum):
    """How a country writes a day whose year comes last."""

    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"
    UNKNOWN = ""


@cache
def day_order(country: str) -> DayOrder:
    """Return the order of a country (ISO 3166-1)."""
    try:
        pattern = Locale.parse(f"und_{country}").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return DayOrder.UNKNOWN
    signs = [sign for sign in pattern if sign in "dMy"]
    if signs[0] == "y":
        return DayOrder.UNKNOWN
    return DayOrder.MONTH_FIRST if signs[0] == "M" else DayOrder.DAY_FIRST


def read_day(value: Any, order: DayOrder = DayOrder.UNKNOWN) -> date:
    """Read a day: 2026-12-24, 24.12.2026, 24/12/2026 by `order`, or a workbook's. Raises `CellError`."""
    if isinstance(value, SheetNumber):
        value = value.as_moment() or value
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _within_bounds(value, value.isoformat())
    text = _MIDNIGHT.sub("", plain_digits(as_text(value)))
    try:
        if match := _YEAR_FIRST.fullmatch(text):
            return _within_bounds(date(*(int(part) for part in match.groups())), text)
        if match := _DOTTED.fullmatch(text):
            return _within_bounds(date(_year(match[3]), int(match[2]), int(match[1])), text)
        if match := _SLASHED.fullmatch(text):
            first, second, year = int(match[1]), int(match[2] or match[4]), _year(match[3] or match[5])
            day, month = _apply(order, first, second, text)
            return _within_bounds(date(year, month, day), text)
    except ValueError:
        written = {DayOrder.DAY_FIRST: _("day/month/year"), DayOrder.MONTH_FIRST: _("month/day/year")}
        if order in written and "/" in text:
            raise CellError(
                _("There is no day “%(text)s”, read as %(order)s. Write it like 2026-12-24."),
                text=text[:SHOWN],
                order=written[order],
            ) from None
        raise CellError(_("There is no day “%(text)s”."), text=text[:SHOWN]) from None
    raise CellError(_("“%(text)s” is not a day like 2026-12-24 or 24.12.2026."), text=text[:SHOWN])


def _within_bounds(day: date, text: str) -> date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise CellError(
            _("“%(text)s” is not between %(first)d and %(last)d."),
            text=text[:SHOWN],
            first=EARLIEST.year,
            last=LATEST.year,
        )
    return day


def _apply(order: DayOrder, first: int, second: int, text: str) -> tuple[int, int]:
    """Return day and month."""
    if order == DayOrder.DAY_FIRST or (order == DayOrder.UNKNOWN and (first > NOON or first == second)):
        return first, second
    if order == DayOrder.MONTH_FIRST or second > NOON:
        return second, first
    raise CellError(_("“%(text)s” may be read in two ways. Write it like 2026-12-24."), text=text[:SHOWN])


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)  # noqa: PLR2004


def read_clock(value: Any) -> time:
    """Read a time of the day: 19:30, 19.30, 19h30, 7:30 pm, 19 Uhr, or a workbook's. Raises `CellError`."""
    if isinstance(value, SheetNumber):
        value = value.as_moment() or value
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60 % MINUTES_OF_A_DAY
        return time(minutes // 60, minutes % 60)
    text = plain_digits(as_text(value))
    match = _CLOCK.fullmatch(text)
    # An hour alone is a number.
    if match is None or text.isdecimal():
        raise CellError(_("“%(text)s” is not a time like 19:30."), text=text[:SHOWN])
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "").lower()
    if half in ("am", "pm"):
        hour = hour % NOON + (NOON if half == "pm" else 0) if 1 <= hour <= NOON else 99
    try:
        return time(hour, minute)
    except ValueError:
        raise CellError(_("There is no time “%(text)s”."), text=text[:SHOWN]) from None


def plain_digits(text: str) -> str:
    """Return the text with the digits of every script as 0 to 9, without direction marks."""
    if text.isascii():
        return text
    signs = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return "".join(sign for sign in signs if unicodedata.category(sign) != "Cf").replace("\u00a0", " ").strip()
