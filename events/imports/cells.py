"""Reads single cells: texts, numbers, days, times, yes and no."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from events.fields import CodesField
from events.models import Access
from lib.moments import find_moments
from lib.tables import CellError, DayOrder, as_text, read_clock, read_day
from lib.tables.dates import plain_digits
from lib.tables.xlsx import SheetNumber

_DAY_AND_CLOCK = re.compile(r"(\S+(?:\s\d{1,2}\.\s\d{2,4}\.?)?)\s+(\S.*)")


def read_text(value: Any) -> str:
    return as_text(value)


def read_number(value: Any) -> int:
    text = plain_digits(read_text(value))
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise CellError(gettext("“%(text)s” is not a whole number."), text=text[:40])
    return int(text)


def read_yes(value: Any) -> bool:
    text = read_text(value).casefold()
    if text in {"yes", "y", "true", "1", "x", "ja", "wahr", "हाँ", str(gettext("yes")).casefold()}:
        return True
    if text in {"no", "n", "false", "0", "-", "nein", "falsch", "नहीं", str(gettext("no")).casefold()}:
        return False
    raise CellError(gettext("“%(text)s” is neither “yes” nor “no”."), text=text[:40])


def read_moment(value: Any, zone: ZoneInfo, order: DayOrder) -> datetime:
    """Read a day and a time by the clock of `zone`."""
    if isinstance(value, SheetNumber):
        value = value.as_moment() or value
    if isinstance(value, datetime):
        return require_moment(value.date(), read_clock(value), zone)
    text = read_text(value).replace("T", " ")
    match = _DAY_AND_CLOCK.fullmatch(text)
    if match is None:
        raise CellError(gettext("“%(text)s” is not a day and a time like 2026-12-24 10:00."), text=text[:40])
    return require_moment(read_day(match[1], order), read_clock(match[2]), zone)


def require_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC. Raises `CellError` for a time that the clocks leave out or show twice."""
    local = datetime.combine(day, clock)
    found = find_moments(local, zone)
    if len(found) == 1:
        return found[0]
    place = {"time": f"{local:%Y-%m-%d %H:%M}", "zone": zone.key}
    if not found:
        raise CellError(gettext("%(time)s does not exist in %(zone)s: the clocks go forward then."), **place)
    raise CellError(gettext("%(time)s occurs twice in %(zone)s: the clocks go back then."), **place)


def read_codes(value: Any) -> list[str]:
    codes: list[str] = clean_with(CodesField(required=False), read_text(value))
    return codes


def read_people(value: Any) -> list[dict[str, str]]:
    """Read “Asta Nielsen: Hamlet; Eduard von Winterstein: Claudius”, or one person per line."""
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
        gettext("“%(text)s” is not one of: %(choices)s."),
        text=text[:40],
        choices=", ".join(choice.value.replace("_", " ") for choice in choices),
    )


def read_access(value: Any) -> tuple[Access, ...]:
    """Read kinds of access with commas between them, each by its code or its name in the active language."""
    parts = (part.strip() for part in re.split(r"[,;]", read_text(value)))
    found = {read_choice(part, Access) for part in parts if part}
    return tuple(access for access in Access if access in found)


def clean_with(field: Any, value: Any) -> Any:
    """Check a value as a field of a model or form does."""
    try:
        return field.clean(value, None) if isinstance(field, models.Field) else field.clean(value)
    except ValidationError as error:
        raise CellError(" ".join(error.messages)) from error
