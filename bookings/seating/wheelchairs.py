"""Seat a party with people in wheelchairs: their places, the companion seats that belong to them, and the rest. Pure.

A companion seat is only ever chosen together with its wheelchair place. Of all ways to sit side by side, the best one
has a companion seat for each person in a wheelchair who comes with somebody, and takes none that others may need; then
it leaves the fewest single seats, is in the best category, and costs least. Where there is no such way, the wheelchair
places with companion seats are chosen closest to each other, and the others sit as near as possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from bookings.seating.blocks import Block, Choice, blocks_of
from bookings.seating.hall import ACCESSIBLE, COMPANION
from bookings.seating.neighbors import stretches_of
from bookings.seating.split import apart, choose_split
from bookings.seating.spots import Spot


class _Way(NamedTuple):
    """Seats side by side with wheelchair places among them; the least is the best."""

    # Counts missing companion seats, and those of no place among them.
    misses: int
    lone: int
    rank: int
    cost: int
    first: int
    spots: Sequence[Spot]


def choose_accessible(
    stretches: Sequence[Sequence[Spot]], quantity: int, places: int, categories: Collection[int]
) -> Choice | None:
    """Choose seats of which so many are wheelchair places, or None. `places` is at most `quantity`."""
    best = min(_ways(stretches, quantity, places, categories), default=None)
    if best is not None and not best.misses:
        return Choice([spot.id for spot in best.spots], is_together=True)
    free = [spot for stretch in stretches for spot in stretch if spot.category in categories]
    missing, ids = _choose_places(free, quantity, places, categories)
    if best is not None and (not ids or best.misses <= missing):
        return Choice([spot.id for spot in best.spots], is_together=True)
    return Choice(ids, is_together=False) if ids else None


def _ways(
    stretches: Sequence[Sequence[Spot]], quantity: int, places: int, categories: Collection[int]
) -> Iterator[_Way]:
    wanted = min(places, quantity - places)
    for stretch in stretches:
        if sum(bool(spot.flags & ACCESSIBLE) for spot in stretch) < places:
            continue
        for start in range(len(stretch) - quantity + 1):
            spots = stretch[start : start + quantity]
            chairs = {spot.id for spot in spots if spot.flags & ACCESSIBLE}
            if len(chairs) != places or any(spot.category not in categories for spot in spots):
                continue
            companions = [spot for spot in spots if spot.flags & COMPANION and spot.id not in chairs]
            if any(spot.place and spot.place not in chairs for spot in companions):
                continue
            accompanied = {spot.place for spot in companions if spot.place}
            misses = max(0, wanted - len(accompanied)) + sum(not spot.place for spot in companions)
            lone = Block(spots, stretch[:start][-2:], stretch[start + quantity :][:2]).lone(0, quantity)
            rank = max(spot.rank for spot in spots)
            yield _Way(misses, lone, rank, sum(spot.cost for spot in spots), spots[0].id, spots)


def _choose_places(
    free: Sequence[Spot], quantity: int, places: int, categories: Collection[int]
) -> tuple[int, list[int]]:
    """Choose the places closest to each other with their companion seats, and the others near the first one.

    Returns how many companion seats are missing, and the seats; none if there is no such way.
    """
    companions: dict[int, list[Spot]] = defaultdict(list)
    for spot in free:
        if spot.place:
            companions[spot.place].append(spot)
    chairs = [spot for spot in free if spot.flags & ACCESSIBLE]
    wanted = min(places, quantity - places)
    found = []
    for first in chairs:
        near = sorted(
            (spot for spot in chairs if spot.section == first.section),
            key=lambda spot: (not companions[spot.id] if wanted else 0, apart(spot, first)),
        )
        group = [first, *(spot for spot in near if spot is not first)][:places]
        if len(group) == places:
            missing = wanted - min(wanted, sum(bool(companions[spot.id]) for spot in group))
            spread = round(sum(apart(spot, first) for spot in group), 3)
            found.append((missing, spread, first.rank, first.cost, first.id, group))
    for missing, *_key, group in sorted(found):
        chosen = _accompany(group, companions, quantity - places)
        left = quantity - len(chosen)
        others = _choose_near(free, group[0], left, categories) if left else Choice([], is_together=True)
        if others is not None:
            return missing, [*(spot.id for spot in chosen), *others.seat_ids]
    return 0, []


def _accompany(group: Sequence[Spot], companions: dict[int, list[Spot]], most: int) -> list[Spot]:
    """Return these places with up to so many companion seats, one for each of them before any gets two."""
    turns: list[Spot] = []
    for turn in range(max((len(companions[chair.id]) for chair in group), default=0)):
        turns += [companions[chair.id][turn] for chair in group if turn < len(companions[chair.id])]
    return [*group, *turns[:most]]


def _choose_near(free: Sequence[Spot], place: Spot, quantity: int, categories: Collection[int]) -> Choice | None:
    """Choose seats in the row of a place or the next one, the closest first."""
    close = [
        spot._replace(cost=round(apart(spot, place)))
        for spot in free
        if spot.section == place.section and abs(spot.row - place.row) <= 1
    ]
    blocks = [block for stretch in stretches_of(close) for block in blocks_of(stretch, categories)]
    ways = (
        ((lone, cost, block.spots[start].id), block.spots[start : start + quantity])
        for block in blocks
        for start, lone, cost in block.windows(quantity)
    )
    best = min(ways, default=None)
    if best is not None:
        return Choice([spot.id for spot in best[1]], is_together=True)
    return choose_split(blocks, quantity)
