"""Whom the matching puts where: halls are drawn as rows of signs, one for each seat."""

from __future__ import annotations

import pytest

from show_changes.matching import Fate, Member, NewHall, Placement, Space, Zone, lay_out, match_places

pytestmark = pytest.mark.once

# Of a row: A and B are categories, w a wheelchair place and c a companion seat of A, a space an aisle.
CATEGORY = {"A": 1, "w": 1, "c": 1, "B": 2}


def draw(*rows: str, first_id: int = 0):
    found = []
    for y, row in enumerate(rows):
        run = y * 10
        for x, sign in enumerate(row):
            if sign == " ":
                run += 1
            else:
                found.append(
                    (first_id + y * 100 + x, CATEGORY[sign], "Stalls", run, x, x, y, sign == "w", sign == "c", False)
                )
    return {chair.id: chair for chair in lay_out(found)}


def new_hall(*rows: str, spaces: tuple[Space, ...] = ()) -> NewHall:
    return NewHall(draw(*rows, first_id=1000).values(), spaces, [Zone(1, 1), Zone(2, 2)])


def party(hall: dict, *seats: int) -> list[Member]:
    return [Member(seat, hall[seat].category, hall[seat].category, is_equal=True, chair=hall[seat]) for seat in seats]


def seats_of(found: dict[int, Placement]) -> dict[int, int | None]:
    return {ticket: placement.seat and placement.seat - 1000 for ticket, placement in found.items()}


def fates_of(found: dict[int, Placement]) -> set[Fate]:
    return {placement.fate for placement in found.values()}


def test_in_a_twin_hall_everyone_keeps_the_same_seat():
    rows = ("AAAA AAAA", "AAAA AAAA", "BBBB BBBB")
    old = draw(*rows)
    parties = [party(old, 0, 1), party(old, 2, 3), party(old, 106, 107, 108), party(old, 203)]
    found = match_places(parties, new_hall(*rows))
    assert seats_of(found) == {seat: seat for group in parties for seat in (member.ticket for member in group)}
    assert fates_of(found) == {Fate.EQUAL}


def test_a_party_stays_together_though_its_own_seats_would_part_it():
    old = draw("AAAAAA", "AAAAAA")
    found = match_places([party(old, 2, 3, 4)], new_hall("AA AA A", "  AAA  "))
    assert sorted(seats_of(found).values()) == [102, 103, 104]
    assert fates_of(found) == {Fate.EQUAL}


def test_a_party_that_fits_nowhere_is_split_and_marked_apart():
    old = draw("AAAA")
    found = match_places([party(old, 0, 1, 2)], new_hall("AA A", "BBBB"))
    assert sorted(seats_of(found).values()) == [0, 1, 3]
    assert fates_of(found) == {Fate.APART}


def test_a_wheelchair_place_is_kept_with_its_companion_beside_it():
    old = draw("AAAAwcAA")
    found = match_places([party(old, 0, 1), party(old, 4, 5, 6)], new_hall("AAAAAAAA", "AAcwAAAA"))
    assert seats_of(found)[4] == 103
    assert seats_of(found)[5] == 102
    assert fates_of(found) == {Fate.EQUAL}


def test_a_wheelchair_never_gets_an_ordinary_seat():
    old = draw("AAAAwc")
    found = match_places([party(old, 4, 5)], new_hall("AAAAAA", spaces=(Space(7, 1, "floor", 10),)))
    assert fates_of(found) == {Fate.NONE}


def test_other_peoples_wheelchair_places_stay_free():
    old = draw("AAAA")
    found = match_places([party(old, 0, 1, 2)], new_hall("AwcA", "BBBB"))
    assert sorted(seats_of(found).values()) == [100, 101, 102]
    assert fates_of(found) == {Fate.LESSER}


def test_no_one_moves_up_before_the_better_category_is_seated():
    old = draw("AAAA", "BBBBBB")
    found = match_places([party(old, 100, 101, 102, 103, 104), party(old, 0, 1, 2)], new_hall("AAAAAAAA", "BBBB"))
    assert {found[ticket].fate for ticket in (0, 1, 2)} == {Fate.EQUAL}
    assert {found[ticket].fate for ticket in (100, 101, 102, 103, 104)} == {Fate.BETTER}


def test_a_party_without_room_is_reported_as_a_whole():
    old = draw("AAAA")
    found = match_places([party(old, 0, 1), party(old, 2)], new_hall("AA"))
    assert [found[ticket].fate for ticket in (0, 1, 2)] == [Fate.EQUAL, Fate.EQUAL, Fate.NONE]


def test_standing_guests_keep_their_area_while_it_has_room():
    standing = [
        [Member(number * 10 + one, 1, 1, is_equal=True, area="floor") for one in range(4)] for number in range(2)
    ]
    spaces = (Space(7, 1, "Floor", 5), Space(8, 2, "Gallery", 9))
    found = match_places(standing, new_hall("BBBB", spaces=spaces))
    assert [found[ticket].area for ticket in (0, 3)] == [7, 7]
    assert {found[ticket].fate for ticket in (10, 11, 12, 13)} == {Fate.LESSER}
