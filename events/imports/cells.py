"""Reads single cells: texts, numbers, days, times, yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from events.console_forms import CodesField
from events.imports.plan import CellError

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?\s*(am|pm|a\.m\.|p\.m\.)?", re.ASCII | re.IGNORECASE)
NOON = 12
MINUTES_OF_A_DAY = 24 * 60


def write(value: Any) -> str:
    """Return a cell as people see it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def read_text(value: Any) -> str:
    return write(value).strip()


def read_number(value: Any) -> int:
    text = read_text(value)
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise CellError(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(text)


def read_yes(value: Any) -> bool:
    text = read_text(value).casefold()
    if text in {"yes", "y", "true", "1", "x", "ja", "wahr", "हाँ", str(_("yes")).casefold()}:
        return True
    if text in {"no", "n", "false", "0", "-", "nein", "falsch", "नहीं", str(_("no")).casefold()}:
        return False
    raise CellError(_("“%(text)s” is neither “yes” nor “no”.") % {"text": text[:40]})


def read_day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = read_text(value)
    try:
        if match := _DAY.fullmatch(text):
            return date(*(int(part) for part in match.groups()))
        if match := _GERMAN_DAY.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            return date(year, month, day)
    except ValueError:
        raise CellError(_("There is no day “%(text)s”.") % {"text": text[:40]}) from None
    raise CellError(_("“%(text)s” is not a day like 2026-12-24 or 24.12.2026.") % {"text": text[:40]})


def read_clock(value: Any) -> time:
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60 % MINUTES_OF_A_DAY
        return time(minutes // 60, minutes % 60)
    text = read_text(value)
    if match := _CLOCK.fullmatch(text):
        hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").replace(".", "").lower()
        if half and 1 <= hour <= NOON:
            hour = hour % NOON + (NOON if half == "pm" else 0)
        elif half:
            hour = 99
        try:
            return time(hour, minute)
        except ValueError:
            raise CellError(_("There is no time “%(text)s”.") % {"text": text[:40]}) from None
    raise CellError(_("“%(text)s” is not a time like 19:30.") % {"text": text[:40]})


def read_moment(value: Any, zone: ZoneInfo) -> datetime:
    """Read a day and a time by the clock of `zone`."""
    if isinstance(value, datetime):
        return to_moment(value.date(), read_clock(value), zone)
    day, _space, clock = read_text(value).replace("T", " ").partition(" ")
    if not clock:
        raise CellError(
            _("“%(text)s” is not a day and a time like 2026-12-24 10:00.") % {"text": read_text(value)[:40]}
        )
    return to_moment(read_day(day), read_clock(clock.strip()), zone)


def to_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC; refuse what the clocks skip or pass twice where they are set."""
    naive = datetime.combine(day, clock)
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    place = {"time": f"{naive:%Y-%m-%d %H:%M}", "zone": zone.key}
    if first.astimezone(zone).replace(tzinfo=None) != naive:
        raise CellError(_("%(time)s does not exist in %(zone)s: the clocks are set forward then.") % place)
    raise CellError(_("%(time)s comes twice in %(zone)s: the clocks are set back then.") % place)


def read_codes(value: Any) -> list[str]:
    codes: list[str] = clean_with(CodesField(required=False), read_text(value))
    return codes


def read_people(value: Any) -> list[dict[str, str]]:
    """Read “Asta Nielsen: Hamlet; Eduard von Winterstein: Claudius”, or one person a line."""
    people = []
    for part in re.split(r"[;\n]", read_text(value)):
        name, _colon, role = (piece.strip() for piece in part.partition(":"))
        if name:
            people.append({"name": name, "role": role})
    return people


def read_choice(value: Any, choices: type[models.TextChoices]) -> str:
    text = read_text(value).casefold()
    for choice in choices:
        if text in {choice.value.casefold(), choice.value.replace("_", " "), str(choice.label).casefold()}:
            return choice.value
    raise CellError(
        _("“%(text)s” is none of: %(choices)s.")
        % {"text": text[:40], "choices": ", ".join(choice.value.replace("_", " ") for choice in choices)}
    )


def clean_with(field: Any, value: Any) -> Any:
    """Check a value as a field of a model or form does."""
    try:
        return field.clean(value, None) if isinstance(field, models.Field) else field.clean(value)
    except ValidationError as error:
        raise CellError(" ".join(error.messages)) from error


Reader = Callable[[Any], Any]
