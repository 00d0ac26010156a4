"""Properties of the choice of best seats, against a search over everything in small halls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bookings.seating.best import choose
from bookings.seating.hall import ACCESSIBLE, COMPANION
from bookings.seating.neighbors import are_together
from bookings.seating.split import MOST_EXACT_PARTS
from bookings.seating.spots import Spot
from bookings.tests.seating.drawn import draw_spots, join_rows

pytestmark = [pytest.mark.once, pytest.mark.slow]

Situation = tuple[list[Spot], set[int], int]
CATEGORIES = {1, 2}


def read_halls(signs: str, *, most_rows: int = 4, longest: int = 9) -> st.SearchStrategy[list[Spot]]:
    rows = st.lists(st.text(signs, min_size=1, max_size=longest), min_size=1, max_size=most_rows)
    return rows.map(lambda drawn: draw_spots(*drawn))


@st.composite
def situations(
    draw: st.DrawFn,
    halls: st.SearchStrategy[list[Spot]],
    *,
    smallest: int = 1,
    largest: int = 7,
    most_taken: int | None = None,
) -> Situation:
    """Draw a hall with seats of any cost, so that no rule hides another; those taken in it; the size of a party."""
    spots = draw(halls)
    assume(spots)
    costs = draw(st.lists(st.integers(0, 60), min_size=len(spots), max_size=len(spots)))
    taken = draw(st.sets(st.sampled_from([spot.id for spot in spots]), max_size=most_taken))
    spots = [spot._replace(cost=cost) for spot, cost in zip(spots, costs, strict=True)]
    return spots, taken, draw(st.integers(smallest, largest))


any_hall = read_halls(".....bWC|")


def find_singles(spots: list[Spot], gone: set[int]) -> set[int]:
    """Return ordinary free seats without a free neighbor."""
    free = {(spot.run, spot.position): spot for spot in spots if spot.id not in gone}
    return {
        spot.id
        for (run, position), spot in free.items()
        if not spot.flags and (run, position - 1) not in free and (run, position + 1) not in free
    }


def count_left_alone(spots: list[Spot], taken: set[int], part: list[Spot]) -> int:
    return len(find_singles(spots, taken | {spot.id for spot in part}) - find_singles(spots, taken))


def find_ways_together(spots: list[Spot], taken: set[int], quantity: int) -> dict[int, tuple[int, int, int]]:
    """Return lone seats, rank and cost of every way to sit side by side, by the first seat."""
    ways = {}
    for start in range(len(spots) - quantity + 1):
        window = spots[start : start + quantity]
        is_open = not any(spot.flags or spot.id in taken for spot in window)
        if is_open and are_together(window) and len({spot.category for spot in window}) == 1:
            lone = count_left_alone(spots, taken, window)
            ways[window[0].id] = lone, window[0].rank, sum(spot.cost for spot in window)
    return ways


@given(situations(any_hall, largest=14))
def test_a_choice_is_free_complete_and_open_to_all(situation: Situation) -> None:
    spots, taken, quantity = situation
    choice = choose(spots, taken, quantity, categories=CATEGORIES)
    if choice is None:
        return
    chosen = [spot for spot in spots if spot.id in choice.seat_ids]
    assert len(chosen) == len(choice.seat_ids) == quantity
    assert not taken & set(choice.seat_ids)
    assert not any(spot.flags for spot in chosen)
    assert len({spot.category for spot in chosen}) == 1
    assert choice.is_together == are_together(chosen)
    assert all(b - a == 1 for a, b in pairwise(sorted({spot.row for spot in chosen})))


@given(situations(any_hall))
def test_a_party_gets_the_best_of_all_ways_side_by_side(situation: Situation) -> None:
    spots, taken, quantity = situation
    ways = find_ways_together(spots, taken, quantity)
    choice = choose(spots, taken, quantity, categories=CATEGORIES)
    if ways:
        assert choice is not None
        assert choice.is_together
        assert ways[min(choice.seat_ids)] == min(ways.values())
    else:
        assert choice is None or not choice.is_together


@given(situations(read_halls("...|.b|")))
def test_only_those_who_ask_sit_across_an_aisle(situation: Situation) -> None:
    spots, taken, quantity = situation
    joined = join_rows(spots)
    ways = find_ways_together(spots, taken, quantity)
    across = choose(spots, taken, quantity, categories=CATEGORIES, joined=joined)
    if ways:
        assert across == choose(spots, taken, quantity, categories=CATEGORIES)
        return
    is_possible = bool(find_ways_together(joined, taken, quantity))
    assert (across is not None and across.is_together) == is_possible
    if is_possible:
        assert across is not None
        chosen = [spot for spot in joined if spot.id in across.seat_ids]
        assert are_together(chosen)
        assert len({spot.home for spot in chosen}) > 1
        rivals = [
            count_left_alone(spots, taken, joined[start : start + quantity])
            for start, first in enumerate(joined)
            if first.id in find_ways_together(joined, taken, quantity)
        ]
        assert count_left_alone(spots, taken, chosen) == min(rivals)


def list_blocks(spots: list[Spot], taken: set[int]) -> list[list[Spot]]:
    """Return the unbroken stretches of free ordinary seats of one category, in the order of rows and runs."""
    blocks: list[list[Spot]] = []
    for spot in spots:
        if spot.id in taken or spot.flags:
            continue
        last = blocks[-1][-1] if blocks else None
        if last and last.category == spot.category and are_together([last, spot]):
            blocks[-1].append(spot)
        else:
            blocks.append([spot])
    return blocks


def find_splits(blocks: list[list[Spot]], quantity: int, parts: int, after: int = -1) -> Iterator[list[list[Spot]]]:
    """Yield every way to seat a party in so many parts, each in a later block of the same row or the next one."""
    for at in range(after + 1, len(blocks)):
        block = blocks[at]
        if after >= 0 and (
            block[0].category != blocks[after][0].category or block[0].row - blocks[after][0].row not in (0, 1)
        ):
            continue
        sizes = range(1, quantity - parts + 2) if parts > 1 else (quantity,)
        for size in sizes:
            for start in range(len(block) - size + 1):
                part = block[start : start + size]
                if parts == 1:
                    yield [part]
                else:
                    yield from ([part, *rest] for rest in find_splits(blocks, quantity - size, parts - 1, at))


def rate_split(spots: list[Spot], taken: set[int], parts: list[list[Spot]]) -> tuple[bool, int, int, int, int, int]:
    sizes = [len(part) for part in parts]
    middles = [(part[0].along + part[-1].along) // 2 for part in parts]
    return (
        1 in sizes,
        len(parts),
        sum(count_left_alone(spots, taken, part) for part in parts),
        max(sizes) - min(sizes),
        parts[0][0].rank,
        sum(spot.cost for part in parts for spot in part) + sum(abs(a - b) for a, b in pairwise(middles)),
    )


@settings(max_examples=300)
@given(situations(read_halls("......b|", most_rows=3, longest=6), largest=3, most_taken=3))
def test_a_split_party_gets_the_best_of_all_divisions(situation: Situation) -> None:
    spots, taken, more = situation
    blocks = list_blocks(spots, taken)
    # Just more people than fit anywhere side by side.
    quantity = max(map(len, blocks), default=0) + more
    assume(quantity > 1)
    ratings = [
        rate_split(spots, taken, parts)
        for count in range(2, MOST_EXACT_PARTS + 1)
        for parts in find_splits(blocks, quantity, count)
    ]
    choice = choose(spots, taken, quantity, categories=CATEGORIES)
    if choice is None:
        assert not ratings
        return
    chosen = [part for block in blocks if (part := [spot for spot in block if spot.id in choice.seat_ids])]
    rating = rate_split(spots, taken, chosen)
    if len(chosen) <= MOST_EXACT_PARTS:
        assert rating == min(ratings)
    else:
        assert not ratings or min(ratings)[0] >= rating[0]


@settings(max_examples=300)
@given(situations(read_halls("..WC", most_rows=2, longest=6), largest=4, most_taken=2), st.integers(1, 2))
def test_wheelchair_places_come_with_their_companion_seats_and_no_others(situation: Situation, places: int) -> None:
    spots, taken, quantity = situation
    assume(places <= quantity)
    choice = choose(spots, taken, quantity, categories=CATEGORIES, accessible=places)
    free = [spot for spot in spots if spot.id not in taken]
    chairs = [spot for spot in free if spot.flags & ACCESSIBLE]
    if choice is None:
        assert quantity > 1 or not chairs
        return
    chosen = {spot.id: spot for spot in free if spot.id in choice.seat_ids}
    assert len(chosen) == len(choice.seat_ids) == quantity
    assert sum(bool(spot.flags & ACCESSIBLE) for spot in chosen.values()) == places
    assert all(spot.place in chosen for spot in chosen.values() if spot.flags & COMPANION and spot.place)
    pairs = [spot for spot in free if spot.place and any(chair.id == spot.place for chair in chairs)]
    if places == 1 and quantity == 2 and pairs:
        assert any(spot.place for spot in chosen.values())


@given(situations(any_hall))
def test_wheelchair_places_are_left_to_those_who_ask(situation: Situation) -> None:
    spots, taken, quantity = situation
    choice = choose(spots, taken, quantity, categories=CATEGORIES, joined=join_rows(spots))
    assert choice is None or not any(spot.flags for spot in spots if spot.id in choice.seat_ids)
