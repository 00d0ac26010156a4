"""The same places kept in several shows at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.errors import ReasonMissing
from bookings.models import Booking, HouseHold, HouseSeries, Ticket
from bookings.services.release_hold import free_lapsed_holds
from box_office.house_holds import EndsInThePast, block, sell_from
from box_office.house_series import OneShowAtATime, end_series, keep_in, keep_series
from box_office.sale import hold_at_counter
from box_office.selectors import read_series, read_series_shows
from events.models import Event, Show
from events.sales.bulk import open_many
from events.sales.opening import open_sales
from testing.bookings import choose, choose_standing, make_paid, seats_of
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db

Keep = Callable[..., HouseSeries]


@pytest.fixture
def event() -> Event:
    return make_event("Faust")


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater, rows=2, seats=6, standing=10)


@pytest.fixture
def shows(hall: Hall, event: Event) -> list[Show]:
    return [make_show(hall=hall, event=event, in_hours=hours) for hours in (24, 48, 72)]


@pytest.fixture
def keep(shows: list[Show], box_office: User) -> Keep:
    def keep_places(*indexes: int, standing: int = 0, **terms: Any) -> HouseSeries:
        show = shows[0]
        areas = choose_standing(show, standing) if standing else []
        seats = choose(show, *indexes)
        hold = hold_at_counter(show=show, seller=box_office, cart=uuid4().hex, seats=seats, areas=areas)
        words = {"purpose": "promoter", "reason": "Agency", "event": show.event, "hours_before": None, "follows": False}
        return keep_series(hold=hold, by=box_office, **{**words, **terms})

    return keep_places


def kept(show: Show) -> list[str]:
    tickets = Ticket.objects.filter(show=show, booking__kind=Booking.Kind.HOUSE, state=Ticket.State.HELD)
    return [str(ticket.seat or ticket.area) for ticket in tickets.order_by("seat__run", "seat__position", "pk")]


def test_the_same_seats_are_kept_in_all_coming_shows_of_the_event(keep: Keep, shows: list[Show], hall: Hall):
    other = make_show(hall=hall, event=make_event("Macbeth"), in_hours=96)
    elsewhere = make_show(hall=make_hall(theater=hall.theater), event=shows[0].event, in_hours=24)
    series = keep(0, 1)
    labels = [seat.label for seat in seats_of(shows[0])[:2]]
    assert [kept(show) for show in (*shows, other, elsewhere)] == [labels] * 3 + [[], []]
    assert HouseHold.objects.filter(series=series, purpose="promoter").count() == 3


def test_without_an_event_it_is_for_all_shows_of_the_hall(keep: Keep, shows: list[Show], hall: Hall):
    other = make_show(hall=hall, event=make_event("Macbeth"), in_hours=96)
    keep(0, event=None)
    assert [len(kept(show)) for show in (*shows, other)] == [1] * 4


def test_what_is_sold_is_left_out_and_named(keep: Keep, shows: list[Show]):
    make_paid(shows[1], 0, email="asha@example.com")
    make_paid(shows[2], 0, 1, email="asha@example.com")
    series = keep(0, 1)
    first, second = seats_of(shows[0])[:2]
    found = read_series_shows(series, timezone.now())
    assert [(len(one.kept), one.missing) for one in found] == [
        (2, []),
        (1, [first.label]),
        (0, [first.label, second.label]),
    ]


def test_standing_places_are_counted(keep: Keep, shows: list[Show]):
    keep(standing=4)
    assert [len(kept(show)) for show in shows] == [4] * 3


def test_they_fall_back_to_general_sale_before_each_show(keep: Keep, shows: list[Show], time_machine: Any):
    keep(0, hours_before=6)
    time_machine.move_to(shows[0].starts_at - timedelta(hours=5))
    free_lapsed_holds()
    assert [len(kept(show)) for show in shows] == [0, 1, 1]
    make_paid(shows[0], 0, email="asha@example.com")


def test_a_show_for_which_it_is_too_late_is_left_out(keep: Keep, shows: list[Show], hall: Hall):
    soon = make_show(hall=hall, event=shows[0].event, in_hours=4)
    keep(0, hours_before=6)
    assert [len(kept(show)) for show in (*shows, soon)] == [1, 1, 1, 0]
    with pytest.raises(EndsInThePast):
        keep(1, hours_before=25)
    assert HouseSeries.objects.count() == 1


@pytest.mark.parametrize("is_many", [False, True])
def test_a_show_that_goes_on_sale_later_gets_them_at_once(keep: Keep, shows: list[Show], hall: Hall, is_many: bool):
    series = keep(0, 1, follows=True)
    later = make_show(hall=hall, event=shows[0].event, in_hours=96, state=Show.State.DRAFT)
    other = make_show(hall=hall, event=make_event("Macbeth"), in_hours=120, state=Show.State.DRAFT)
    if is_many:
        open_many(shows=[later, other], by=None)
    else:
        open_sales(show=later, by=None)
        open_sales(show=other, by=None)
    assert [len(kept(show)) for show in (later, other)] == [2, 0]
    assert end_series(series=series, by=series.made_by) == 4
    after = make_show(hall=hall, event=shows[0].event, in_hours=144, state=Show.State.DRAFT)
    open_sales(show=after, by=None)
    assert kept(after) == []


def test_without_following_a_later_show_gets_none(keep: Keep, shows: list[Show], hall: Hall):
    keep(0)
    later = make_show(hall=hall, event=shows[0].event, in_hours=96, state=Show.State.DRAFT)
    open_sales(show=later, by=None)
    assert kept(later) == []


def test_it_can_be_repeated(keep: Keep, shows: list[Show]):
    series = keep(0)
    assert keep_in(series, shows) == []
    assert [len(kept(show)) for show in shows] == [1] * 3
    assert end_series(series=series, by=series.made_by) == 3
    assert end_series(series=series, by=series.made_by) == 0
    assert read_series([shows[0].hall.theater]) == []


def test_what_was_sold_from_it_stays_sold(keep: Keep, shows: list[Show], box_office: User):
    series = keep(0, 1)
    house = Booking.objects.get(house_hold__series=series, house_hold__show=shows[1])
    cart = sell_from(house=house, tickets=[house.tickets.first().pk], cart=uuid4().hex, by=box_office)
    end_series(series=series, by=box_office)
    cart.refresh_from_db()
    assert (cart.state, cart.tickets.count()) == (Booking.State.HELD, 1)
    assert [len(kept(show)) for show in shows] == [0] * 3


def test_it_asks_for_a_reason_and_for_one_show(keep: Keep, shows: list[Show], box_office: User):
    with pytest.raises(ReasonMissing):
        keep(0, reason=" ")
    cart = uuid4().hex
    for show in shows[:2]:
        hold = hold_at_counter(show=show, seller=box_office, cart=cart, seats=choose(show, 1))
    terms = {"purpose": "house", "reason": "Press", "event": None, "hours_before": None, "follows": False}
    with pytest.raises(OneShowAtATime):
        keep_series(hold=hold, by=box_office, **terms)
    assert not HouseSeries.objects.exists()


def test_the_database_keeps_one_hold_of_a_series_and_show(keep: Keep, shows: list[Show], box_office: User):
    series = keep(0)
    hold = hold_at_counter(show=shows[0], seller=box_office, cart=uuid4().hex, seats=choose(shows[0], 3))
    house = block(hold=hold, reason="Press", until=None, by=box_office)
    assert house.house_hold.purpose == HouseHold.Purpose.HOUSE
    for values in ({"series": series, "show": shows[0]}, {"series": series, "show": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseHold.objects.filter(pk=house.pk).update(**values)


def test_by_the_pages_of_the_counter(shows: list[Show], box_office: User, other_manager: User):
    client, cart, show = signed_in(box_office), uuid4().hex, shows[0]
    hold_at_counter(show=show, seller=box_office, cart=cart, seats=choose(show, 0, 1))
    sale = reverse("admin:box_office_sale", args=[show.code])
    asked = {"action": "block", "cart": cart, "purpose": "schools", "reason": "6b", "scope": "event"}
    until = {"until": "2030-01-01T10:00"}
    refused = client.post(sale, {**asked, **until})
    assert "how many hours before each show" in refused.content.decode()
    page = client.post(sale, {**asked, "hours_before": "12", "follows": "on"}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("admin:box_office_series", args=[HouseSeries.objects.get().pk])
    series = HouseSeries.objects.get()
    assert (series.purpose, series.hours_before, series.follows, series.event) == ("schools", 12, True, show.event)
    house = client.get(reverse("admin:box_office_house")).content.decode()
    assert "6b" in house
    assert "School groups" in house
    one = client.get(reverse("admin:box_office_house"), {"series": series.pk}).content.decode()
    assert one.count("Free these") == 3
    stranger = signed_in(other_manager)
    address = reverse("admin:box_office_series", args=[series.pk])
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    assert client.post(address, follow=True).status_code == 200
    assert [len(kept(show)) for show in shows] == [0] * 3
