"""What settings of the site, a theater, an event and a show do to holds, limits, refunds and offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.errors import TooManyTickets
from bookings.models import Booking
from bookings.services.cancel import quote_cancellation
from events.levels.change import change_settings
from events.models import Show
from events.models.settings import SITE, Scope
from testing.bookings import choose, make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater
from waiting_list.offers import find_until

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def show(theater: Theater) -> Show:
    hall = make_hall(theater=theater, rows=3, seats=8)
    return make_show(hall=hall, event=make_event(theater=theater), refunds="", refund_hours=None)


@pytest.fixture(autouse=True)
def _still(time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)


def minutes_held(booking: Booking) -> float:
    assert booking.expires_at is not None
    return (booking.expires_at - timezone.now()) / MINUTE


def levels_of(show: Show) -> list[Scope]:
    return [SITE, Scope(show.hall.theater_id), Scope(show.hall.theater_id, show.event_id)]


def test_a_hold_lasts_as_long_as_the_lowest_level_says(show: Show):
    for index, (scope, minutes) in enumerate(zip(levels_of(show), (20, 5, 7), strict=True)):
        change_settings(scope=scope, values={"hold_minutes": minutes}, by=None)
        assert minutes_held(make_hold(show, index)) == minutes
    Show.objects.filter(pk=show.pk).update(hold_minutes=3)
    show.refresh_from_db()
    assert minutes_held(make_hold(show, 3)) == 3


def test_the_limit_is_that_of_the_lowest_level(show: Show, customer: User):
    for scope, limit in zip(levels_of(show), (4, 3, 2), strict=True):
        change_settings(scope=scope, values={"tickets_per_customer": limit}, by=None)
        with pytest.raises(TooManyTickets) as refusal:
            make_hold(show, *range(limit + 1), customer=customer)
        assert str(limit) in str(refusal.value)
    assert len(choose(show, 0, 1)) == 2
    assert make_hold(show, 0, 1, customer=customer).state == Booking.State.HELD


def test_what_was_bought_is_returned_under_the_terms_of_that_moment(show: Show):
    change_settings(scope=SITE, values={"refunds": "until", "refund_hours": 24, "refund_percent": 80}, by=None)
    booking = make_paid(show, 0, email="guest@example.com")
    before = quote_cancellation(booking, now=timezone.now())
    assert (before.amount, before.until) == (16, show.starts_at - 24 * HOUR)
    for scope in levels_of(show):
        change_settings(scope=scope, values={"refunds": "never", "refund_hours": None, "refund_percent": None}, by=None)
        assert quote_cancellation(booking, now=timezone.now()) == before


def test_an_offer_stands_as_long_as_its_theater_says(show: Show):
    change_settings(scope=Scope(show.hall.theater_id), values={"waiting_list_hours": 2}, by=None)
    assert find_until(show, timezone.now()) == timezone.now() + 2 * HOUR
