"""What the house manager's page shows: who is inside, by show, zone, ticket type and gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from django.core.cache import caches

from door.attendance import Attendance, Breakdown, count_gates, read_breakdown, with_attendance
from door.gates import Gate
from door.unticketed import Kind, count_unticketed
from events.models import Show

# Everyone who looks at the same shows is sent the same numbers.
HOUSE_SECONDS = 3


@dataclass(frozen=True)
class House:
    """The numbers of some shows, by their pks and by gate; of one show alone all that there is to tell."""

    attendance: Mapping[int, Attendance]
    unticketed: Mapping[int, Sequence[tuple[Kind, int]]]
    gates: Mapping[str, Attendance]
    breakdown: Breakdown | None

    @property
    def total(self) -> Attendance:
        return sum(self.attendance.values(), Attendance())

    @property
    def kinds(self) -> list[tuple[Kind, int]]:
        """How many of each kind are inside without a ticket."""
        sums: Counter[Kind] = Counter()
        for kinds in self.unticketed.values():
            sums.update(dict(kinds))
        return [(kind, sums[kind]) for kind in Kind]

    @property
    def without_ticket(self) -> int:
        return sum(number for _kind, number in self.kinds)

    @property
    def people(self) -> int:
        """How many people are inside, with and without a ticket."""
        return self.total.inside + self.without_ticket


@dataclass(frozen=True, slots=True)
class HouseRow:
    """One show of several, and the address of its own page."""

    show: Show
    attendance: Attendance
    without_ticket: int
    address: str


def read_house(shows: Sequence[Show]) -> House:
    """Return the numbers, at most `HOUSE_SECONDS` old. Five queries, three for several shows, none warm."""
    pks = sorted(show.pk for show in shows)
    key = f"house-{blake2b(repr(pks).encode(), digest_size=12).hexdigest()}"
    kept: House | None = caches["pages"].get(key)
    if kept is None:
        kept = _read(shows)
        caches["pages"].set(key, kept, HOUSE_SECONDS)
    return kept


def list_shows(gate: Gate, house: House) -> list[HouseRow]:
    """Return a row for each of a gate's shows."""
    return [
        HouseRow(
            show,
            house.attendance[show.pk],
            sum(number for _kind, number in house.unticketed[show.pk]),
            replace(gate, shows=[show], show_codes=[show.code], theater_slugs=[]).house_address,
        )
        for show in gate.shows
    ]


def _read(shows: Sequence[Show]) -> House:
    unticketed = count_unticketed(shows)
    if len(shows) == 1:
        breakdown = read_breakdown(shows[0])
        return House({shows[0].pk: breakdown.total}, unticketed, breakdown.gates, breakdown)
    counted = with_attendance(Show.objects.filter(pk__in=[show.pk for show in shows]))
    attendance = {show.pk: Attendance(show.issued, show.inside, show.came - show.inside) for show in counted}
    return House(attendance, unticketed, count_gates(shows), None)
