"""Days that a search names in words: “tonight”, “this weekend”, “Friday”, in the languages of the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from lib.words import normalize

SUNDAY = 6
_DAYS = {
    0: "today, tonight, this evening, heute, heute abend, आज, आज रात, आज शाम",
    1: "tomorrow, tomorrow night, morgen, morgen abend, कल",
}
_WEEKEND = "this weekend, weekend, dieses wochenende, am wochenende, wochenende, सप्ताहांत, इस सप्ताहांत"
_WEEK = "this week, diese woche, इस सप्ताह, इस हफ़्ते"
_WEEKDAYS = (
    "monday, on monday, montag, am montag, सोमवार",
    "tuesday, on tuesday, dienstag, am dienstag, मंगलवार",
    "wednesday, on wednesday, mittwoch, am mittwoch, बुधवार",
    "thursday, on thursday, donnerstag, am donnerstag, गुरुवार",
    "friday, on friday, freitag, am freitag, शुक्रवार",
    "saturday, on saturday, samstag, am samstag, sonnabend, शनिवार",
    "sunday, on sunday, sonntag, am sonntag, रविवार",
)


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days as `words` of a query name them, both ends included, and what else the query asks for."""

    words: str
    first: date
    last: date
    rest: str


def read_named_days(query: str, today: date) -> NamedDays | None:
    """Return the first days that a query names, by the longest words for them, or None."""
    words = normalize(query).split()
    for length in range(_LONGEST, 0, -1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            if phrase in _MEANINGS:
                first, last = _MEANINGS[phrase](today)
                return NamedDays(phrase, first, last, " ".join(words[:start] + words[start + length :]))
    return None


def weekend_of(today: date) -> tuple[date, date]:
    """Return what is left of this week's Saturday and Sunday."""
    sunday = today + timedelta(SUNDAY - today.weekday())
    return max(today, sunday - timedelta(1)), sunday


def _rest_of_week(today: date) -> tuple[date, date]:
    return today, today + timedelta(SUNDAY - today.weekday())


def _ahead(days: int, today: date) -> tuple[date, date]:
    return today + timedelta(days), today + timedelta(days)


def _next(weekday: int, today: date) -> tuple[date, date]:
    return _ahead((weekday - today.weekday()) % 7, today)


def _phrases(text: str) -> list[str]:
    return [normalize(phrase) for phrase in text.split(",")]


_MEANINGS: dict[str, Callable[[date], tuple[date, date]]] = {
    **{phrase: partial(_ahead, days) for days, text in _DAYS.items() for phrase in _phrases(text)},
    **{phrase: partial(_next, number) for number, text in enumerate(_WEEKDAYS) for phrase in _phrases(text)},
    **dict.fromkeys(_phrases(_WEEKEND), weekend_of),
    **dict.fromkeys(_phrases(_WEEK), _rest_of_week),
}
_LONGEST = max(len(phrase.split()) for phrase in _MEANINGS)
