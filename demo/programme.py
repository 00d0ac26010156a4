"""The programme of the demo season: a weekly pattern for each hall, in its own time zone.

The pattern depends only on the date, so that a later run of `manage.py demo` continues the first one.
Times leave room for the longest title of a slot and for cleaning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from events.models import Access

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
ALL_WEEK = frozenset(range(7))
NOT_MONDAY = ALL_WEEK - {MONDAY}
WEEKEND = frozenset({SATURDAY, SUNDAY})


@dataclass(frozen=True)
class Slot:
    """A time at which a hall plays one of `titles`, in turn, on each of `days`."""

    days: frozenset[int]
    at: time
    titles: tuple[str, ...]
    format: str = ""
    language: str = ""
    subtitles: str = ""
    access: tuple[Access, ...] = ()


_DRAMA = ("hamlet", "a-dolls-house", "the-cherry-orchard", "tartuffe", "faust")
_SILENT = ("metropolis", "nosferatu", "battleship-potemkin", "the-general")

PROGRAMME: dict[tuple[str, str], tuple[Slot, ...]] = {
    ("lindenbruecke", "grosses-haus"): (
        Slot(NOT_MONDAY - {SUNDAY}, time(19, 30), _DRAMA, "", "de", "en"),
        Slot(frozenset({SUNDAY}), time(17), _DRAMA, "", "de", "en", (Access.SIGNED, Access.AUDIO_DESCRIBED)),
    ),
    ("lindenbruecke", "studio"): (
        Slot(frozenset({WEDNESDAY, FRIDAY, SATURDAY}), time(20), ("antigone", "alf-layla-wa-layla")),
        Slot(frozenset({SUNDAY}), time(18, 30), ("alf-layla-wa-layla",), "", "ar", "en", (Access.CAPTIONED,)),
    ),
    ("lichtspiele-am-markt", "saal-1"): (
        Slot(ALL_WEEK, time(17), ("the-general", "battleship-potemkin", "a-trip-to-the-moon")),
        Slot(ALL_WEEK, time(20), ("metropolis", "metropolis", "nosferatu"), "Live orchestra"),
    ),
    ("lichtspiele-am-markt", "saal-2"): (
        Slot(
            WEEKEND,
            time(14, 30),
            ("a-trip-to-the-moon", "the-general"),
            "With pianist",
            access=(Access.RELAXED,),
        ),
        Slot(ALL_WEEK, time(18, 15), _SILENT[1:], "35 mm"),
        Slot(ALL_WEEK, time(21), ("nosferatu", "battleship-potemkin")),
    ),
    ("lichtspiele-am-markt", "saal-3"): (
        Slot(NOT_MONDAY, time(19, 15), ("the-general", "metropolis", "nosferatu"), "", "", "en"),
    ),
    ("north-quay-opera", "auditorium"): (
        Slot(
            frozenset({TUESDAY, WEDNESDAY, FRIDAY, SATURDAY}),
            time(19),
            ("la-traviata", "swan-lake", "carmen", "the-magic-flute", "giselle", "the-nutcracker"),
        ),
        Slot(frozenset({THURSDAY}), time(19, 30), ("the-planets",)),
        Slot(
            frozenset({SUNDAY}),
            time(14),
            ("the-nutcracker", "the-magic-flute"),
            "Matinee",
            access=(Access.AUDIO_DESCRIBED, Access.RELAXED),
        ),
    ),
    ("the-undercroft", "club"): (
        Slot(frozenset({SATURDAY}), time(20), ("ceilidh",)),
        Slot(frozenset({THURSDAY, FRIDAY}), time(21), ("lysistrata",)),
        Slot(frozenset({WEDNESDAY}), time(19, 30), ("open-mic",)),
    ),
    ("the-undercroft", "back-room"): (
        Slot(frozenset({TUESDAY, THURSDAY, SATURDAY}), time(20), ("the-improvised-whodunit",)),
        Slot(frozenset({FRIDAY, SUNDAY}), time(20, 30), ("dracula-by-candlelight", "alf-layla-wa-layla")),
    ),
    ("sagar-natyagriha", "main-stage"): (
        Slot(frozenset({TUESDAY, THURSDAY}), time(19, 30), ("twelfth-night", "mrichchhakatikam"), "", "", ""),
        Slot(frozenset({WEDNESDAY, SATURDAY}), time(19), ("shakuntalam", "kathak-sandhya")),
        Slot(frozenset({FRIDAY}), time(18, 30), ("evening-ragas",)),
        Slot(frozenset({SUNDAY}), time(18, 30), ("mrichchhakatikam", "evening-ragas", "shakuntalam")),
    ),
    ("sagar-natyagriha", "black-box"): (
        Slot(WEEKEND, time(11, 30), ("why-is-the-sky-blue",), access=(Access.SIGNED, Access.RELAXED)),
        Slot(frozenset({WEDNESDAY, FRIDAY, SATURDAY}), time(20), ("antigone", "twelfth-night"), "Studio version", "en"),
    ),
    ("chitra-talkies", "screen-1"): (
        Slot(ALL_WEEK, time(15, 30), ("raja-harishchandra", "the-general")),
        Slot(ALL_WEEK, time(18, 30), ("metropolis", "raja-harishchandra")),
        Slot(ALL_WEEK, time(21, 45), ("nosferatu",), "Live tabla"),
    ),
    ("chitra-talkies", "screen-2"): (
        Slot(WEEKEND, time(11), ("a-trip-to-the-moon",), "With explainer"),
        Slot(ALL_WEEK, time(17, 30), ("the-general", "a-trip-to-the-moon")),
        Slot(ALL_WEEK, time(20, 15), ("battleship-potemkin", "metropolis")),
    ),
    ("kamo-recital-hall", "hall"): (
        Slot(frozenset({TUESDAY}), time(19), ("goldberg-variations",), "Harpsichord"),
        Slot(frozenset({FRIDAY}), time(19), ("hagoromo",), "", "ja", "en"),
        Slot(frozenset({SATURDAY}), time(18), ("goldberg-variations", "hagoromo")),
        Slot(frozenset({SUNDAY}), time(14), ("goldberg-variations",), "Piano"),
    ),
}


def titles_on(hall: tuple[str, str], day: date) -> Iterator[tuple[Slot, str]]:
    """Yield the slots of a hall on a day, each with its title."""
    for number, slot in enumerate(PROGRAMME[hall]):
        if day.weekday() in slot.days:
            turn = _plays_before(slot, day) + number
            yield slot, slot.titles[turn % len(slot.titles)]


def _plays_before(slot: Slot, day: date) -> int:
    """Count how often a slot has come since the beginning of the calendar, so that its titles take turns."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return weeks * len(slot.days) + sum(1 for other in slot.days if other < weekday)
