"""Best seats for a party.

Of all ways to seat a party side by side, the best one
1. leaves no single seat alone, if there is such a way,
2. is in the best category (lowest rank),
3. costs least: the mean, over its seats, of the distance to the section's best point, in seat widths,
   plus half the distance of the section's front to the middle of the hall's front, plus
   RESTRICTED_VIEW_COST for a restricted view. The best point is in the middle of the section's width, a
   third of the way from its front to its back, for films two thirds; the front is the side where the
   plan has its stage (`theaters/seat_maps/stage.py`).

A party that fits nowhere side by side is split over neighboring runs and rows of one section, in as few
parts as possible, and with nobody alone if that can be avoided. Wheelchair places and companion seats
are left to those who ask for them, and then come as a pair.

Everything but `find_best_seats` is pure. All functions are linear in the number of seats.
"""

import secrets
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate, groupby
from math import hypot
from operator import attrgetter, itemgetter
from typing import NamedTuple

from bookings.seating.availability import Availability, read_availability
from bookings.seating.neighbors import stretches_of
from bookings.seating.plan import (
    ACCESSIBLE,
    COMPANION,
    KEPT_MAPS,
    RESTRICTED_VIEW,
    HallPlan,
    PlanSeat,
    PlanSection,
    read_seat_plan,
)
from events.models import Event, Show
from theaters.models import Seat
from theaters.seat_maps.stage import Side

STAGE_DEPTH = 1 / 3
SCREEN_DEPTH = 2 / 3
RESTRICTED_VIEW_COST = 50.0
# How many stretches of free seats are tried as the first part of a split party.
MAX_ANCHORS = 100

_RESERVED = ACCESSIBLE | COMPANION

# By map and depth: the sections that were weighed, and their seats.
_weighed: "dict[tuple[int, float], tuple[list[PlanSection], list[Spot]]]" = {}


class Spot(NamedTuple):
    """A seat and everything that decides how good it is; `row` counts within its section, front to back."""

    id: int
    section: int
    row: int
    category: int
    rank: int
    run: int
    position: int
    flags: int
    x: float
    y: float
    cost: float


@dataclass(frozen=True, slots=True)
class Choice:
    """Seats for a party by id, and whether all of them are side by side."""

    seat_ids: list[int]
    is_together: bool


def find_best_seats(
    show: Show,
    quantity: int,
    *,
    category_id: int | None = None,
    category_ids: Collection[int] | None = None,
    offering: Collection[int] = (),
    accessible: bool = False,
    own: Collection[int] = (),
    gone: Collection[int] = (),
    among: int = 1,
    availability: Availability | None = None,
) -> list[Seat]:
    """Return free seats that have a price, in seating order; none if the party can't be seated.

    Ask `are_together` whether the party had to be split. One statement when plan and availability are warm.
    The seats are not held, so others may take them first. For another try, pass the seats that were `gone`, and
    a number to choose `among`: one of so many of the best ways to sit is drawn at random, so that a crowd does
    not run after the same seats again. Only categories that sell all ticket types in `offering` count; `own`
    seats are as good as free. `availability` is a snapshot that the caller has read already.
    """
    plan = read_seat_plan(show)
    categories = {pk for pk, amounts in plan.prices.items() if amounts.keys() >= set(offering)}
    if category_id is not None:
        categories &= {category_id}
    if category_ids is not None:
        categories &= set(category_ids)
    taken = [*(set((availability or read_availability(show.pk)).taken) - set(own)), *gone]
    depth = SCREEN_DEPTH if show.event.kind == Event.Kind.FILM else STAGE_DEPTH
    choice = choose(
        _read_spots(plan, depth), taken, quantity, categories=categories, accessible=accessible, among=among
    )
    return list(Seat.objects.filter(pk__in=choice.seat_ids).order_by("run", "position")) if choice else []


def _read_spots(plan: HallPlan, depth: float) -> list[Spot]:
    """Weigh the map's seats once for as long as `plan.py` keeps the map drawn."""
    key = plan.seat_map, depth
    known = _weighed.get(key)
    if known is None or known[0] is not plan.sections:
        known = plan.sections, weigh(plan, depth)
        if len(_weighed) >= KEPT_MAPS:
            _weighed.clear()
        _weighed[key] = known
    return known[1]


def weigh(plan: HallPlan, depth: float = STAGE_DEPTH) -> list[Spot]:
    """Return all seats of a plan with their cost, in the order of runs and positions."""
    ranks = {category.id: category.rank for category in plan.categories}
    sections = [[_turn(row.seats, plan.stage) for row in section.rows] for section in plan.sections]
    boxes = [_box([seat for row in rows for seat in row]) for rows in sections]
    if not boxes:
        return []
    hall_x = (min(box[0] for box in boxes) + max(box[2] for box in boxes)) / 2
    hall_y = min(box[1] for box in boxes)
    spots = []
    for number, (rows, (left, front, right, back)) in enumerate(zip(sections, boxes, strict=True)):
        best_x, best_y = (left + right) / 2, front + (back - front) * depth
        away = hypot(best_x - hall_x, front - hall_y) / 2
        for row_number, row in enumerate(rows):
            for seat in row:
                cost = (hypot(seat.x - best_x, seat.y - best_y) + away) / plan.pitch
                cost += RESTRICTED_VIEW_COST if seat.flags & RESTRICTED_VIEW else 0
                spots.append(
                    Spot(
                        seat.id, number, row_number, seat.category, ranks[seat.category], seat.run, seat.position,
                        seat.flags, seat.x, seat.y, cost,
                    )
                )  # fmt: skip
    spots.sort(key=attrgetter("run", "position"))
    return spots


def _turn(seats: list[PlanSeat], side: Side) -> list[PlanSeat]:
    """Turn seats so that the stage is at the top."""
    if side == Side.TOP:
        return seats
    return [seat._replace(x=x, y=y) for seat in seats for x, y in [side.turn(seat.x, seat.y)]]


def choose(
    spots: Sequence[Spot],
    taken: Collection[int],
    quantity: int,
    *,
    categories: Collection[int],
    accessible: bool = False,
    among: int = 1,
) -> Choice | None:
    """Choose the best free seats for a party, or None. `spots` are in the order of runs and positions."""
    if quantity < 1:
        raise ValueError("A party has at least one person.")
    gone = frozenset(taken)
    stretches = list(stretches_of(spot for spot in spots if spot.id not in gone))
    if accessible:
        return _choose_accessible(stretches, quantity, categories)
    blocks = [block for stretch in stretches for block in _blocks(stretch, categories)]
    best = nsmallest(among, _ways(blocks, quantity), key=itemgetter(0))
    if best:
        fewest_lone = best[0][0][0]
        _, found = secrets.choice([way for way in best if way[0][0] == fewest_lone])
        return Choice([spot.id for spot in found], is_together=True)
    return _choose_split(blocks, quantity)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a stretch of free seats that is open to everyone and of one category."""

    spots: Sequence[Spot]
    # Up to 2 free seats of the stretch beyond each end, to see if a single one would be left alone.
    before: Sequence[Spot]
    after: Sequence[Spot]

    def lone(self, start: int, end: int) -> int:
        """Count the single seats that taking spots[start:end] leaves alone on both sides."""
        count = 0
        if len(self.before) + start == 1:
            count += not (self.before or self.spots)[0].flags & _RESERVED
        if len(self.after) + len(self.spots) - end == 1:
            count += not (self.after or self.spots)[-1].flags & _RESERVED
        return count

    def closest(self, quantity: int, to: Spot) -> "Part":
        """Return so many seats side by side: first without leaving a seat alone, then close to `to`."""
        starts = range(len(self.spots) - quantity + 1)
        ways = [(self.lone(start, start + quantity), _apart(self.spots[start], to), start) for start in starts]
        lone, _, start = min(ways)
        return Part(self.spots[start : start + quantity], lone)


class Part(NamedTuple):
    """Seats side by side for some of the party, and how many single seats they leave alone."""

    spots: Sequence[Spot]
    lone: int


def _ways(blocks: Iterable[Block], quantity: int) -> Iterator[tuple[tuple[int, int, float], Sequence[Spot]]]:
    """Yield every way to seat the party side by side; the least key is the best."""
    for block in blocks:
        spots = block.spots
        sums = [0.0, *accumulate(spot.cost for spot in spots)]
        for start in range(len(spots) - quantity + 1):
            end = start + quantity
            key = (block.lone(start, end), spots[0].rank, round(sums[end] - sums[start], 6))
            yield key, spots[start:end]


def _blocks(stretch: Sequence[Spot], categories: Collection[int]) -> Iterator[Block]:
    def kind(spot: Spot) -> int:
        is_open = not spot.flags & _RESERVED and spot.category in categories
        return spot.category if is_open else 0

    start = 0
    for category, group in groupby(stretch, key=kind):
        spots = list(group)
        end = start + len(spots)
        if category:
            yield Block(spots, stretch[max(0, start - 2) : start], stretch[end : end + 2])
        start = end


def _choose_split(blocks: Sequence[Block], quantity: int) -> Choice | None:
    """Seat the party in several parts of one section and category: in adjacent runs, then adjacent rows."""
    near: dict[tuple[int, int, int], list[Block]] = defaultdict(list)
    for block in blocks:
        near[block.spots[0].section, block.spots[0].category, block.spots[0].row].append(block)
    anchors = sorted(blocks, key=lambda block: (block.spots[0].rank, min(spot.cost for spot in block.spots)))
    best: list[Spot] = []
    best_key = (sys.maxsize, sys.maxsize, 0, 0.0)
    for anchor in anchors[:MAX_ANCHORS]:
        parts = _gather(anchor, near, quantity, most=best_key[1] if anchor.spots[0].rank == best_key[0] else quantity)
        if not parts:
            continue
        found = [spot for part in parts for spot in part.spots]
        alone = sum((len(part.spots) == 1) + part.lone for part in parts)
        spread = sum(_apart(spot, found[0]) for spot in found)
        key = (found[0].rank, len(parts), alone, spread)
        if key < best_key:
            best, best_key = found, key
    best.sort(key=attrgetter("run", "position"))
    return Choice([spot.id for spot in best], is_together=False) if best else None


def _gather(anchor: Block, near: dict[tuple[int, int, int], list[Block]], quantity: int, most: int) -> list[Part]:
    """Fill the blocks nearest to the anchor, each in or next to a row in use; none if `most` parts are too few."""
    first = anchor.spots[0]
    middle = anchor.spots[len(anchor.spots) // 2]
    parts: list[Part] = []
    used: set[int] = set()
    low = high = first.row
    left = quantity
    block: Block | None = anchor
    while block is not None and len(parts) < most:
        size = min(len(block.spots), left)
        # Nobody sits alone if someone can move over from a fuller part.
        if left - size == 1 and size > 2:  # noqa: PLR2004
            size -= 1
        parts.append(block.closest(size, middle))
        left -= size
        if not left:
            return parts
        used.add(block.spots[0].id)
        low, high = min(low, block.spots[0].row), max(high, block.spots[0].row)
        reach = [
            other
            for row in range(low - 1, high + 2)
            for other in near.get((first.section, first.category, row), ())
            if other.spots[0].id not in used
        ]
        block = min(reach, key=lambda other: _distance(other, middle), default=None)
    return []


def _choose_accessible(
    stretches: Sequence[Sequence[Spot]], quantity: int, categories: Collection[int]
) -> Choice | None:
    """Choose a wheelchair place, its companion seat beside it, and seats for the rest of the party.

    A pair with the others close by is better than a party side by side that takes a second wheelchair place
    or goes without the companion seat.
    """
    best = min(_accessible_ways(stretches, quantity, categories), default=None)
    if best is not None and not best.misses:
        return Choice([spot.id for spot in best.spots], is_together=True)
    pair = min(_accessible_ways(stretches, 2, categories), default=None) if quantity > 2 else None  # noqa: PLR2004
    if pair is not None and not pair.misses:
        others = _choose_near(stretches, pair.spots, quantity - 2, categories)
        if others is not None:
            return Choice([*(spot.id for spot in pair.spots), *others.seat_ids], is_together=False)
    return Choice([spot.id for spot in best.spots], is_together=True) if best is not None else None


class AccessibleWay(NamedTuple):
    """Seats side by side with a wheelchair place among them; the least is the best."""

    # Counts a missing companion seat, and reserved places that others may need.
    misses: int
    lone: int
    rank: int
    cost: float
    first: int
    spots: Sequence[Spot]


def _accessible_ways(
    stretches: Sequence[Sequence[Spot]], quantity: int, categories: Collection[int]
) -> Iterator[AccessibleWay]:
    for stretch in stretches:
        for at, place in enumerate(stretch):
            if not place.flags & ACCESSIBLE:
                continue
            for start in range(max(0, at - quantity + 1), min(at, len(stretch) - quantity) + 1):
                spots = stretch[start : start + quantity]
                if any(spot.category not in categories for spot in spots):
                    continue
                beside = [*stretch[max(start, at - 1) : at], *stretch[at + 1 : min(at + 2, start + quantity)]]
                has_companion = quantity == 1 or any(spot.flags & COMPANION for spot in beside)
                reserved = sum(bool(spot.flags & _RESERVED) for spot in spots) - 1 - (has_companion and quantity > 1)
                block = Block(stretch[at:at], stretch[:start][-2:], stretch[start + quantity :][:2])
                cost = sum(spot.cost for spot in spots) / quantity
                yield AccessibleWay(
                    reserved + (not has_companion), block.lone(0, 0), place.rank, round(cost, 6), spots[0].id, spots
                )


def _choose_near(
    stretches: Sequence[Sequence[Spot]], pair: Sequence[Spot], quantity: int, categories: Collection[int]
) -> Choice | None:
    """Choose seats for the others in the pair's row or the next one, the closest first."""
    place = pair[0]
    close = [
        spot._replace(cost=_apart(spot, place))
        for stretch in stretches
        for spot in stretch
        if spot.section == place.section and abs(spot.row - place.row) <= 1
    ]
    return choose(close, [spot.id for spot in pair], quantity, categories=categories)


def _distance(block: Block, spot: Spot) -> float:
    return min(_apart(spot, block.spots[0]), _apart(spot, block.spots[-1]))


def _apart(one: Spot, other: Spot) -> float:
    return hypot(one.x - other.x, one.y - other.y)


def _box(seats: Sequence[PlanSeat]) -> tuple[float, float, float, float]:
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    return min(xs), min(ys), max(xs), max(ys)
