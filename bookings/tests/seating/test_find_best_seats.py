"""Best seats for a party: examples. `test_choose_best.py` compares with a search over everything."""

import pytest

from bookings.seating.best import choose, find_best_seats
from bookings.seating.plan import read_seat_plan
from bookings.seating.spots import Spot, read_spots
from bookings.tests.seating.drawn import draw_spots, join_rows
from bookings.tests.seating.test_read_availability import add_ticket, make_booking
from events.models import Price
from testing.builders import make_event, make_hall, make_show, make_theater
from theaters.models import Hall, Seat, SeatCategory, SeatMap
from theaters.seat_maps.publish import publish_seat_map, save_draft
from theaters.seat_maps.quality import RatedPlace, rate
from theaters.seat_maps.stage import Side


def pick(
    spots: list[Spot], quantity: int, *, taken: str = "", accessible: int = 0, across_aisle: bool = False
) -> tuple[list[int], bool]:
    gone = [int(pk) for pk in taken.split()]
    joined = join_rows(spots) if across_aisle else []
    choice = choose(spots, gone, quantity, categories={1, 2}, accessible=accessible, joined=joined)
    return (choice.seat_ids, choice.is_together) if choice else ([], False)


def test_the_middle_comes_first_and_then_what_is_beside_it():
    spots = draw_spots(".........", ".........")
    assert pick(spots, 3) == ([4, 5, 6], True)
    assert pick(spots, 3, taken="4 5 6") == ([13, 14, 15], True)


def test_a_better_category_wins_over_a_better_place():
    assert pick(draw_spots("bbbbb", "....."), 3)[0] == [7, 8, 9] or pick(draw_spots("bbbbb", "....."), 3)[0] == [
        6,
        7,
        8,
    ]


def test_an_aisle_parts_a_row():
    spots = draw_spots("...|....")
    assert pick(spots, 4) == ([4, 5, 6, 7], True)


def test_a_single_seat_is_left_only_when_there_is_no_other_way():
    # The middle of five for two would leave one seat on each side or on one.
    assert pick(draw_spots("....."), 2)[0] in ([1, 2], [4, 5])
    assert pick(draw_spots("..."), 2) == ([1, 2], True)


def test_a_party_that_fits_nowhere_is_split_over_rows_next_to_each_other():
    seats, is_together = pick(draw_spots("...", "...", "...", "..."), 5)
    assert not is_together
    rows = sorted((pk - 1) // 3 for pk in seats)
    assert rows in ([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])


def test_no_member_of_a_split_party_sits_alone():
    seats, _ = pick(draw_spots("...", "..."), 4)
    assert sorted((pk - 1) // 3 for pk in seats) == [0, 0, 1, 1]


def test_no_single_seat_is_left_rather_than_dividing_a_party_evenly():
    seats, _ = pick(draw_spots(".....", "....."), 8)
    assert sorted((pk - 1) // 5 for pk in seats) in ([0] * 5 + [1] * 3, [0] * 3 + [1] * 5)
    seats, _ = pick(draw_spots("......", "......"), 8)
    assert sorted((pk - 1) // 6 for pk in seats) == [0] * 4 + [1] * 4


def test_a_party_larger_than_what_is_left_gets_nothing():
    assert pick(draw_spots("...", "..."), 7) == ([], False)
    # Two rows apart is not a party any more.
    assert pick(draw_spots("..", "bb", ".."), 4) == ([], False)


def test_wheelchair_places_are_left_to_those_who_ask():
    spots = draw_spots("WC..")
    assert pick(spots, 2) == ([3, 4], True)
    assert pick(spots, 3) == ([], False)
    assert pick(spots, 1, accessible=1) == ([1], True)
    assert pick(spots, 2, accessible=1) == ([1, 2], True)
    assert pick(spots, 3, accessible=1) == ([1, 2, 3], True)


def test_a_companion_seat_is_not_taken_from_another_wheelchair_place():
    spots = draw_spots("WC.W")
    # However good the seats beside the other wheelchair place are.
    spots[0] = spots[0]._replace(cost=500)
    assert pick(spots, 3, accessible=1) == ([1, 2, 3], True)


def test_a_party_does_not_take_a_second_wheelchair_place():
    seats, is_together = pick(draw_spots("WCWC", "...."), 3, accessible=1)
    assert not is_together
    assert len([pk for pk in seats if pk <= 4]) == 2
    assert len([pk for pk in seats if pk > 4]) == 1


def test_without_a_companion_seat_any_neighbor_will_do():
    assert pick(draw_spots("W..."), 2, accessible=1) == ([1, 2], True)


def test_a_party_has_at_least_one_person():
    with pytest.raises(ValueError, match="at least one"):
        choose(draw_spots("..."), [], 0, categories={1})


def make_house() -> Hall:
    """Stalls of 6 rows of 11 in the best category in front, a balcony of 2 rows in the second."""
    hall = Hall.objects.create(theater=make_theater(), name="House")
    seat_map = SeatMap.objects.create(hall=hall, version=1)
    best = SeatCategory.objects.create(seat_map=seat_map, name="Best", color="#ff0000", rank=1)
    other = SeatCategory.objects.create(seat_map=seat_map, name="Other", color="#00ff00", rank=2)
    places = [(row, number) for row in range(8) for number in range(11)]
    qualities = rate(
        [RatedPlace(n * 20, row * 24, "Stalls" if row < 6 else "Balcony", row == 7 and n == 5) for row, n in places],
        pitch=20,
    )
    Seat.objects.bulk_create(
        Seat(
            seat_map=seat_map, guid=f"{row}-{number}", section="Stalls" if row < 6 else "Balcony", row=chr(65 + row),
            number=str(number + 1), category=best if row < 6 else other, x=number * 20, y=row * 24, run=row,
            position=number, has_restricted_view=row == 7 and number == 5, quality=quality.stage,
            screen_quality=quality.screen,
        )
        for (row, number), quality in zip(places, qualities, strict=True)
    )  # fmt: skip
    seat_map.state = SeatMap.State.PUBLISHED
    seat_map.save()
    return hall


@pytest.mark.django_db
def test_the_best_of_a_house_is_the_middle_a_third_of_the_way_back():
    show = make_show(hall=make_house())
    assert [str(seat) for seat in find_best_seats(show, 3)] == [f"Stalls, row C, seat {n}" for n in (5, 6, 7)]


@pytest.mark.django_db
def test_a_film_is_watched_from_farther_back():
    show = make_show(hall=make_house(), event=make_event("Metropolis", kind="film"))
    assert [str(seat) for seat in find_best_seats(show, 3)] == [f"Stalls, row D, seat {n}" for n in (5, 6, 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("side", Side)
def test_the_best_seats_are_near_the_stage_wherever_it_is(side: Side):
    """A hall of nine rows of nine: the best seat is in the middle, a third of the way from the stage."""
    seats = [[{"seat_number": str(x), "position": {"x": 20 * x, "y": 0}, "category": "A"} for x in range(9)]] * 9
    rows = [{"row_number": str(y), "position": {"x": 0, "y": 20 * y}, "seats": row} for y, row in enumerate(seats)]
    document = {"categories": [{"name": "A"}], "zones": [{"name": "S", "rows": rows}], "marquee": {"stage": side}}
    hall = Hall.objects.create(theater=make_theater(), name="Square")
    publish_seat_map(seat_map=save_draft(hall=hall, document=document, source="", by=None), by=None)
    spots = read_spots(read_seat_plan(make_show(hall=hall)))
    best = min(spots, key=lambda spot: spot.cost)
    seat = Seat.objects.get(pk=best.id)
    place = {Side.TOP: (4, 3), Side.BOTTOM: (4, 5), Side.LEFT: (3, 4), Side.RIGHT: (5, 4)}[side]
    assert (int(seat.number), int(seat.row)) == place


@pytest.mark.django_db
def test_the_category_asked_for_is_kept():
    show = make_show(hall=make_house())
    other = show.seat_map.categories.get(name="Other")
    assert {seat.category_id for seat in find_best_seats(show, 4, category_id=other.pk)} == {other.pk}
    assert find_best_seats(show, 4, category_id=0) == []


@pytest.mark.django_db
def test_a_restricted_view_comes_last():
    show = make_show(hall=make_house())
    other = show.seat_map.categories.get(name="Other")
    booking = make_booking(show)
    for seat in show.seat_map.seats.filter(row="G"):
        add_ticket(show, booking, seat=seat)
    assert 6 not in [int(seat.number) for seat in find_best_seats(show, 5, category_id=other.pk)]


@pytest.mark.django_db
def test_taken_and_unpriced_seats_are_not_offered():
    show = make_show(hall=make_hall(rows=2, seats=4))
    booking = make_booking(show)
    for seat in show.seat_map.seats.filter(row="A"):
        add_ticket(show, booking, seat=seat)
    assert {seat.row for seat in find_best_seats(show, 4)} == {"B"}
    assert find_best_seats(show, 5) == []
    Price.objects.filter(show=show).delete()
    later = make_show(hall=show.hall, in_hours=200)
    Price.objects.filter(show=later).delete()
    assert find_best_seats(later, 1) == []


@pytest.mark.django_db
def test_statements(django_assert_num_queries):
    show = make_show(hall=make_hall(rows=5, seats=10))
    find_best_seats(show, 2)
    with django_assert_num_queries(1):
        assert len(find_best_seats(show, 3)) == 3


@pytest.mark.django_db
def test_every_seat_is_rated():
    show = make_show(hall=make_hall(rows=3, seats=5))
    spots = read_spots(read_seat_plan(show))
    assert [(spot.run, spot.position) for spot in spots] == [(row, number) for row in range(3) for number in range(5)]
    assert min(spots, key=lambda spot: spot.cost).position == 2
