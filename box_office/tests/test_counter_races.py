"""Counters at the same moment: the last seat goes once, and a drawer closes with all its sales or without.

As in `test_races.py`, a control takes the lock away and shows that the damage would happen; on SQLite
writers take turns, and the guard alone refuses what comes late.
"""

from decimal import Decimal
from functools import partial
from threading import Barrier, Event, get_ident
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from bookings.errors import SeatsUnavailable
from bookings.models import Booking
from bookings.services.pay import start_payment
from box_office.sale import Best, hold_at_counter, take_money
from events.models import Show
from payments import drawers
from payments.drawers import CountDiffers, NoOpenDrawer, close_drawer, expected_cash, open_drawer
from payments.models import Drawer, DrawerEntry, Payment
from testing.bookings import choose, make_hold, open_till, race
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=1, seats=2))


@pytest.mark.slow
def test_two_counters_reach_for_the_last_seats(show: Show, box_office: User, manager: User):
    adult = show.hall.theater.ticket_types.get()
    results = race(
        partial(hold_at_counter, show=show, seller=box_office, cart="a", seats=choose(show, 0, 1)),
        partial(hold_at_counter, show=show, seller=manager, cart="b", best=Best({adult.pk: 2})),
    )
    winners = [result for result in results if isinstance(result, Booking)]
    (loser,) = [result for result in results if not isinstance(result, Booking)]
    assert len(winners) == 1
    assert isinstance(loser, SeatsUnavailable)
    assert Booking.objects.filter(state=Booking.State.HELD).get() == winners[0]


def sale_ready(show: Show, seller: User) -> Booking:
    hold = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=seller)
    start_payment(booking=hold, gateway="cash", return_url="", made_by=seller)
    return hold


@pytest.mark.slow
def test_a_drawer_closes_while_a_sale_is_taken(show: Show, box_office: User):
    drawer = open_till(box_office, show.hall.theater)
    hold = sale_ready(show, box_office)
    sold, closed = race(
        partial(take_money, hold=hold, gateway="cash", seller=box_office),
        partial(close_drawer, drawer=drawer, counted=Decimal(100), by=box_office),
    )
    hold.refresh_from_db()
    if isinstance(sold, Booking):
        # The sale came first: the count no longer fits, and the drawer is open still.
        assert isinstance(closed, CountDiffers)
        assert closed.expected == 120
        drawer = close_drawer(drawer=drawer, counted=Decimal(120), by=box_office)
    else:
        assert isinstance(sold, NoOpenDrawer)
        assert hold.state == Booking.State.HELD
        drawer = Drawer.objects.get()
    assert drawer.expected == expected_cash(drawer)
    assert DrawerEntry.objects.count() == Payment.objects.filter(state=Payment.State.CAPTURED).count()


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="On SQLite writers take turns, so no lock can be missing.")
def test_without_the_lock_cash_would_be_missing(show: Show, box_office: User, monkeypatch: pytest.MonkeyPatch):
    assert connection.vendor == "postgresql"
    drawer = open_till(box_office, show.hall.theater)
    hold = sale_ready(show, box_office)
    both_read, written, closed = Barrier(2, timeout=30), Event(), Event()
    closers: set[int] = set()
    save = DrawerEntry.save

    def read(drawer_id: int) -> Drawer:
        found = Drawer.objects.select_related("theater__city", "person").get(pk=drawer_id)
        both_read.wait()
        if get_ident() in closers:
            # The sale is written, and not committed before the drawer is closed.
            written.wait(timeout=30)
        return found

    def write(entry: DrawerEntry, **how: Any) -> None:
        save(entry, **how)
        written.set()
        closed.wait(timeout=30)

    def close() -> None:
        closers.add(get_ident())
        try:
            close_drawer(drawer=drawer, counted=Decimal(100), by=box_office)
        finally:
            closed.set()

    monkeypatch.setattr(drawers, "lock_drawer", read)
    monkeypatch.setattr(DrawerEntry, "save", write)
    race(partial(take_money, hold=hold, gateway="cash", seller=box_office), close)
    drawer.refresh_from_db()
    assert (drawer.expected, expected_cash(drawer)) == (Decimal(100), Decimal(120))


def test_two_clicks_open_one_drawer(theater: Theater, box_office: User):
    click = partial(open_drawer, theater=theater, person=box_office, opening_float=Decimal(100))
    first, second = race(click, click)
    assert first == second == Drawer.objects.get()


def test_two_clicks_take_the_money_once(show: Show, box_office: User):
    drawer = open_till(box_office, show.hall.theater)
    hold = sale_ready(show, box_office)
    click = partial(take_money, hold=hold, gateway="cash", seller=box_office)
    assert all(isinstance(result, Booking) for result in race(click, click))
    assert expected_cash(drawer) == 120
