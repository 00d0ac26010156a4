"""Places that came free, wanted by many at the same moment: one party gets them, and the line is kept."""

from __future__ import annotations

from functools import partial

import pytest

from bookings import locking
from bookings.errors import SeatsUnavailable
from bookings.models import Booking, Ticket
from bookings.services.release_hold import release_hold
from events.models import Show
from testing.bookings import make_hold, race
from testing.builders import make_hall, make_show
from theaters.models import Theater
from waiting_list.join import join, leave
from waiting_list.models import WaitingListEntry
from waiting_list.offers import offer_free_places

pytestmark = pytest.mark.django_db(transaction=True)

State = WaitingListEntry.State


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=1, seats=4))


def fill(show: Show) -> list[Booking]:
    return [make_hold(show, 0, 1, email="a@example.com"), make_hold(show, 2, 3, email="b@example.com")]


def wait(show: Show, *names: str) -> list[WaitingListEntry]:
    return [join(show=show, party_size=2, email=f"{name}@example.com") for name in names]


def free(holds: list[Booking], monkeypatch: pytest.MonkeyPatch) -> None:
    """Free places without offering them yet."""
    with monkeypatch.context() as patch:
        patch.setattr("bookings.signals._send_freed", lambda _show_id: None)
        for hold in holds:
            release_hold(booking=hold)


@pytest.mark.slow
@pytest.mark.parametrize("has_lock", [True, False], ids=["in line", "without the line's lock"])
def test_many_workers_make_one_offer_to_each(show, has_lock, monkeypatch):
    holds = fill(show)
    [entry] = wait(show, "first")
    free(holds, monkeypatch)
    if not has_lock:
        # Then they all try, and the entry's own row decides.
        monkeypatch.setattr(locking, "lock_waiting_list", lambda _show_id: None)
    results = race(*[partial(offer_free_places, show.pk)] * 4)
    assert sum(results) == 1, results
    entry.refresh_from_db()
    assert entry.state == State.OFFERED
    assert Booking.objects.get(email="first@example.com") == entry.booking
    assert Ticket.objects.live().filter(show=show).count() == 2


@pytest.mark.slow
def test_the_line_is_kept_among_workers(show, monkeypatch):
    holds = fill(show)
    first, second, third = wait(show, "first", "second", "third")
    free(holds[:1], monkeypatch)
    assert sum(race(*[partial(offer_free_places, show.pk)] * 4)) == 1
    for entry, state in ((first, State.OFFERED), (second, State.WAITING), (third, State.WAITING)):
        entry.refresh_from_db()
        assert entry.state == state
    # Releasing places is enough: the next in line are asked with the commit.
    release_hold(booking=holds[1])
    second.refresh_from_db()
    assert second.state == State.OFFERED
    leave(entry=second)
    third.refresh_from_db()
    assert third.state == State.OFFERED


@pytest.mark.slow
def test_places_that_a_buyer_has_are_not_offered(show, monkeypatch):
    holds = fill(show)
    [entry] = wait(show, "first")
    free(holds[:1], monkeypatch)
    buy = [partial(make_hold, show, 0, 1, email=f"buyer-{number}@example.com") for number in range(3)]
    offered, *bought = race(partial(offer_free_places, show.pk), *buy)
    won = [result for result in bought if isinstance(result, Booking)]
    assert all(isinstance(result, Booking | SeatsUnavailable) for result in bought), bought
    entry.refresh_from_db()
    assert (offered, len(won)) in ((1, 0), (0, 1)), (offered, bought)
    assert entry.state == (State.OFFERED if offered else State.WAITING)
    assert Ticket.objects.live().filter(show=show).count() == 4


def test_a_party_that_leaves_while_being_asked_holds_nothing(show, monkeypatch):
    holds = fill(show)
    [entry] = wait(show, "first")
    free(holds, monkeypatch)
    results = race(partial(offer_free_places, show.pk), partial(leave, entry=WaitingListEntry.objects.get()))
    assert not any(isinstance(result, Exception) for result in results), results
    entry.refresh_from_db()
    assert entry.state == State.LEFT
    assert not Ticket.objects.live().filter(show=show).exists()
