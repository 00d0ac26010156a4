"""Find the best equal places in another hall for all parties of a show. Pure.

Equal means: the same category (`events/timetable/relocate.py` says which stands for which); a party that sat
side by side does so again; a wheelchair place for a wheelchair place, with the companion beside it. Among
equal places, the nearest to the old one: halls are laid over each other, front on front, and a section of
the same name counts as near. First everyone is placed in their own category, wheelchair places and large
parties first; only then does anyone get a seat in another category.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot
from operator import attrgetter
from typing import NamedTuple

from bookings.seating.neighbors import are_together, stretches_of

# Costs in widths of the hall: how far people would rather be moved than get such a seat.
OTHER_SECTION = 0.35
RESTRICTED_VIEW = 0.5
# A single seat left alone beside the party, which hardly sells.
LONE_SEAT = 0.1
# A wheelchair or companion seat that another guest would take, or a companion in another seat.
WASTED = 2.0


class Fate(StrEnum):
    """What a ticket gets, from best to worst."""

    EQUAL = "equal"
    # In an equal category, but no longer side by side.
    APART = "apart"
    BETTER = "better"
    LESSER = "lesser"
    NONE = "none"


class Chair(NamedTuple):
    """A seat of either hall; `x` and `y` are shares of the hall's width and depth, 0 at the front."""

    id: int
    category: int
    section: str
    run: int
    position: int
    x: float
    y: float
    is_accessible: bool
    is_companion: bool
    has_restricted_view: bool


# The best place for people who stood before.
CENTER = Chair(0, 0, "", 0, 0, x=0.5, y=0.5, is_accessible=False, is_companion=False, has_restricted_view=False)


class Space(NamedTuple):
    """A standing area of the new hall."""

    id: int
    category: int
    name: str
    capacity: int


class Zone(NamedTuple):
    """A category of the new hall, and its rank."""

    id: int
    rank: int


@dataclass(frozen=True, slots=True)
class Member:
    """A ticket with its seat or the name of its area, and the category that stands for its own in the new hall.

    `rank` is that of its present category.
    """

    ticket: int
    category: int
    rank: int
    is_equal: bool
    chair: Chair | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    fate: Fate
    seat: int | None = None
    area: int | None = None


@dataclass
class NewHall:
    """The new hall, and what is still free in it."""

    chairs: Collection[Chair]
    spaces: Sequence[Space]
    zones: Sequence[Zone]
    taken: set[int] = field(default_factory=set)
    left: dict[int, int] = field(default_factory=dict)
    _runs: dict[int, dict[int, list[Chair]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_category: dict[int, dict[int, list[Chair]]] = defaultdict(lambda: defaultdict(list))
        for chair in sorted(self.chairs, key=attrgetter("run", "position")):
            if chair.id not in self.taken:
                by_category[chair.category][chair.run].append(chair)
        self._runs = by_category
        for space in self.spaces:
            self.left.setdefault(space.id, space.capacity)

    def take(self, chairs: Iterable[Chair]) -> None:
        for chair in chairs:
            self.taken.add(chair.id)
            self._runs[chair.category][chair.run].remove(chair)

    def put_back(self, chairs: Iterable[Chair]) -> None:
        for chair in chairs:
            self.taken.discard(chair.id)
            insort(self._runs[chair.category][chair.run], chair, key=attrgetter("position"))

    def rank(self, category: int) -> int:
        return next((zone.rank for zone in self.zones if zone.id == category), 0)

    def runs(self, category: int) -> Iterator[list[Chair]]:
        yield from self._runs.get(category, {}).values()

    def windows(
        self, category: int, size: int, near: Chair, *, wheelchairs: int = 0, companions: int = 0
    ) -> Iterator[tuple[float, Sequence[Chair]]]:
        """Yield ways to seat `size` people side by side, with the cost of each; the last one is the best."""
        best = float("inf")
        for run in self.runs(category):
            if len(run) < size or _depth_between(run, near.y) >= best:
                continue
            for stretch in stretches_of(run if wheelchairs else (chair for chair in run if _is_open(chair))):
                for start in range(len(stretch) - size + 1):
                    chosen = stretch[start : start + size]
                    cost = _cost(stretch, start, size, near)
                    if wheelchairs:
                        reserved = sum(chair.is_accessible for chair in chosen)
                        if reserved < wheelchairs:
                            continue
                        cost += WASTED * (reserved - wheelchairs)
                        cost += WASTED * abs(sum(chair.is_companion for chair in chosen) - companions)
                    if cost < best:
                        best = cost
                        yield cost, chosen


def match_places(parties: Iterable[Sequence[Member]], hall: NewHall) -> dict[int, Placement]:
    """Return a placement for every ticket; a group that finds no room gets the fate `NONE` as a whole."""
    groups = [group for party in parties for group in _groups(party)]
    groups.sort(key=_urgency)
    found: dict[int, Placement] = {}
    waiting = []
    for group in groups:
        placed = _place(group, hall, group[0].category)
        if placed is None:
            waiting.append(group)
        else:
            found |= placed
    for group in waiting:
        found |= _place_elsewhere(group, hall)
    return found


def lay_out(rows: Iterable[tuple[int, int, str, int, int, float, float, bool, bool, bool]]) -> list[Chair]:
    """Return chairs with their coordinates as shares of the hall's width and depth."""
    rows = list(rows)
    if not rows:
        return []
    xs, ys = [row[5] for row in rows], [row[6] for row in rows]
    left, front = min(xs), min(ys)
    width, depth = (max(xs) - left) or 1, (max(ys) - front) or 1
    return [
        Chair(*row[:2], row[2].casefold(), *row[3:5], (row[5] - left) / width, (row[6] - front) / depth, *row[7:])
        for row in rows
    ]


def _groups(party: Sequence[Member]) -> Iterator[list[Member]]:
    """Split a party into groups that are placed together: seats by category, and each area."""
    seated: dict[int, list[Member]] = defaultdict(list)
    standing: dict[tuple[int, str], list[Member]] = defaultdict(list)
    has_wheelchair = any(member.chair and member.chair.is_accessible for member in party)
    first = next((member for member in party if member.chair and member.chair.is_accessible), None)
    for member in party:
        if member.chair is None:
            standing[member.category, member.area].append(member)
        else:
            # A companion of another category still belongs to the wheelchair place.
            follows = has_wheelchair and member.chair.is_companion and first is not None
            seated[first.category if follows and first else member.category].append(member)
    for group in seated.values():
        yield sorted(group, key=lambda member: (member.chair.run, member.chair.position) if member.chair else (0, 0))
    yield from standing.values()


def _urgency(group: Sequence[Member]) -> tuple[bool, int, int, float, int]:
    chair = group[0].chair
    has_wheelchair = any(member.chair and member.chair.is_accessible for member in group)
    return (not has_wheelchair, -len(group), group[0].rank, chair.y if chair else 0, group[0].ticket)


def _place(group: list[Member], hall: NewHall, category: int) -> dict[int, Placement] | None:
    """Place a group in one category, or return None if it does not fit."""
    if group[0].chair is None:
        return _place_standing(group, hall, category)
    wheelchairs = [member for member in group if member.chair and member.chair.is_accessible]
    if wheelchairs:
        return _place_wheelchairs(group, wheelchairs, hall, category)
    chosen = _find_seats(hall, category, len(group), _middle(group))
    if chosen is None:
        return None
    return _seat(group, chosen, hall, is_split=not are_together(chosen))


def _find_seats(hall: NewHall, category: int, size: int, near: Chair) -> list[Chair] | None:
    """Find seats for `size` people side by side, or else in as few parts as possible. Takes none of them."""
    together = _last(hall.windows(category, size, near))
    if together is not None:
        return list(together)
    free = sum(_is_open(chair) for run in hall.runs(category) for chair in run)
    if free < size:
        return None
    found: list[Chair] = []
    while len(found) < size:
        part = None
        for length in range(size - len(found), 0, -1):
            part = _last(hall.windows(category, length, near))
            if part is not None:
                break
        if part is None:
            break
        found += part
        hall.take(part)
        near = part[0]
    # Only a search: the caller takes what it wants.
    hall.put_back(found)
    return found if len(found) == size else None


def _place_wheelchairs(
    group: list[Member], wheelchairs: list[Member], hall: NewHall, category: int
) -> dict[int, Placement] | None:
    """Place wheelchairs first, with companions beside them, and the rest of the party nearby."""
    near = wheelchairs[0].chair
    if near is None:
        return None
    whole = _last(
        hall.windows(category, len(group), near, wheelchairs=len(wheelchairs), companions=_count_companions(group))
    )
    if whole is not None:
        return _seat(_in_order(group, whole), whole, hall, is_split=False)
    companions = [member for member in group if member.chair and member.chair.is_companion]
    others = [member for member in group if member not in wheelchairs and member not in companions]
    if not companions and others:
        companions, others = others[:1], others[1:]
    core = [*wheelchairs, *companions]
    beside = _last(
        hall.windows(category, len(core), near, wheelchairs=len(wheelchairs), companions=len(core) - len(wheelchairs))
    )
    if beside is None:
        return None
    placed = _seat(_in_order(core, beside), beside, hall, is_split=bool(others))
    if others:
        rest = _find_seats(hall, category, len(others), beside[0])
        if rest is None:
            placed |= {member.ticket: Placement(Fate.NONE) for member in others}
        else:
            placed |= _seat(others, rest, hall, is_split=True)
    return placed


def _count_companions(group: Iterable[Member]) -> int:
    return sum(member.chair.is_companion for member in group if member.chair)


def _in_order(group: Sequence[Member], chosen: Sequence[Chair]) -> list[Member]:
    """Order a group by its chairs: wheelchairs, then companions beside them, then the others."""
    waiting = list(group)
    order: dict[int, Member] = {}

    def give(chairs: Iterable[Chair], fits: Iterable[Member]) -> None:
        for chair, member in zip([one for one in chairs if one.id not in order], list(fits), strict=False):
            order[chair.id] = member
            waiting.remove(member)

    give((one for one in chosen if one.is_accessible), [m for m in waiting if m.chair and m.chair.is_accessible])
    give((one for one in chosen if one.is_companion), [m for m in waiting if m.chair and m.chair.is_companion])
    give(chosen, waiting)
    return [order[chair.id] for chair in chosen]


def _place_standing(group: list[Member], hall: NewHall, category: int) -> dict[int, Placement] | None:
    spaces = sorted(hall.spaces, key=lambda space: (space.name.casefold() != group[0].area, space.category != category))
    for space in spaces:
        is_equal = space.name.casefold() == group[0].area or space.category == category
        if is_equal and hall.left[space.id] >= len(group):
            hall.left[space.id] -= len(group)
            return {member.ticket: Placement(Fate.EQUAL, area=space.id) for member in group}
    return None


def _place_elsewhere(group: list[Member], hall: NewHall) -> dict[int, Placement]:
    """Place a group that found no room in its own category: in a better one, a lesser one, or nowhere."""
    own = group[0].rank
    zones = sorted(hall.zones, key=lambda zone: (zone.rank > own, abs(zone.rank - own)))
    has_wheelchair = any(member.chair and member.chair.is_accessible for member in group)
    for zone in zones:
        if group[0].chair is not None:
            placed = _place(group, hall, zone.id)
        else:
            chosen = _find_seats(hall, zone.id, len(group), CENTER)
            placed = _seat(group, chosen, hall, is_split=False) if chosen else None
        if placed is not None:
            return placed
    for space in () if has_wheelchair else hall.spaces:
        if hall.left[space.id] >= len(group):
            hall.left[space.id] -= len(group)
            fate = Fate.LESSER if group[0].chair else _compare(hall.rank(space.category), own)
            return {member.ticket: Placement(fate, area=space.id) for member in group}
    return {member.ticket: Placement(Fate.NONE) for member in group}


def _seat(group: Sequence[Member], chosen: Sequence[Chair], hall: NewHall, *, is_split: bool) -> dict[int, Placement]:
    hall.take(chosen)
    were_together = are_together([member.chair for member in group if member.chair])
    placed = {}
    for member, chair in zip(group, chosen, strict=True):
        is_equal = chair.category == member.category and member.is_equal
        if is_equal or hall.rank(chair.category) == member.rank:
            fate = Fate.APART if is_split and were_together else Fate.EQUAL
        else:
            fate = _compare(hall.rank(chair.category), member.rank)
        placed[member.ticket] = Placement(fate, seat=chair.id)
    return placed


def _compare(rank: int, own: int) -> Fate:
    return Fate.LESSER if rank > own else Fate.BETTER


def _middle(group: Sequence[Member]) -> Chair:
    """Return the middle of a group's chairs."""
    chairs = [member.chair for member in group if member.chair]
    middle = chairs[len(chairs) // 2]
    x = sum(chair.x for chair in chairs) / len(chairs)
    y = sum(chair.y for chair in chairs) / len(chairs)
    return middle._replace(x=x, y=y)


def _cost(stretch: Sequence[Chair], start: int, size: int, near: Chair) -> float:
    first, last = stretch[start], stretch[start + size - 1]
    cost = hypot((first.x + last.x) / 2 - near.x, (first.y + last.y) / 2 - near.y)
    if first.section != near.section:
        cost += OTHER_SECTION
    if first.has_restricted_view and not near.has_restricted_view:
        cost += RESTRICTED_VIEW
    behind = len(stretch) - start - size
    return cost + LONE_SEAT * ((start == 1) + (behind == 1))


def _depth_between(run: Sequence[Chair], y: float) -> float:
    """Return the least distance of a run from a depth, to skip runs that cannot be the best."""
    front, back = min(run[0].y, run[-1].y), max(run[0].y, run[-1].y)
    return max(0.0, front - y, y - back) if front == back else 0.0


def _is_open(chair: Chair) -> bool:
    return not (chair.is_accessible or chair.is_companion)


def _last(ways: Iterable[tuple[float, Sequence[Chair]]]) -> Sequence[Chair] | None:
    found = None
    for _cost_of_way, chosen in ways:
        found = chosen
    return found
