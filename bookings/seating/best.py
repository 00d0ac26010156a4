"""Best seats for a party.

Of all ways to seat a party side by side, the best one
1. leaves no single seat alone, if there is such a way,
2. is in the best category (lowest rank),
3. has the best seats, by the quality that publishing gave to each (`theaters/seat_maps/quality.py`).

No aisle is between them, unless the party would rather sit across an aisle than in two rows. A party that fits nowhere
side by side is seated in several parts (`split.py`). Wheelchair places and companion seats are left to those who ask
for them (`wheelchairs.py`), until they are released for everybody (`Show.access_released_from`).
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from heapq import nsmallest
from operator import itemgetter

from django.utils import timezone

from bookings.seating.availability import Availability, read_availability
from bookings.seating.blocks import Block, Choice, blocks_of
from bookings.seating.hall import HallPlan
from bookings.seating.neighbors import stretches_of
from bookings.seating.plan import read_seat_plan
from bookings.seating.split import choose_split
from bookings.seating.spots import RESERVED, Spot, read_spots
from bookings.seating.wheelchairs import choose_accessible
from events.models import Event, Show
from theaters.models import Seat


def find_best_seats(
    show: Show,
    quantity: int,
    *,
    category_id: int | None = None,
    category_ids: Collection[int] | None = None,
    offering: Collection[int] = (),
    accessible: int = 0,
    across_aisle: bool = False,
    own: Collection[int] = (),
    gone: Collection[int] = (),
    among: int = 1,
    availability: Availability | None = None,
) -> list[Seat]:
    """Return free seats that have a price, in seating order; none if the party can't be seated.

    So many of them are wheelchair places as `accessible` says. Ask `are_together` whether the party had to be split.
    One statement when plan and availability are warm. The seats are not held, so others may take them first. For
    another try, pass the seats that were `gone`, and a number to choose `among`: one of so many of the best ways to
    sit is drawn at random, so that a crowd does not run after the same seats again. Only categories that sell all
    ticket types in `offering` count; `own` seats are as good as free. `availability` is a snapshot that the caller has
    read already.
    """
    plan = read_seat_plan(show, None)
    categories = {pk for pk, amounts in plan.prices.items() if amounts.keys() >= set(offering)}
    if category_id is not None:
        categories &= {category_id}
    if category_ids is not None:
        categories &= set(category_ids)
    taken = [*(set((availability or read_availability(show.pk)).taken) - set(own)), *gone]
    on_screen = show.event.kind == Event.Kind.FILM
    is_for_all = not accessible and show.are_access_places_released(timezone.now())
    read = partial(_read, plan, on_screen=on_screen, is_for_all=is_for_all)
    choice = choose(
        read(),
        taken,
        quantity,
        categories=categories,
        accessible=accessible,
        joined=read(across_aisle=True) if across_aisle else (),
        among=among,
    )
    return list(Seat.objects.filter(pk__in=choice.seat_ids).order_by("run", "position")) if choice else []


def _read(plan: HallPlan, *, on_screen: bool, is_for_all: bool, across_aisle: bool = False) -> Sequence[Spot]:
    """Return all seats; wheelchair places and companion seats are like all others if they are released."""
    spots = read_spots(plan, on_screen=on_screen, across_aisle=across_aisle)
    return [spot._replace(flags=spot.flags & ~RESERVED) for spot in spots] if is_for_all else spots


def choose(
    spots: Sequence[Spot],
    taken: Collection[int],
    quantity: int,
    *,
    categories: Collection[int],
    accessible: int = 0,
    joined: Sequence[Spot] = (),
    among: int = 1,
) -> Choice | None:
    """Choose the best free seats for a party, or None. `spots` are in the order of runs and positions.

    `joined` are the same seats with each row as one run, if aisles don't matter to the party.
    """
    if quantity < 1:
        raise ValueError("A party has at least one person.")
    gone = frozenset(taken)
    stretches = list(stretches_of(spot for spot in spots if spot.id not in gone))
    if accessible:
        return choose_accessible(stretches, quantity, min(accessible, quantity), categories)
    blocks = [block for stretch in stretches for block in blocks_of(stretch, categories)]
    together = _choose_together(blocks, quantity, among)
    if together is None and joined:
        rows = stretches_of(spot for spot in joined if spot.id not in gone)
        together = _choose_together((block for row in rows for block in blocks_of(row, categories)), quantity, among)
    return together or choose_split(blocks, quantity)


def _choose_together(blocks: Iterable[Block], quantity: int, among: int) -> Choice | None:
    best = nsmallest(among, _ways(blocks, quantity), key=itemgetter(0))
    if not best:
        return None
    fewest_lone = best[0][0][0]
    _, block, start = secrets.choice([way for way in best if way[0][0] == fewest_lone])
    return Choice([spot.id for spot in block.spots[start : start + quantity]], is_together=True)


def _ways(blocks: Iterable[Block], quantity: int) -> Iterator[tuple[tuple[int, int, int], Block, int]]:
    """Yield every way to seat the party side by side; the least key is the best."""
    for block in blocks:
        rank = block.spots[0].rank
        for start, lone, cost in block.windows(quantity):
            yield (lone, rank, cost), block, start
