"""Best seats for a party, and seats that a choice leaves alone.

Of all ways to seat a party side by side, the one wins that
1. leaves no single seat alone, where any way does not,
2. is in the best category (lowest rank),
3. costs least: the mean, over its seats, of the distance to the section's best point, in seat widths,
   plus half the distance of the section's front to the middle of the hall's front, plus
   RESTRICTED_VIEW_COST for a restricted view. The best point is in the middle of the section's width and
   BEST_DEPTH of the way from its front to its back; the front is where `y` is least, as in every
   seating plan with the stage on top.

A party that fits nowhere side by side is split over neighboring runs and rows of one section, in as
few parts as possible and nobody by themselves if that can be. Wheelchair places and companion seats
are left to those who ask for them, and then come as a pair.

Everything but `find_best_seats` is pure. All functions are linear in the number of seats.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import hypot
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from bookings.availability import read_availability
from bookings.seat_plan import ACCESSIBLE, COMPANION, RESTRICTED_VIEW, PlanSeat, read_seat_plan
from events.models import Show
from theaters.models import Seat

BEST_DEPTH = 1 / 3
RESTRICTED_VIEW_COST = 50.0
# Of the stretches of free seats, how many are tried as the first part of a split party.
ANCHORS = 200

_RESERVED = ACCESSIBLE | COMPANION


class Spot(NamedTuple):
    """A seat with all that decides how good it is; `row` counts within its section, front to back."""

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


class Placed(Protocol):
    @property
    def run(self) -> int: ...
    @property
    def position(self) -> int: ...


class AnySeat(Placed, Protocol):
    """What `find_lone_seats` reads; `Seat` and `PlanSeat` both have it."""

    @property
    def id(self) -> int: ...
    @property
    def is_accessible(self) -> bool: ...
    @property
    def is_companion(self) -> bool: ...


P = TypeVar("P", bound=Placed)
S = TypeVar("S", bound=AnySeat)


def find_best_seats(
    show: Show, quantity: int, *, category_id: int | None = None, accessible: bool = False
) -> list[Seat]:
    """Return free seats that have a price, in seating order; none when the party can't be seated.

    Ask `are_together` whether the party had to be split. One statement when plan and availability
    are warm. The seats are not held: somebody else may be faster.
    """
    plan = read_seat_plan(show)
    categories = {int(pk) for pk in plan["prices"]}
    if category_id is not None:
        categories &= {category_id}
    choice = choose(
        weigh(plan), read_availability(show.pk).taken, quantity, categories=categories, accessible=accessible
    )
    return list(Seat.objects.filter(pk__in=choice.seat_ids).order_by("run", "position")) if choice else []


def are_together(seats: Iterable[Placed]) -> bool:
    """Say whether all seats are side by side in one run."""
    ordered = sorted(seats, key=attrgetter("run", "position"))
    return all(b.run == a.run and b.position == a.position + 1 for a, b in pairwise(ordered))


def find_lone_seats(seats: Iterable[S], taken: Collection[int], chosen: Collection[int]) -> list[S]:
    """Return the single free seats that the choice leaves between taken seats or the end of a run.

    Not those that were alone before, nor the last one of a free stretch: no other choice in that
    stretch would help. Wheelchair places and companion seats may be alone. `taken` and `chosen` are ids.
    """
    taken, chosen = frozenset(taken), frozenset(chosen)
    lone: list[S] = []
    for stretch in _stretches([seat for seat in seats if seat.id not in taken]):
        if sum(seat.id not in chosen for seat in stretch) > 1:
            for left in _stretches([seat for seat in stretch if seat.id not in chosen]):
                if len(left) == 1 < len(stretch) and not (left[0].is_accessible or left[0].is_companion):
                    lone += left
    return lone


def weigh(plan: dict[str, Any]) -> list[Spot]:
    """Return all seats of a `read_seat_plan` with their cost, in the order of runs and positions."""
    ranks = {category["id"]: category["rank"] for category in plan["categories"]}
    pitch: float = plan["pitch"]
    sections: list[list[list[PlanSeat]]] = [[row["seats"] for row in section["rows"]] for section in plan["sections"]]
    boxes = [_box([seat for row in rows for seat in row]) for rows in sections]
    if not boxes:
        return []
    hall_x = (min(box[0] for box in boxes) + max(box[2] for box in boxes)) / 2
    hall_y = min(box[1] for box in boxes)
    spots = []
    for number, (rows, (left, front, right, back)) in enumerate(zip(sections, boxes, strict=True)):
        best_x, best_y = (left + right) / 2, front + (back - front) * BEST_DEPTH
        away = hypot(best_x - hall_x, front - hall_y) / 2
        for row_number, row in enumerate(rows):
            for seat in row:
                cost = (hypot(seat.x - best_x, seat.y - best_y) + away) / pitch
                cost += RESTRICTED_VIEW_COST if seat.flags & RESTRICTED_VIEW else 0
                spots.append(
                    Spot(
                        seat.id, number, row_number, seat.category, ranks[seat.category], seat.run, seat.position,
                        seat.flags, seat.x, seat.y, cost,
                    )
                )  # fmt: skip
    spots.sort(key=attrgetter("run", "position"))
    return spots


def choose(
    spots: Sequence[Spot],
    taken: Collection[int],
    quantity: int,
    *,
    categories: Collection[int],
    accessible: bool = False,
) -> Choice | None:
    """Choose the best free seats for a party, or None. `spots` are in the order of runs and positions."""
    if quantity < 1:
        raise ValueError("A party has at least one person.")
    gone = frozenset(taken)
    stretches = list(_stretches([spot for spot in spots if spot.id not in gone]))
    if accessible:
        return _choose_accessible(stretches, quantity, categories)
    blocks = [block for stretch in stretches for block in _blocks(stretch, categories)]
    best = min((way for block in blocks for way in block.ways(quantity)), default=None)
    if best is not None:
        return Choice([spot.id for spot in best.spots], is_together=True)
    return _choose_split(blocks, quantity)


class Way(NamedTuple):
    """Seats side by side; the least is the best."""

    lone: int
    rank: int
    cost: float
    first: int
    spots: Sequence[Spot]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a stretch of free seats that is open to everybody and of one category."""

    spots: Sequence[Spot]
    # Free seats of the stretch beyond both ends, up to 2: whether a single one there would be left alone.
    before: Sequence[Spot]
    after: Sequence[Spot]

    def ways(self, quantity: int) -> Iterator[Way]:
        """Yield every way to seat so many side by side."""
        spots = self.spots
        cost = sum(spot.cost for spot in spots[:quantity])
        for start in range(len(spots) - quantity + 1):
            end = start + quantity
            if start:
                cost += spots[end - 1].cost - spots[start - 1].cost
            lone = self.lone(start, end)
            yield Way(lone, spots[0].rank, round(cost / quantity, 6), spots[start].id, spots[start:end])

    def lone(self, start: int, end: int) -> int:
        """Count the single seats that taking spots[start:end] leaves alone on both sides."""
        count = 0
        if len(self.before) + start == 1:
            count += not (self.before or self.spots)[0].flags & _RESERVED
        if len(self.after) + len(self.spots) - end == 1:
            count += not (self.after or self.spots)[-1].flags & _RESERVED
        return count


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
    """Seat the party in several parts of one section and category: next runs, then next rows."""
    near: dict[tuple[int, int, int], list[Block]] = defaultdict(list)
    for block in blocks:
        near[block.spots[0].section, block.spots[0].category, block.spots[0].row].append(block)
    anchors = sorted(blocks, key=lambda block: (block.spots[0].rank, min(spot.cost for spot in block.spots)))
    best: tuple[tuple[int, int, int, float], list[Spot]] | None = None
    for anchor in anchors[:ANCHORS]:
        parts = _gather(anchor, near, quantity)
        if parts is None:
            continue
        found = [spot for part in parts for spot in part.spots]
        alone = sum(len(part.spots) == 1 for part in parts)
        spread = sum(hypot(spot.x - found[0].x, spot.y - found[0].y) for spot in found) / quantity
        key = (found[0].rank, len(parts), alone + sum(part.lone for part in parts), spread)
        if best is None or key < best[0]:
            best = key, found
    if best is None:
        return None
    return Choice([spot.id for spot in sorted(best[1], key=attrgetter("run", "position"))], is_together=False)


def _gather(anchor: Block, near: dict[tuple[int, int, int], list[Block]], quantity: int) -> list[Way] | None:
    """Fill the blocks nearest to the anchor, each row next to one in use, until all are seated."""
    section, category, row = anchor.spots[0].section, anchor.spots[0].category, anchor.spots[0].row
    middle = anchor.spots[len(anchor.spots) // 2]
    parts: list[Way] = []
    left = quantity
    used: set[int] = set()
    low = high = row
    block: Block | None = anchor
    while block is not None:
        size = min(len(block.spots), left)
        # Nobody sits alone if one can move up from the fuller part.
        if left - size == 1 and size > 2:  # noqa: PLR2004
            size -= 1
        parts.append(
            min(
                block.ways(size),
                key=lambda way: (way.lone, hypot(way.spots[0].x - middle.x, way.spots[0].y - middle.y)),
            )
        )
        left -= size
        if not left:
            return parts
        used.add(id(block))
        low, high = min(low, block.spots[0].row), max(high, block.spots[0].row)
        reach = [b for r in range(low - 1, high + 2) for b in near.get((section, category, r), ()) if id(b) not in used]
        block = min(reach, key=lambda b: _distance(b, middle), default=None)
    return None


def _choose_accessible(
    stretches: Sequence[Sequence[Spot]], quantity: int, categories: Collection[int]
) -> Choice | None:
    """Choose a wheelchair place, its companion seat beside it, and seats for the rest of the party.

    Better a pair with the others close by than a party side by side that takes a second wheelchair
    place or goes without the companion seat.
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

    # The companion seat is not there, and places that others may need.
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
    """Choose seats for the others in the pair's row or one next to it, the closest first."""
    place = pair[0]
    close = [
        spot._replace(cost=hypot(spot.x - place.x, spot.y - place.y))
        for stretch in stretches
        for spot in stretch
        if spot.section == place.section and abs(spot.row - place.row) <= 1
    ]
    return choose(close, [spot.id for spot in pair], quantity, categories=categories)


def _stretches(seats: Iterable[P]) -> Iterator[list[P]]:
    """Yield unbroken neighbors among the seats given."""
    stretch: list[P] = []
    for seat in sorted(seats, key=attrgetter("run", "position")):
        if stretch and (seat.run != stretch[-1].run or seat.position != stretch[-1].position + 1):
            yield stretch
            stretch = []
        stretch.append(seat)
    if stretch:
        yield stretch


def _distance(block: Block, spot: Spot) -> float:
    return min(hypot(other.x - spot.x, other.y - spot.y) for other in (block.spots[0], block.spots[-1]))


def _box(seats: Sequence[PlanSeat]) -> tuple[float, float, float, float]:
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    return min(xs), min(ys), max(xs), max(ys)
