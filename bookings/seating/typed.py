"""Places of a hall as staff type them: “B 12, B 13”, “Stalls B 12–15”, “Floor 2”; and which ones are free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext

from bookings.seating.availability import Availability
from events.models import Show
from lib.refusals import Refusal
from lib.words import normalize
from theaters.models import Area, Seat

_SEATS = re.compile(
    r"(?P<section>.*?)\s*(?P<row>[^\W\d_]{1,3}|\d{1,3}(?=\s*/))?[\s/]*(?P<first>\d{1,4})(?:\s*[-–]\s*(?P<last>\d{1,4}))?"
)
# A longer range is a typing error.
LONGEST_RANGE = 60


class UnreadablePlaces(Refusal):
    """What was typed names no place, or several."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def read_places(show: Show, text: str) -> list[Seat | Area]:
    """Return the places that are named, an area once for each of its places. Two queries.

    Raises `UnreadablePlaces` for the first one that is not in the hall, or is in several sections of it.
    """
    seats = list(show.seat_map.seats.all())
    areas = {normalize(area.name): area for area in show.seat_map.areas.all()}
    found: list[Seat | Area] = []
    for part in (part.strip() for part in re.split(r"[,;\n]", text)):
        if part:
            found += _read_area(part, areas) or _read_seats(part, seats)
    return found


def _read_area(part: str, areas: dict[str, Area]) -> list[Seat | Area]:
    name, quantity = normalize(part), 1
    match = re.fullmatch(r"(.+?)\s*[x×]?\s*(\d{1,3})", name)
    if name not in areas and match:
        name, quantity = match[1], int(match[2])
    return [areas[name]] * quantity if name in areas else []


def _read_seats(part: str, seats: Sequence[Seat]) -> list[Seat | Area]:
    match = _SEATS.fullmatch(normalize(part))
    if match is None:
        raise UnreadablePlaces(gettext("“%s” is not a seat. Write “B 12”, or “B 12-15” for several.") % part)
    first, last = int(match["first"]), int(match["last"] or match["first"])
    if not 0 <= last - first < LONGEST_RANGE:
        raise UnreadablePlaces(gettext("“%s” is not a seat. Write “B 12”, or “B 12-15” for several.") % part)
    section, row = match["section"].rstrip(" ,"), match["row"] or ""
    return [_find_seat(part, section, row, str(number), seats) for number in range(first, last + 1)]


def _find_seat(part: str, section: str, row: str, number: str, seats: Iterable[Seat]) -> Seat:
    named = [
        seat
        for seat in seats
        if normalize(seat.row) == row and normalize(seat.number) == number and section in normalize(seat.section)
    ]
    if not named:
        raise UnreadablePlaces(gettext("The hall has no seat “%s”.") % part)
    if len(named) > 1:
        sections = ", ".join(sorted({seat.section for seat in named}))
        raise UnreadablePlaces(
            gettext("“%(part)s” is in several sections: %(sections)s.") % {"part": part, "sections": sections}
        )
    return named[0]


@dataclass(frozen=True)
class FreeRow:
    """The free seats of a row: “1–6, 9”."""

    section: str
    row: str
    category: str
    numbers: str


def list_free(show: Show, availability: Availability) -> list[FreeRow]:
    """Return the free seats, row by row in seating order. One query."""
    taken = frozenset(availability.taken)
    free = [seat for seat in show.seat_map.seats.select_related("category") if seat.pk not in taken]
    free.sort(key=lambda seat: (seat.run, seat.position))
    return [
        FreeRow(section, row, category, _stretches(list(group)))
        for (section, row, category), group in groupby(free, lambda seat: (seat.section, seat.row, seat.category.name))
    ]


def _stretches(seats: Sequence[Seat]) -> str:
    """Write adjacent seats as one range."""
    parts: list[list[Seat]] = []
    for seat in seats:
        if parts and parts[-1][-1].run == seat.run and parts[-1][-1].position + 1 == seat.position:
            parts[-1].append(seat)
        else:
            parts.append([seat])
    return ", ".join(part[0].number if len(part) == 1 else f"{part[0].number}–{part[-1].number}" for part in parts)
