"""How a line moves: pure, in seconds of its own."""

from dataclasses import replace

import pytest

from waiting_room.line import BUSY_SHARE, FASTER, FIRST_RATE, SLOWER, TURN_SECONDS, Line, Terms, move

QUIET = Terms(opens_at=None, rate=None, may_enter=True, busy=0.0)
TEN_A_SECOND = replace(QUIET, rate=10.0)
LOT = "drawn when the sale opened"


def run(line: Line, terms: Terms, *, given: int, since: int, until: int) -> Line:
    """Move a line on second by second."""
    for now in range(since + 1, until + 1):
        line = move(line, terms, given=given, now=now, lot=LOT)
    return line


def test_who_comes_to_an_idle_line_passes_within_a_second():
    line = run(Line(0), QUIET, given=0, since=0, until=1)
    assert line.place_of(1) == 1 <= line.admitted


def test_no_admission_is_saved_up_while_nobody_comes():
    line = run(Line(0), TEN_A_SECOND, given=0, since=0, until=3600)
    assert line.admitted == 10


def test_a_crowd_enters_in_order_at_the_rate_that_staff_set():
    line = run(Line(0), TEN_A_SECOND, given=500, since=0, until=30)
    assert line.admitted == pytest.approx(300)
    assert [line.place_of(number) for number in (1, 300, 301)] == [1, 300, 301]


def test_nobody_enters_before_the_sale_opens_and_early_comers_get_places_by_lot():
    opening = replace(TEN_A_SECOND, opens_at=100.0)
    early = run(Line(0), opening, given=50, since=0, until=99)
    assert (early.admitted, early.place_of(1)) == (0, None)

    line = move(early, opening, given=50, now=100, lot=LOT)
    places = [line.place_of(number) for number in range(1, 51)]
    assert sorted(place for place in places if place) == list(range(1, 51))
    assert places != sorted(place for place in places if place)
    assert line.place_of(51) == 51
    # Ten a second from the opening, not for the time before it.
    assert line.admitted == 10


def test_every_process_draws_the_same_lots_and_another_opening_draws_others():
    opening = replace(QUIET, opens_at=0.0)
    lines = [move(Line(0), opening, given=200, now=1, lot=lot) for lot in (LOT, LOT, "another")]
    first, same, other = ([line.place_of(number) for number in range(1, 201)] for line in lines)
    assert first == same != other


@pytest.mark.parametrize("terms", [replace(TEN_A_SECOND, may_enter=False)], ids=["paused or nothing is left"])
def test_a_line_that_may_not_enter_stands_and_goes_on_without_a_jump(terms):
    line = run(Line(0), TEN_A_SECOND, given=500, since=0, until=10)
    stood = run(line, terms, given=500, since=10, until=60)
    assert stood.admitted == line.admitted
    assert run(stood, TEN_A_SECOND, given=500, since=60, until=61).admitted == pytest.approx(line.admitted + 10)


def test_a_busy_server_admits_fewer_and_an_idle_one_more():
    line = run(Line(0), QUIET, given=10_000, since=0, until=120)
    assert line.rate > 5 * FIRST_RATE

    busy = move(line, replace(QUIET, busy=1.0), given=10_000, now=121, lot=LOT)
    assert line.rate * SLOWER <= busy.rate < line.rate
    idle = move(line, QUIET, given=10_000, now=121, lot=LOT)
    assert idle.rate == pytest.approx(line.rate * FASTER)


def test_the_rate_settles_where_the_server_is_busy_enough():
    """A server that can serve eight people a second, a minute after each was admitted."""
    line, admitted = Line(0), [0.0] * 2000
    for now in range(1, 1800):
        came = admitted[max(now - 60, 0)] - admitted[max(now - 65, 0)]
        line = move(line, replace(QUIET, busy=min(came / 5 / 8, 1.0)), given=10**6, now=now, lot=LOT)
        admitted[now] = line.admitted
    assert (admitted[1799] - admitted[1499]) / 300 == pytest.approx(8 * BUSY_SHARE, rel=0.2)


def test_a_turn_ends_also_for_those_who_never_waited():
    line = run(Line(0), TEN_A_SECOND, given=100, since=0, until=20)
    waited, at_once = (10, 0), (100, 20)
    later = run(line, TEN_A_SECOND, given=100, since=20, until=20 + TURN_SECONDS - 5)
    assert not any(later.is_past(place, came_at, later.moved_at) for place, came_at in [at_once])
    over = run(later, TEN_A_SECOND, given=100, since=int(later.moved_at), until=TURN_SECONDS + 60)
    assert all(over.is_past(place, came_at, over.moved_at) for place, came_at in (waited, at_once))
    # The next one to come gets a number that an idle line has admitted long ago.
    assert not over.is_past(101, over.moved_at, over.moved_at)


def test_a_place_still_in_line_is_never_past():
    line = run(Line(0), replace(QUIET, rate=0.01), given=100, since=0, until=3 * TURN_SECONDS)
    assert not line.is_past(100, 0, line.moved_at)


def test_the_estimate_is_by_the_pace_of_late():
    line = run(Line(0), TEN_A_SECOND, given=5000, since=0, until=120)
    assert line.seconds_until(2200, 120) == pytest.approx(100, rel=0.05)
    # The rate was lowered since: people are told what they see.
    slow = run(line, replace(QUIET, rate=1.0), given=5000, since=120, until=300)
    assert slow.seconds_until(int(slow.admitted) + 60, 300) == pytest.approx(60, rel=0.1)
