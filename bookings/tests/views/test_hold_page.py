"""From the choice to the hold, by pages: won, lost, changed, repeated, let go."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from events.models import Price, Show, TicketType
from testing.bookings import lapse, make_hold, race, seats_of
from testing.builders import make_hall, make_show, make_theater, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6, standing=4))


def hold_url(show: Show) -> str:
    return reverse("bookings:hold", args=[show.code])


def chosen_in(address: str) -> list[int]:
    return [int(pk) for pk in parse_qs(urlsplit(address).query).get("seat", [])]


def messages_of(client: Client, show: Show) -> str:
    return " ".join(str(message) for message in client.get(show.get_absolute_url()).context["messages"])


def test_it_holds_seats_and_places_and_goes_to_the_checkout(client, show: Show):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=3)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=7)
    seats = seats_of(show)
    area = show.areas.get().area

    response = client.post(
        hold_url(show),
        {"seat": [seats[0].pk, seats[1].pk], f"type-{seats[1].pk}": child.pk, f"area-{area.pk}-{child.pk}": 2},
    )

    booking = Booking.objects.get()
    assert response.url == reverse("bookings:checkout", args=[booking.code])
    assert client.get(response.url).status_code == 200
    assert booking.total == 41
    assert sorted(booking.tickets.values_list("ticket_type__name", flat=True)) == ["Adult", "Child", "Child", "Child"]


def test_it_belongs_to_the_signed_in_customer(client, show: Show, customer: User):
    client.force_login(customer)
    client.post(hold_url(show), {"seat": seats_of(show)[0].pk})
    booking = Booking.objects.get()
    assert (booking.customer, booking.email, booking.name) == (customer, customer.email, customer.name)


def test_a_lost_seat_is_named_and_the_rest_of_the_choice_kept(client, show: Show):
    make_hold(show, 1, 2)
    seats = seats_of(show)

    response = client.post(hold_url(show), {"seat": [seat.pk for seat in seats[:4]]})

    assert Booking.objects.count() == 1
    assert chosen_in(response.url) == [seats[0].pk, seats[3].pk]
    words = messages_of(client, show)
    assert "Stalls, row A, seat 2" in words
    assert "Stalls, row A, seat 3" in words
    assert "seat 1;" not in words


def test_after_losing_a_seat_the_whole_party_can_join_the_waiting_list(client):
    show = make_show(hall=make_hall(rows=1, seats=6))
    make_hold(show, 0)
    response = client.post(hold_url(show), {"seat": [seat.pk for seat in seats_of(show)[:3]]})
    waiting = f"{reverse('waiting_list:join', args=[show.code])}?people=3"
    assert f'href="{waiting}"' in client.get(response.url).content.decode()
    assert 'value="3" selected' in client.get(waiting).content.decode()
    # Other visitors are not shown that address.
    assert "people=3" not in Client().get(show.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose at least one place."),
        ({"seat": "x"}, "do not belong to this show"),
        ({"seat": "999999"}, "do not belong to this show"),
    ],
)
def test_a_choice_that_makes_no_sense_is_explained(client, show: Show, data, words):
    client.post(hold_url(show), data)
    assert not Booking.objects.exists()
    assert words in messages_of(client, show)


def test_more_than_the_limit_is_refused_and_the_choice_kept(client):
    show = make_show(tickets_per_customer=2)
    seats = seats_of(show)
    response = client.post(hold_url(show), {"seat": [seat.pk for seat in seats[:3]]})
    assert not Booking.objects.exists()
    assert len(chosen_in(response.url)) == 3
    assert "One person may have 2 tickets" in messages_of(client, show)


def test_another_choice_takes_the_place_of_the_hold(client, show: Show):
    seats = seats_of(show)
    client.post(hold_url(show), {"seat": [seats[0].pk, seats[1].pk]})
    first = Booking.objects.get()

    client.post(hold_url(show), {"seat": [seats[1].pk, seats[2].pk]})

    assert Booking.objects.get() == first
    first.refresh_from_db()
    assert first.state == Booking.State.HELD
    assert set(Ticket.objects.live().values_list("seat_id", flat=True)) == {seats[1].pk, seats[2].pk}


def test_the_later_of_two_neighbors_is_warned_of_the_seat_between():
    show = make_show(hall=make_hall(rows=1, seats=8))
    first, later = Client(), Client()
    seats = seats_of(show)
    # Both pages were drawn while the whole row was free, so neither could have said so.
    assert (
        "by itself"
        not in first.get(first.post(hold_url(show), {"seat": seats[3].pk, "advised": ""}).url).content.decode()
    )
    checkout = later.post(hold_url(show), {"seat": seats[5].pk, "advised": ""}).url
    text = later.get(checkout).content.decode()
    assert "Your choice leaves Stalls, row A, seat 5 by itself" in text
    assert "?" not in checkout
    assert "by itself" not in later.get(checkout).content.decode()
    assert f'href="{show.get_absolute_url()}"' in text


def test_a_seat_left_alone_is_pointed_out_once(client):
    show = make_show(hall=make_hall(rows=1, seats=8))
    make_hold(show, 3)
    seats = seats_of(show)
    page = client.get(show.get_absolute_url(), {"seat": seats[5].pk})
    assert "This leaves Stalls, row A, seat 5 by itself" in page.content.decode()
    advised = " ".join(str(seat.id) for seat in page.context["page"].lone)
    response = client.post(hold_url(show), {"seat": seats[5].pk, "advised": advised})
    assert "by itself" not in client.get(response.url).content.decode()


def test_a_lost_change_leaves_the_first_hold_as_it_was(client, show: Show):
    seats = seats_of(show)
    client.post(hold_url(show), {"seat": seats[0].pk})
    make_hold(show, 3)
    client.post(hold_url(show), {"seat": [seats[0].pk, seats[3].pk]})
    assert client.get(show.get_absolute_url()).context["page"].own_seats == {seats[0].pk}


def test_changed_seats_keep_details_and_voucher(client, show: Show):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=10, limit=5)
    seats = seats_of(show)
    client.post(hold_url(show), {"seat": seats[0].pk})
    booking = Booking.objects.get()
    client.post(reverse("bookings:checkout", args=[booking.code]), {"name": "Asha", "email": "asha@example.com"})
    client.post(reverse("bookings:voucher", args=[booking.code]), {"code": "spring"})

    client.post(hold_url(show), {"seat": seats[4].pk})

    hold = Booking.objects.get(state=Booking.State.HELD)
    assert (hold.name, hold.email, hold.voucher.code, hold.total) == ("Asha", "asha@example.com", "SPRING", 18)


def test_the_same_choice_again_is_the_same_hold(client, show: Show):
    seat = seats_of(show)[0]
    adult = TicketType.objects.get()
    data = {"seat": seat.pk, f"type-{seat.pk}": adult.pk}
    first = client.post(hold_url(show), data)
    second = client.post(hold_url(show), data)
    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_a_double_click_whose_first_answer_was_lost_finds_its_hold(show: Show):
    seat = seats_of(show)[0]
    data = {"seat": seat.pk, f"type-{seat.pk}": TicketType.objects.get().pk, "key": "a" * 32}
    first = Client().post(hold_url(show), data)
    # The browser dropped the first answer, and its session with it.
    browser = Client()
    second = browser.post(hold_url(show), data)
    assert second.url == first.url
    assert browser.get(second.url).status_code == 200
    # Another form's key opens nothing.
    stranger = Client()
    stranger.post(hold_url(show), {**data, "key": "b" * 32})
    assert stranger.get(first.url).status_code == 404


def test_a_choice_in_another_tab_changes_the_same_hold(client, show: Show):
    seats = seats_of(show)
    first = client.post(hold_url(show), {"seat": seats[0].pk})
    second = client.post(hold_url(show), {"seat": seats[1].pk})
    assert first.url == second.url
    text = client.get(first.url, follow=True).content.decode()
    assert seats[1].label in text
    assert seats[0].label not in text


def test_letting_go_frees_the_seats(client, show: Show):
    client.post(hold_url(show), {"seat": seats_of(show)[0].pk})
    booking = Booking.objects.get()
    for _again in range(2):
        response = client.post(reverse("bookings:release", args=[booking.code]))
        assert response.url == show.get_absolute_url()
    assert not Ticket.objects.live().exists()


def test_others_cannot_let_it_go(client, show: Show, rival: User):
    booking = make_hold(show, 0)
    client.force_login(rival)
    assert client.post(reverse("bookings:release", args=[booking.code])).status_code == 404
    assert Ticket.objects.live().count() == 1


def test_a_lapsed_hold_is_not_found_again(client, show: Show):
    seat = seats_of(show)[0]
    client.post(hold_url(show), {"seat": seat.pk})
    lapse(Booking.objects.get())
    assert client.get(show.get_absolute_url()).context["hold"] is None
    client.post(hold_url(show), {"seat": seat.pk})
    assert Booking.objects.filter(state=Booking.State.HELD).count() == 1


def test_get_and_forged_posts_are_refused(show: Show):
    assert Client().get(hold_url(show)).status_code == 405
    assert Client(enforce_csrf_checks=True).post(hold_url(show), {"seat": 1}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_one_of_two_forms_gets_the_seat_and_the_other_is_told_its_name():
    show = make_show(hall=make_hall(rows=1, seats=4, theater=make_theater()))
    seats = seats_of(show)
    clients = [Client(), Client()]
    choices = [[seats[0].pk, seats[1].pk], [seats[1].pk, seats[2].pk]]

    answers = race(
        *(
            lambda client=client, choice=choice: client.post(hold_url(show), {"seat": choice})
            for client, choice in zip(clients, choices, strict=True)
        )
    )

    addresses = [answer.url for answer in answers]
    lost = [at for at, address in enumerate(addresses) if "/shows/" in address]
    assert len(lost) == 1, addresses
    assert Ticket.objects.live().count() == 2
    assert Booking.objects.count() == 1
    assert chosen_in(addresses[lost[0]]) == [pk for pk in choices[lost[0]] if pk != seats[1].pk]
    assert "Stalls, row A, seat 2" in messages_of(clients[lost[0]], show)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_is_one_hold():
    show = make_show(hall=make_hall(rows=1, seats=4))
    customer = make_user("customer@example.com")
    seat = seats_of(show)[0]
    data = {"seat": seat.pk, f"type-{seat.pk}": TicketType.objects.get().pk}
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(customer)

    answers = race(*(lambda client=client: client.post(hold_url(show), data) for client in clients))

    assert answers[0].url == answers[1].url
    assert "/checkout/" in answers[0].url
    assert Booking.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_guests_double_click_at_the_same_moment_is_one_hold():
    show = make_show(hall=make_hall(rows=1, seats=4))
    seat = seats_of(show)[0]
    data = {"seat": seat.pk, f"type-{seat.pk}": TicketType.objects.get().pk, "key": "a" * 32}
    clients = [Client(), Client(), Client()]

    answers = race(*(lambda client=client: client.post(hold_url(show), data) for client in clients))

    assert {answer.url for answer in answers} == {reverse("bookings:checkout", args=[Booking.objects.get().code])}
    assert all(client.get(answer.url).status_code == 200 for client, answer in zip(clients, answers, strict=True))
