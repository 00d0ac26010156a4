"""A companion seat is sold with its wheelchair place, a companion's ticket with a wheelchair place: by every way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import CompanionAlone, NotCancelable
from bookings.models import Booking, Ticket
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import SeatChoice
from bookings.services.cancel import cancel_tickets
from bookings.services.change_hold import change_hold
from bookings.services.confirm import confirm_free
from bookings.services.exchange import ExchangeWish, NotExchangeable, exchange_tickets
from bookings.services.hold_best import change_to_best_seats
from bookings.services.hold_seats import HoldTerms
from bookings.services.pay import pay_with_token
from box_office.sale import hold_at_counter
from events.levels.change import change_settings
from events.models import Price, Show, TicketType
from events.models.settings import SITE, Scope
from events.sales.access import release_access_places
from testing.api_client import ApiClient, problem
from testing.bookings import choose, make_hold, make_paid, seats_of
from testing.builders import make_show
from testing.seat_maps import make_listed_hall
from theaters.models import Theater

pytestmark = pytest.mark.django_db
# By place in the hall: 0 a wheelchair place, 1 its companion seat, 2 to 5 ordinary, 6 a wheelchair place without.
CSV = """section,row,number,category,flags
Stalls,A,1,Front,accessible
Stalls,A,2,Front,companion
Stalls,A,3-6,Front,
Stalls,B,1,Front,accessible
Stalls,B,2-6,Front,
"""


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_listed_hall(CSV, theater=theater), in_hours=72)


@pytest.fixture
def companion(show: Show) -> TicketType:
    """A ticket type for companions, free of charge, and first in the theater's order."""
    kind = TicketType.objects.create(theater=show.hall.theater, name="Companion", is_companion=True, order=0)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=kind, amount=Decimal(0))
    return kind


def test_a_companion_seat_is_held_with_its_wheelchair_place_only(show: Show) -> None:
    assert make_hold(show, 0, 1).tickets.count() == 2
    cancel_tickets(booking=Booking.objects.get(), by=None)
    for indices in ((1,), (1, 2), (1, 6)):
        with pytest.raises(CompanionAlone, match="together with its wheelchair place") as refusal:
            make_hold(show, *indices)
        assert refusal.value.show == show
    assert not Ticket.objects.live().exists()


def test_a_wheelchair_place_is_sold_without_its_companion_seat(show: Show) -> None:
    assert make_hold(show, 0).tickets.count() == 1


def test_a_basket_keeps_both_or_gives_up_both(show: Show) -> None:
    basket = make_hold(show, 0)
    change_hold(show=show, seats=choose(show, 0, 1), areas=(), into=basket)
    with pytest.raises(CompanionAlone):
        change_hold(show=show, seats=choose(show, 1, 2), areas=(), into=basket)
    assert {ticket.seat for ticket in basket.tickets.live()} == set(seats_of(show)[:2])


@pytest.mark.parametrize("channel", Booking.Channel)
def test_the_rule_binds_every_channel(show: Show, manager: User, channel: str) -> None:
    with pytest.raises(CompanionAlone):
        make_hold(show, 1, channel=channel, made_by=manager)


def test_the_house_may_keep_any_place(show: Show, manager: User) -> None:
    terms = HoldTerms(kind=Booking.Kind.HOUSE)
    assert make_hold(show, 1, channel=Booking.Channel.BOX_OFFICE, made_by=manager, terms=terms).tickets.count() == 1


def test_by_api_the_refusal_says_what_to_do(show: Show, customer: User) -> None:
    answer = ApiClient(customer).post("/bookings", {"show": show.code, "seats": [{"seat": seats_of(show)[1].pk}]})
    assert problem(answer) == (422, "companion-alone")
    assert answer.json()["show"] == show.code
    seats = ApiClient().get(f"/shows/{show.code}/seats").json()["seats"]
    assert seats[1]["companion_of"] == seats[0]["id"]


def test_on_the_page_the_choice_is_kept_with_the_reason(client: Client, show: Show) -> None:
    seat = seats_of(show)[1]
    response = client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk]}, follow=True)
    page = response.content.decode()
    assert "A companion seat is sold only together with its wheelchair place." in page
    assert [line.seat.id for line in response.context["page"].lines] == [seat.pk]
    assert not Booking.objects.exists()


def test_a_companions_ticket_needs_a_wheelchair_place_each(show: Show, companion: TicketType) -> None:
    seats = seats_of(show)
    for choices in (
        [SeatChoice(seats[2].pk, companion.pk)],
        [SeatChoice(seats[0].pk), SeatChoice(seats[1].pk, companion.pk), SeatChoice(seats[2].pk, companion.pk)],
    ):
        with pytest.raises(CompanionAlone, match="one for each"):
            change_hold(show=show, seats=choices, areas=(), into=None)
    held = change_hold(
        show=show, seats=[SeatChoice(seats[0].pk), SeatChoice(seats[1].pk, companion.pk)], areas=(), into=None
    ).booking
    assert held.total == Decimal(20)


def test_staff_sell_a_companions_ticket_without_papers_but_no_companion_seat_alone(
    show: Show, companion: TicketType, box_office: User
) -> None:
    seats = seats_of(show)
    sell = partial(hold_at_counter, show=show, seller=box_office, cart="a", waiver="Papers left at home")
    alone = SeatChoice(seats[3].pk, companion.pk)
    assert sell(seats=[alone]).total == 0
    with pytest.raises(CompanionAlone) as refusal:
        sell(seats=[alone, SeatChoice(seats[1].pk)])
    assert list(refusal.value.by_line) == [f"seat-{seats[1].pk}"]
    assert AuditEntry.objects.filter(action="set rules aside").count() == 1


def test_a_companions_ticket_is_never_the_default_nor_the_price_of_a_page(
    client: Client, show: Show, companion: TicketType
) -> None:
    assert make_hold(show, 0, 1).total == Decimal(40)
    page = client.get(show.get_absolute_url()).context["page"]
    assert page.categories[0].price.amount == Decimal(20)
    assert page.categories[0].price.reduced is None


def test_the_page_offers_it_with_a_wheelchair_place(client: Client, show: Show, companion: TicketType) -> None:
    place, beside, other = (seat.pk for seat in seats_of(show)[:3])
    with_place = client.get(show.get_absolute_url(), {"seat": [place, beside]}).context["page"]
    assert [len(line.offers) for line in with_place.lines] == [2, 2]
    without = client.get(show.get_absolute_url(), {"seat": [other]}).context["page"]
    assert [len(line.offers) for line in without.lines] == [1]


def test_best_seats_give_the_companion_seat_the_companions_ticket(
    client: Client, show: Show, companion: TicketType
) -> None:
    adult = TicketType.objects.get(name="Adult")
    wish = {f"tickets-{companion.pk}": 1, f"tickets-{adult.pk}": 2, "accessible": 1}
    url = reverse("bookings:best", args=[show.code])
    found = client.get(url, wish, headers={"accept": "application/json"}).json()
    assert dict(zip(found["seats"], found["types"], strict=True))[seats_of(show)[1].pk] == companion.pk
    assert found["message"].endswith("Together: €40.00.")
    refused = client.get(url, wish | {"accessible": 0}, headers={"accept": "application/json"})
    assert refused.status_code == 422
    held = change_to_best_seats(show=show, ticket_type_ids=[companion.pk, adult.pk], accessible=1, into=None).booking
    types = {ticket.seat_id: ticket.ticket_type_id for ticket in held.tickets.all()}
    assert types == {seats_of(show)[0].pk: adult.pk, seats_of(show)[1].pk: companion.pk}


def test_the_wheelchair_place_is_not_given_back_alone(show: Show, customer: User) -> None:
    booking = make_paid(show, 0, 1, 2, customer=customer)
    place, beside, other = booking.tickets.order_by("seat__position")
    for staff_amount in (None, Decimal(5)):
        with pytest.raises(NotCancelable, match="give back both"):
            cancel_tickets(booking=booking, tickets=[place], by=None, amount=staff_amount)
    assert booking.tickets.issued().count() == 3
    cancel_tickets(booking=booking, tickets=[other], by=None)
    cancel_tickets(booking=booking, tickets=[place, beside], by=None)
    assert not booking.tickets.issued().exists()


def test_the_companion_seat_may_be_given_back_alone(show: Show, customer: User) -> None:
    booking = make_paid(show, 0, 1, customer=customer)
    cancel_tickets(booking=booking, tickets=[booking.tickets.get(seat__is_companion=True)], by=None)
    assert [ticket.seat.is_accessible for ticket in booking.tickets.issued() if ticket.seat] == [True]


def test_both_are_exchanged_together(show: Show, customer: User) -> None:
    booking = make_paid(show, 0, 1, customer=customer)
    tickets = list(booking.tickets.order_by("seat__position"))
    with pytest.raises(NotExchangeable, match="exchange both"):
        exchange_tickets(
            booking=booking, wish=ExchangeWish(tickets[:1], show, choose(show, 2)), by=customer, by_customer=True
        )
    with pytest.raises(NotExchangeable):
        exchange_tickets(booking=booking, wish=ExchangeWish(tickets, show, choose(show, 1, 2)), by=customer)
    exchange_tickets(booking=booking, wish=ExchangeWish(tickets, show, choose(show, 3, 4)), by=customer)
    assert {ticket.seat for ticket in booking.tickets.issued()} == set(seats_of(show)[3:5])


def test_the_database_refuses_what_gets_past_the_services(show: Show, customer: User) -> None:
    Price.objects.update(amount=0)
    booking = make_hold(show, 0, 1, customer=customer)
    booking.tickets.filter(seat__is_accessible=True).update(state=Ticket.State.RELEASED)
    with pytest.raises(IntegrityError, match="booking_companions"), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CONFIRMED, confirmed_at=timezone.now())
    change_settings(scope=SITE, values={"access_release_hours": 4}, by=None)
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CONFIRMED, confirmed_at=timezone.now())


@pytest.mark.parametrize(("of_theater", "of_show", "hours"), [(24, None, 24), (24, 2, 2), (None, 0, 0)])
def test_a_rule_releases_both_at_its_very_second(
    show: Show, customer: User, of_theater: int | None, of_show: int | None, hours: int
) -> None:
    change_settings(scope=Scope(show.hall.theater_id), values={"access_release_hours": of_theater}, by=None)
    Show.objects.update(access_release_hours=of_show, sales_close_at=show.ends_at)
    moment = show.starts_at - timedelta(hours=hours)
    with time_machine.travel(moment - timedelta(seconds=1), tick=False), pytest.raises(CompanionAlone):
        make_hold(show, 1, customer=customer)
    with time_machine.travel(moment, tick=False):
        booking = pay_with_token(booking=make_hold(show, 1, customer=customer), gateway="sandbox", token="approve")
    assert booking.state == Booking.State.CONFIRMED


def test_without_a_rule_nothing_is_ever_released(show: Show) -> None:
    with time_machine.travel(show.starts_at - timedelta(seconds=1), tick=False), pytest.raises(CompanionAlone):
        make_hold(show, 1)


def test_once_released_they_are_best_seats_like_all_others(show: Show, manager: User) -> None:
    fresh = Show.objects.select_related("event", "hall__theater__city")
    assert len(find_best_seats(fresh.get(), 6)) == 6
    assert not any(seat.is_accessible or seat.is_companion for seat in find_best_seats(fresh.get(), 9))
    assert find_best_seats(fresh.get(), 12) == []
    release_access_places(show=show, by=manager)
    assert len(find_best_seats(fresh.get(), 12)) == 12
    # Those who ask still get both.
    assert {seat.pk for seat in find_best_seats(fresh.get(), 2, accessible=1)} == {
        seat.pk for seat in seats_of(show)[:2]
    }


def test_staff_release_once_and_it_is_on_record(client: Client, show: Show, manager: User) -> None:
    client.force_login(manager)
    url = reverse("admin:events_show_release_access", args=[show.pk])
    assert client.get(url).status_code == 200
    assert Show.objects.get().access_released_at is None
    client.post(url)
    first = Show.objects.get().access_released_at
    assert first is not None
    release_access_places(show=show, by=manager)
    assert Show.objects.get().access_released_at == first
    assert AuditEntry.objects.filter(action="release access places").count() == 1
    assert make_hold(show, 1).tickets.count() == 1


def test_other_theaters_staff_release_nothing(client: Client, show: Show, other_manager: User) -> None:
    client.force_login(other_manager)
    client.post(reverse("admin:events_show_release_access", args=[show.pk]))
    assert Show.objects.get().access_released_at is None


def test_a_lapsed_companion_seat_is_not_kept_from_its_place(show: Show) -> None:
    make_hold(show, 0, 1)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert make_hold(show, 0, 1, email="b@example.com").tickets.count() == 2


def test_complimentary_tickets_follow_the_rule(show: Show, manager: User) -> None:
    terms = HoldTerms(kind=Booking.Kind.COMPLIMENTARY, note="press")
    with pytest.raises(CompanionAlone):
        make_hold(show, 1, channel=Booking.Channel.BOX_OFFICE, made_by=manager, terms=terms)
    held = make_hold(show, 0, 1, channel=Booking.Channel.BOX_OFFICE, made_by=manager, terms=terms)
    assert confirm_free(booking=held, by=manager).state == Booking.State.CONFIRMED
