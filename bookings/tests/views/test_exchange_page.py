"""Customers exchange tickets by pages: which, for which show, for which places, and what it comes to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.access import guest_path
from bookings.models import Booking, Exchange, Voucher
from bookings.seating.availability import forget_availability
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.hold_seats import HoldTerms
from bookings.services.pay import start_payment
from bookings.tickets.codes import sign
from door.check_in import check_in
from events.models import Price, Show, TicketType
from payments.models import Refund
from testing.bookings import choose, choose_standing, lapse, make_hold, make_paid, seats_of
from testing.builders import make_hall, make_show
from testing.exchanges import assert_settled, issued, make_later_show, make_show_at_two_prices, taken
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show_at_two_prices(theater)


@pytest.fixture
def other_date(show: Show) -> Show:
    return make_show(hall=show.hall, event=show.event, in_hours=240)


@pytest.fixture
def later(theater: Theater) -> Show:
    return make_later_show(theater)


@pytest.fixture
def booking(client: Client, show: Show, customer: User) -> Booking:
    client.force_login(customer)
    booking = make_paid(show, 0, 1, customer=customer)
    Booking.objects.filter(pk=booking.pk).update(name="Asha Customer")
    return booking


def url(booking: Booking) -> str:
    return reverse("bookings:exchange", args=[booking.code])


def asked(
    booking: Booking, show: Show | None = None, *indices: int, tickets: Any = None, **more: Any
) -> dict[str, Any]:
    """Return what the address says: tickets to give back, a show, and seats by their place in the hall."""
    codes = [ticket.code for ticket in (issued(booking) if tickets is None else tickets)]
    seats = {"seat": [seat.seat_id for seat in choose(show, *indices)]} if show and indices else {}
    return {"ticket": codes, **({"show": show.code} if show else {}), **seats, **more}


def look(client: Client, booking: Booking, *args: Any, **more: Any) -> Any:
    return client.get(url(booking), asked(booking, *args, **more))


def offer(client: Client, booking: Booking, *args: Any, **more: Any) -> Any:
    page = look(client, booking, *args, check="1", **more)
    assert page.context["steps"].at == "offer", page.context["steps"].problem
    return page


def form_of(page: Any) -> dict[str, Any]:
    """Return what the page's form sends."""
    steps = page.context["steps"]
    data: dict[str, Any] = {"check": "1", "due": str(steps.choice.quote.due), "refund": str(steps.choice.quote.refund)}
    for name, value in steps.sent_fields:
        data.setdefault(name, []).append(value)
    return data


def send(client: Client, page: Any, **more: Any) -> Any:
    return client.post(url(page.context["booking"]), form_of(page) | more)


def step(page: Any) -> str:
    return str(page.context["steps"].at)


def words_of(client: Client, response: Any) -> str:
    return str(client.get(response.url).content.decode())


class TestTheWay:
    def test_the_page_of_a_booking_leads_to_it(self, client, booking):
        assert url(booking) in client.get(booking.get_absolute_url()).content.decode()

    def test_first_come_the_tickets(self, client, booking):
        page = client.get(url(booking))
        assert step(page) == "tickets"
        text = page.content.decode()
        assert all(ticket.code in text for ticket in issued(booking))
        refused = client.get(url(booking), {"choose": "1"}).content.decode()
        assert "Choose at least one ticket." in refused

    def test_a_single_ticket_need_not_be_chosen(self, client, show, customer):
        client.force_login(customer)
        assert step(client.get(url(make_paid(show, 3, customer=customer)))) == "shows"

    @pytest.mark.slow
    def test_other_dates_come_first_and_other_shows_are_found_by_title(self, client, booking, show, other_date, later):
        draft = make_show(hall=show.hall, event=show.event, in_hours=400, state=Show.State.DRAFT)
        page = look(client, booking)
        assert (step(page), page.context["same_show"]) == ("shows", show)
        assert page.context["other_shows"] == [other_date]
        found = look(client, booking, words="macb")
        assert found.context["other_shows"] == [later]
        assert "No show with such a title" in look(client, booking, words="zzz").content.decode()
        for code in (draft.code, make_show().code, "foo"):
            refused = client.get(url(booking), asked(booking) | {"show": code})
            assert (step(refused), "be chosen" in refused.content.decode()) == ("shows", True)

    def test_then_the_places_where_those_given_back_are_free(self, client, booking, show):
        make_hold(show, 2)
        page = look(client, booking, show).context["page"]
        seats = [seat.pk for seat in seats_of(show)]
        assert (page.own_seats, page.limit) == (set(seats[:2]), 2)
        assert seats[2] in page.taken
        assert not page.taken & set(seats[:2])

    def test_links_and_forms_of_the_list_keep_the_choice(self, client, booking, show):
        first = issued(booking)[0]
        page = look(client, booking, show, 3, tickets=[first], section=0)
        text = page.content.decode()
        assert f'action="{url(booking)}#basket"' in text
        assert dict(parse_qsl(urlsplit(page.context["page"].lines[0].remove_query).query)) == {
            "ticket": first.code, "show": show.code,
        }  # fmt: skip

    def test_the_best_seats_together(self, client, booking, other_date):
        page = look(client, booking, other_date, best="1")
        assert (step(page), page.context["page"].count) == ("seats", 2)
        for first in (0, 6):
            make_hold(other_date, *range(first, first + 6))
        forget_availability(other_date.pk)
        none = look(client, booking, other_date, best="1")
        assert "not that many seats left together" in none.content.decode()

    def test_it_needs_as_many_places_as_tickets(self, client, booking, other_date):
        for indices in ((0,), (0, 1, 2)):
            page = look(client, booking, other_date, *indices, check="1")
            assert (step(page), "Choose 2 places" in page.content.decode()) == ("seats", True)

    @pytest.mark.slow
    def test_its_queries_do_not_grow_with_the_party(self, client, show, later, customer, django_assert_max_num_queries):
        client.force_login(customer)
        for party in (range(1), range(1, 6)):
            booking = make_paid(show, *party, customer=customer)
            with django_assert_max_num_queries(18):
                look(client, booking, later)
            with django_assert_max_num_queries(26):
                look(client, booking, later, *party, check="1")


@pytest.mark.slow
class TestNothingDue:
    def test_another_date_at_the_same_price(self, client, booking, show, other_date):
        page = offer(client, booking, other_date, 4, 5)
        response = send(client, page)
        assert response.url == booking.get_absolute_url()
        assert "Here are your new tickets" in words_of(client, response)
        assert (taken(show), taken(other_date)) == ([], [4, 5])
        assert_settled(booking)

    def test_sent_twice_it_is_exchanged_once(self, client, booking, other_date):
        data = form_of(offer(client, booking, other_date, 4, 5))
        for _time in range(2):
            assert client.post(url(booking), data).url == booking.get_absolute_url()
        assert Exchange.objects.count() == 1
        assert len(issued(booking)) == 2

    def test_other_seats_of_the_same_show(self, client, booking, show):
        page = offer(client, booking, show, 1, 2)
        assert "The price stays" in page.content.decode()
        assert send(client, page).url == booking.get_absolute_url()
        assert taken(show) == [1, 2]

    def test_the_same_seats_with_a_cheaper_ticket_type(self, client, booking, show):
        Show.objects.filter(pk=show.pk).update(refund_percent=50)
        child = TicketType.objects.create(theater=booking.theater, name="Child", order=2)
        for category in show.seat_map.categories.all():
            Price.objects.create(show=show, category=category, ticket_type=child, amount=8)
        ticket = issued(booking)[0]
        start = look(client, booking, tickets=[ticket])
        same = dict(parse_qsl(urlsplit(start.context["same_places"]).query))
        assert same["seat"] == str(ticket.seat_id)
        page = client.get(url(booking), same | {f"type-{ticket.seat_id}": child.pk, "check": "1"})
        text = page.content.decode()
        assert page.context["steps"].choice.quote.refund == 6
        assert "The theater keeps" in text
        assert "Your other tickets stay as they are." in text
        response = send(client, page)
        assert "on its way back" in words_of(client, response)
        assert Refund.objects.get().amount == 6
        assert [one.ticket_type.name for one in issued(booking)].count("Child") == 1
        assert_settled(booking)

    def test_tickets_of_an_area(self, client, show, other_date, customer):
        client.force_login(customer)
        booking = make_paid(show, customer=customer, areas=choose_standing(show, 2))
        area = other_date.areas.get().area_id
        kind = issued(booking)[0].ticket_type_id
        page = offer(client, booking, other_date, **{f"area-{area}-{kind}": "2"})
        assert send(client, page).url == booking.get_absolute_url()
        assert {ticket.show for ticket in issued(booking)} == {other_date}

    def test_one_show_of_a_basket(self, client, show, later, other_date, customer):
        client.force_login(customer)
        basket = make_hold(later, 0, customer=customer, into=make_hold(show, 0, customer=customer))
        confirm_payment(payment=start_payment(booking=basket, gateway="sandbox", return_url="/").payment)
        ticket = next(one for one in issued(basket) if one.show_id == show.pk)
        assert send(client, offer(client, basket, other_date, 3, tickets=[ticket])).status_code == 302
        assert (taken(show), taken(other_date), taken(later)) == ([], [3], [0])
        # The show without a valid ticket is named in the list of what was given back, and nowhere else.
        cancel_tickets(booking=basket, tickets=[one for one in issued(basket) if one.show_id == later.pk], by=customer)
        seen = client.get(basket.get_absolute_url())
        assert seen.context["show"] == other_date
        titles = [str(one.event.title) for one in (show, later)]
        assert all(f"<bdi>{title}</bdi>" in seen.content.decode() for title in titles)

    def test_of_a_basket_only_what_its_shows_allow(self, client, show, later, other_date, customer):
        client.force_login(customer)
        basket = make_hold(later, 0, customer=customer, into=make_hold(show, 0, customer=customer))
        confirm_payment(payment=start_payment(booking=basket, gateway="sandbox", return_url="/").payment)
        Show.objects.filter(pk=show.pk).update(refunds="never", refund_hours=None, refund_percent=None)
        allowed, bound = sorted(issued(basket), key=lambda one: one.show_id == show.pk)
        assert client.get(url(basket)).context["steps"].tickets == [allowed]
        page = look(client, basket, other_date, 3, tickets=[bound], check="1")
        assert (step(page), page.context["steps"].chosen) == ("tickets", [])


@pytest.mark.slow
class TestDue:
    def test_the_difference_is_paid_on_the_next_page(self, client, booking, show, later):
        page = offer(client, booking, later, 0, 1)
        assert "Continue to payment · €30.00" in page.content.decode()
        response = send(client, page)
        # The first step is that of the exchange.
        assert f'<a href="{url(booking)}">Seats</a>' in client.get(response.url).content.decode()
        hold = Exchange.objects.get().hold
        assert response.url == reverse("bookings:checkout", args=[hold.code])
        assert "To pay" in words_of(client, response)
        assert len(taken(show)) == len(taken(later)) == 2
        assert "Pay €30.00" in client.get(booking.get_absolute_url()).content.decode()
        assert send(client, page).url == response.url
        confirm_payment(payment=start_payment(booking=hold, gateway="sandbox", return_url="/").payment)
        assert (taken(show), taken(later)) == ([], [0, 1])
        assert_settled(booking)

    def test_it_is_given_up(self, client, booking, show, later):
        send(client, offer(client, booking, later, 0, 1))
        hold = Exchange.objects.get().hold
        release = reverse("bookings:release", args=[hold.code])
        assert release in client.get(booking.get_absolute_url()).content.decode()
        response = client.post(release)
        assert response.url == booking.get_absolute_url()
        assert "valid as before" in words_of(client, response)
        assert (len(taken(show)), taken(later)) == (2, [])

    def test_out_of_time_nothing_has_changed(self, client, booking, show, later):
        send(client, offer(client, booking, later, 0, 1))
        hold = Exchange.objects.get().hold
        lapse(hold)
        response = client.get(hold.get_absolute_url())
        assert response.url == booking.get_absolute_url()
        assert "valid as before" in words_of(client, response)
        assert len(issued(booking)) == 2

    def test_places_held_before_can_be_chosen_again(self, client, booking, later):
        send(client, offer(client, booking, later, 0, 1))
        forget_availability(later.pk)
        page = offer(client, booking, later, 1, 2)
        assert send(client, page).status_code == 302
        assert taken(later) == [1, 2]


class TestRefused:
    def test_strangers_find_nothing(self, client, booking, other_date, rival):
        page = offer(client, booking, other_date, 4, 5)
        data = form_of(page)
        for stranger in (Client(), Client()):
            if stranger is not client:
                stranger.force_login(rival)
            assert stranger.get(url(booking)).status_code == 404
            assert stranger.post(url(booking), data).status_code == 404
        assert not Exchange.objects.exists()

    @pytest.mark.slow
    def test_guests_exchange_by_their_link(self, show, other_date, later):
        booking = make_paid(show, 0, 1, email="guest@example.com")
        guest = Client()
        assert guest.get(url(booking)).status_code == 404
        guest.get(urlsplit(guest_path(booking)).path)
        assert send(guest, offer(guest, booking, other_date, 4, 5)).status_code == 302
        assert taken(other_date) == [4, 5]
        checkout = send(guest, offer(guest, booking, later, 0, 1)).url
        assert (guest.get(checkout).status_code, Client().get(checkout).status_code) == (200, 404)

    @pytest.mark.slow
    def test_the_policy_is_kept(self, client, booking, show, other_date):
        data = form_of(offer(client, booking, other_date, 4, 5))
        Show.objects.filter(pk=show.pk).update(refunds="never", refund_hours=None, refund_percent=None)
        page = client.get(url(booking))
        assert (step(page), "cannot be returned" in page.content.decode()) == ("refused", True)
        assert url(booking) not in client.get(booking.get_absolute_url()).content.decode()
        assert step(client.post(url(booking), data)) == "refused"
        assert (len(taken(show)), taken(other_date)) == (2, [])

    @pytest.mark.slow
    def test_used_tickets_stay(self, client, booking, show, other_date, box_office):
        data = form_of(offer(client, booking, other_date, 4, 5))
        Show.objects.filter(pk=show.pk).update(doors_at=timezone.now())
        assert check_in(qr=sign(issued(booking)[0]), gate="Main", by=box_office).result == "admitted"
        assert "was used" in client.post(url(booking), data).content.decode()
        assert taken(other_date) == []

    def test_what_was_not_bought_is_for_the_box_office(self, client, show, customer, manager):
        client.force_login(customer)
        terms = HoldTerms(kind="complimentary")
        given = confirm_free(
            booking=make_hold(show, 2, customer=customer, channel="box_office", made_by=manager, terms=terms)
        )
        page = client.get(url(given))
        assert (step(page), "not bought" in page.content.decode()) == ("refused", True)
        assert url(given) not in client.get(given.get_absolute_url()).content.decode()

    def test_a_voucher_that_stays_behind_is_named(self, client, show, other_date, customer):
        client.force_login(customer)
        Voucher.objects.create(theater=show.hall.theater, code="HALF", percent=50)
        booking = make_paid(show, 0, 1, customer=customer, voucher_code="HALF")
        page = offer(client, booking, other_date, 4, 5)
        assert "Voucher HALF took €20.00 off" in page.content.decode()
        assert page.context["steps"].choice.quote.due == 20

    def test_a_canceled_show_is_refunded_instead(self, client, booking, show):
        Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
        page = client.get(url(booking))
        assert (step(page), "refunded in full" in page.content.decode()) == ("refused", True)

    @pytest.mark.slow
    def test_the_limit_of_a_show_holds(self, client, booking, other_date, customer):
        page = offer(client, booking, other_date, 4, 5)
        make_paid(other_date, 0, customer=customer)
        Show.objects.filter(pk=other_date.pk).update(tickets_per_customer=2)
        refused = send(client, page)
        assert (refused.status_code, taken(other_date)) == (200, [0])
        assert "2 tickets" in refused.content.decode()

    @pytest.mark.slow
    def test_seats_lost_meanwhile_are_named(self, client, booking, show, other_date):
        page = offer(client, booking, other_date, 4, 5)
        make_hold(other_date, 4)
        # The page does not know it yet, but the hold does.
        response = send(client, page)
        assert (response.status_code, f"seat={seats_of(other_date)[5].pk}" in response.url) == (302, True)
        assert "Stalls, row A, seat 5" in words_of(client, response)
        forget_availability(other_date.pk)
        again = send(client, page)
        assert (step(again), "No longer free" in again.content.decode()) == ("seats", True)
        assert len(taken(show)) == 2

    @pytest.mark.slow
    @pytest.mark.parametrize("change", ["price", "policy", "nothing sent"])
    def test_nothing_happens_if_what_it_comes_to_has_changed(self, client, booking, show, later, change):
        Show.objects.filter(pk=show.pk).update(refund_percent=80)
        cheap = make_show(hall=show.hall, event=show.event, in_hours=300, price="10.00")
        target = later if change == "price" else cheap
        page = offer(client, booking, target, 0, 1)
        more = {}
        if change == "price":
            Price.objects.filter(show=later).update(amount=Decimal(36))
        elif change == "policy":
            Show.objects.filter(pk=show.pk).update(refund_percent=70)
        else:
            more = {"refund": "x"}
        again = send(client, page, **more)
        assert (again.status_code, step(again)) == (200, "offer")
        assert "has changed" in again.content.decode()
        assert not Exchange.objects.exists()
        assert send(client, again).status_code == 302

    def test_a_show_taken_off_sale_is_refused(self, client, booking, other_date):
        page = offer(client, booking, other_date, 4, 5)
        Show.objects.filter(pk=other_date.pk).update(sales_stopped_at=timezone.now() - timedelta(minutes=1))
        again = send(client, page)
        assert (step(again), "Something has changed" in again.content.decode()) == ("shows", True)

    def test_another_theaters_show_is_refused(self, client, booking):
        stranger = make_show(hall=make_hall())
        page = client.post(url(booking), asked(booking, stranger, 0, 1, check="1", due="0", refund="0"))
        assert (step(page), Exchange.objects.count()) == ("shows", 0)

    def test_a_hold_or_canceled_booking_has_its_own_page(self, client, show, customer):
        client.force_login(customer)
        hold = make_hold(show, 4, customer=customer)
        for answer in (client.get(url(hold)), client.post(url(hold))):
            assert answer.url == hold.get_absolute_url()
