"""One basket with several shows on the pages of customers, without scripts."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.limit_holds import FULL_HOLD_MINUTES
from events.models import Event, Show
from testing.bookings import lapse, make_hold, seats_of
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=8))


@pytest.fixture
def sunday(theater: Theater, friday: Show) -> Show:
    """A matinee in the same hall, so that both shows have the same seats."""
    return make_show(hall=friday.hall, event=make_event("Matinee"), in_hours=96, price="15.00")


def choose(client: Client, show: Show, *indices: int, **data: Any) -> Any:
    seats = seats_of(show)
    return client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seats[at].pk for at in indices], **data})


def drop(client: Client, booking: Booking, show: Show) -> Any:
    return client.post(reverse("bookings:drop-show", args=[booking.code, show.code]))


def text_of(client: Client, url: str) -> str:
    text: str = client.get(url, follow=True).content.decode()
    return text


def test_a_second_show_is_added_and_both_are_at_the_checkout(client: Client, friday: Show, sunday: Show):
    first = choose(client, friday, 0, 1)
    assert choose(client, sunday, 3).url == first.url
    booking = Booking.objects.get()
    response = client.get(first.url)
    assert [(show, len(tickets)) for show, tickets in response.context["shows"]] == [(friday, 2), (sunday, 1)]
    text = response.content.decode()
    for show in (friday, sunday):
        assert f'href="{show.get_absolute_url()}"' in text
        assert reverse("bookings:drop-show", args=[booking.code, show.code]) in text
    assert "€55.00" in text


def test_the_page_of_each_show_has_its_own_seats_chosen(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0, 1)
    choose(client, sunday, 3)
    seats = [seat.pk for seat in seats_of(friday)]
    for show, indices in ((friday, {0, 1}), (sunday, {3})):
        page = client.get(show.get_absolute_url()).context["page"]
        assert {line.seat.id for line in page.lines} == page.own_seats == {seats[at] for at in indices}
    # Another show of the theater starts with none, and with its full limit.
    other = make_show(hall=friday.hall, in_hours=120)
    page = client.get(other.get_absolute_url()).context["page"]
    assert (page.lines, page.own_seats, page.limit) == ([], frozenset(), other.ticket_limit)


def test_one_show_is_changed_and_the_other_stays(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0, 1)
    choose(client, sunday, 3)
    choose(client, friday, 5)
    seats = seats_of(friday)
    assert set(Ticket.objects.live().values_list("show", "seat")) == {
        (friday.pk, seats[5].pk),
        (sunday.pk, seats[3].pk),
    }


def test_a_lost_seat_is_named_and_the_basket_stays(client: Client, friday: Show, sunday: Show, rival: User):
    choose(client, friday, 0, 1)
    make_hold(sunday, 3, customer=rival)
    response = choose(client, sunday, 3, 4)
    assert response.url.startswith(sunday.get_absolute_url())
    text = text_of(client, response.url)
    assert seats_of(sunday)[3].label in text
    assert Booking.objects.exclude(customer=rival).get().tickets.count() == 2


def test_shows_are_removed_one_by_one(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0, 1)
    choose(client, sunday, 3)
    booking = Booking.objects.get()
    response = drop(client, booking, friday)
    assert response.url == reverse("bookings:checkout", args=[booking.code])
    text = text_of(client, response.url)
    assert "Your seats are free again." in text
    assert friday.event.title not in text
    assert drop(client, booking, friday).url == response.url
    assert drop(client, booking, sunday).url == sunday.get_absolute_url()
    booking.refresh_from_db()
    assert booking.state == Booking.State.EXPIRED
    assert "no longer held" in text_of(client, response.url)


def test_a_stranger_removes_nothing(client: Client, friday: Show):
    choose(client, friday, 0)
    assert drop(Client(), Booking.objects.get(), friday).status_code == 404
    assert Ticket.objects.live().count() == 1


def test_nothing_chosen_is_no_answer(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0)
    assert choose(client, sunday).url == sunday.get_absolute_url()
    assert Ticket.objects.live().count() == 1


def test_another_theater_has_a_basket_of_its_own(client: Client, friday: Show):
    elsewhere = make_show(event=make_event("Opera"))
    choose(client, friday, 0)
    choose(client, elsewhere, 0)
    assert Booking.objects.filter(state=Booking.State.HELD).count() == 2
    text = text_of(client, reverse("events:list"))
    for booking in Booking.objects.all():
        assert reverse("bookings:checkout", args=[booking.code]) in text
        assert booking.theater.name in text
    assert text.count("1 ticket, held until") == 2
    # At the checkout of one, only the other is linked.
    booking = Booking.objects.get(theater=friday.hall.theater)
    assert len(client.get(reverse("bookings:checkout", args=[booking.code])).context["baskets"]) == 1


def test_the_basket_stays_in_view_until_it_is_over(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0, 1)
    choose(client, sunday, 3)
    assert "3 tickets, " in text_of(client, reverse("events:home"))
    drop(client, Booking.objects.get(), sunday)
    assert "2 tickets, " in text_of(client, reverse("events:home"))
    lapse(Booking.objects.get())
    assert "2 tickets, " not in text_of(client, reverse("events:home"))


def test_it_costs_one_statement_and_none_without(friday: Show):
    home = reverse("events:theaters")
    stranger, visitor = Client(), Client()
    choose(visitor, friday, 0)
    for client in (stranger, visitor):
        client.get(home)

    def count(client: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(home)
        return sum("bookings_booking" in query["sql"] for query in queries)

    assert (count(stranger), count(visitor)) == (0, 1)
    # Nor does it once the hold cannot last any longer, however often the session comes back.
    with time_machine.travel(timezone.now() + timedelta(minutes=FULL_HOLD_MINUTES + 11)):
        assert count(visitor) == 0


def test_an_offer_of_the_waiting_list_takes_no_other_show(client: Client, friday: Show, sunday: Show, customer: User):
    client.force_login(customer)
    offer = make_hold(friday, 0, 1, customer=customer)
    WaitingListEntry.objects.create(
        show=friday, email=customer.email, customer=customer, party_size=2, state="offered", booking=offer
    )
    choose(client, sunday, 3)
    basket = Booking.objects.exclude(pk=offer.pk).get()
    assert (offer.tickets.count(), basket.tickets.get().show) == (2, sunday)
    # Its own show belongs to the offer, whatever else there is.
    choose(client, friday, 0, 2)
    assert set(offer.tickets.values_list("seat", flat=True)) == {seats_of(friday)[at].pk for at in (0, 2)}


def test_a_guest_who_signs_in_goes_on_with_the_same_basket(client: Client, friday: Show, sunday: Show, customer: User):
    choose(client, friday, 0)
    Show.objects.filter(pk=sunday.pk).update(needs_account=True)
    assert choose(client, sunday, 3).url.startswith(reverse("account_login"))
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    choose(client, sunday, 3)
    basket = Booking.objects.get()
    assert (basket.customer, basket.email, basket.name) == (customer, customer.email, customer.name)
    assert basket.tickets.count() == 2


def test_the_basket_of_another_person_on_this_browser_is_left_alone(
    client: Client, friday: Show, sunday: Show, customer: User, rival: User
):
    client.force_login(customer)
    choose(client, friday, 0)
    session = client.session
    codes = session["bookings"]
    client.force_login(rival)
    session = client.session
    session["bookings"] = codes
    session.save()
    choose(client, sunday, 3)
    assert Booking.objects.get(customer=customer).tickets.count() == 1
    assert Booking.objects.get(customer=rival).tickets.get().show == sunday


def test_names_are_asked_for_the_show_whose_event_wants_them(client: Client, friday: Show, sunday: Show):
    Event.objects.filter(pk=sunday.event_id).update(asks_attendee_names=True)
    choose(client, friday, 0, 1)
    url = choose(client, sunday, 3).url
    named = Ticket.objects.get(show=sunday)
    form = client.get(url).context["form"]
    assert [(show, len(fields)) for show, fields in form.attendee_fields] == [(sunday, 1)]
    details = {"name": "Asha", "email": "asha@example.com", f"attendee-{named.pk}": "Ben"}
    client.post(url, details)
    text = text_of(client, url)
    assert "Pay €55.00" in text
    assert "Ben" in text
    # New seats for the other show leave the name as it is.
    choose(client, friday, 2)
    ((_show, (field,)),) = client.get(url).context["form"].attendee_fields
    assert field.value() == "Ben"


def test_lone_seats_are_pointed_out_for_the_show_that_was_chosen(client: Client, theater: Theater):
    shows = [make_show(hall=make_hall(theater=theater, rows=1, seats=8), in_hours=hours) for hours in (30, 60)]
    for show in shows:
        make_hold(show, 3)
    choose(client, shows[0], 5, advised=str(seats_of(shows[0])[4].pk))
    url = choose(client, shows[1], 5, advised="").url
    text = text_of(client, url)
    assert text.count("by itself") == 1
    assert "by itself" not in text_of(client, url)


def test_an_expired_basket_offers_the_seats_of_each_show_again(client: Client, friday: Show, sunday: Show):
    choose(client, friday, 0, 1)
    url = choose(client, sunday, 3).url
    lapse(Booking.objects.get())
    text = text_of(client, url)
    seats = seats_of(friday)
    assert f"{friday.get_absolute_url()}?seat={seats[0].pk}" in text
    assert f"{sunday.get_absolute_url()}?seat={seats[3].pk}" in text


def test_the_checkout_costs_the_same_for_any_number_of_shows(client: Client, friday: Show, sunday: Show):
    def count(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    alone = count(choose(client, friday, 0).url)
    assert count(choose(client, sunday, 3).url) == alone


@pytest.mark.parametrize("way", ["sign in", "open the show"])
def test_a_basket_follows_its_customer_to_another_device(way: str, friday: Show, customer: User, rival: User):
    phone, desktop, of_rival = Client(), Client(), Client()
    for client, person in ((phone, customer), (of_rival, rival)):
        client.force_login(person)
    if way == "open the show":
        desktop.force_login(customer)
    choose(phone, friday, 0, 1)
    if way == "sign in":
        desktop.force_login(customer)
    else:
        desktop.get(friday.get_absolute_url())
    assert "2 tickets, held until" in text_of(desktop, reverse("events:home"))
    of_rival.get(friday.get_absolute_url())
    assert "held until" not in text_of(of_rival, reverse("events:home"))
