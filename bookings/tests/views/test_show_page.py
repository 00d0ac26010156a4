"""The page of a show: what it says in each state of the sale, and what it costs."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from events.models import Price, Show, TicketType
from legal.texts import read_links
from testing.bookings import lapse, make_hold, make_paid, seats_of
from testing.builders import from_now, make_event, make_hall, make_show
from testing.caches import forget_pages
from testing.seat_maps import make_listed_hall
from theaters.models import Seat
from waiting_room.rooms import find_room

pytestmark = pytest.mark.django_db


def hold_in(client: Client, show: Show, *indices: int) -> Booking:
    """Hold seats as the visitor of this client."""
    seats = seats_of(show)
    response = client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seats[i].pk for i in indices]})
    assert response.status_code == 302, response.content
    return Booking.objects.get(code=response.url.split("/")[2])


def data_for_scripts(response) -> dict:
    text = response.content.decode()
    return json.loads(text.split('id="seat-page" type="application/json">')[1].split("</script>")[0])


def test_it_shows_categories_prices_and_the_list(client):
    show = make_show(hall=make_hall(rows=2, seats=4), price="20.00")
    TicketType.objects.create(theater=show.hall.theater, name="Child", who="under 14", order=2)
    child = TicketType.objects.get(name="Child")
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=Decimal("8.50"))

    response = client.get(show.get_absolute_url())

    assert response.status_code == 200
    text = response.content.decode()
    assert "Hamlet" in text
    assert "from €8.50" in text
    assert 'aria-label="Stalls, row A, seat 1, Parkett, €20.00, free"' in text
    assert data_for_scripts(response)["limit"] == 10


def test_it_costs_six_statements_cold_and_none_warm(client, django_assert_max_num_queries, django_assert_num_queries):
    show = make_show(hall=make_hall(rows=20, seats=30, standing=40))
    make_hold(show, 1, 2)
    url = show.get_absolute_url()
    forget_pages()
    # Which shows have a waiting room is read twice a minute for the whole site.
    find_room(show.code)
    # Which legal pages there are, each minute.
    read_links()

    with django_assert_max_num_queries(6):
        client.get(url)
    with django_assert_num_queries(0):
        assert client.get(url).status_code == 200
    with django_assert_num_queries(0):
        assert client.get(data_for_scripts(client.get(url))["plan"]).status_code == 200


@pytest.mark.slow
def test_a_large_hall_is_listed_one_section_at_a_time(client):
    show = make_show(hall=make_hall(rows=10, seats=30))
    url = show.get_absolute_url()

    assert "seat-chip" not in client.get(url).content.decode()
    assert client.get(url, {"section": "0"}).content.decode().count("seat-chip") == 300
    for nonsense in ("7", "-1", "x", "99999999999999999999"):
        assert client.get(url, {"section": nonsense}).status_code == 200


def test_the_choice_in_the_address_is_in_the_basket(client):
    show = make_show(price="12.00")
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=2)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=5)
    seats = seats_of(show)

    response = client.get(
        show.get_absolute_url(), {"seat": [seats[0].pk, seats[1].pk], f"type-{seats[1].pk}": child.pk}
    )

    page = response.context["page"]
    assert [line.label for line in page.lines] == ["Stalls, row A, seat 1", "Stalls, row A, seat 2"]
    assert page.total == Decimal("17.00")
    assert data_for_scripts(response)["choice"]["seats"][1] == [seats[1].pk, child.pk]


def test_a_chosen_seat_that_is_gone_is_named_and_left_out(client):
    show = make_show()
    make_hold(show, 0)
    seats = seats_of(show)

    response = client.get(show.get_absolute_url(), {"seat": [seats[0].pk, seats[1].pk]})

    assert "No longer free, so removed from your choice: Stalls, row A, seat 1." in response.content.decode()
    assert [line.seat.id for line in response.context["page"].lines] == [seats[1].pk]


def test_nonsense_in_the_address_is_left_out(client):
    show = make_show()
    stranger = make_show().seat_map.seats.first()
    response = client.get(show.get_absolute_url(), {"seat": ["x", "-4", "9" * 30, stranger.pk], "area-1-x": "3"})
    assert response.status_code == 200
    assert response.context["page"].count == 0


def test_a_seat_that_is_left_alone_is_pointed_out(client):
    show = make_show(hall=make_hall(rows=1, seats=5))
    seats = seats_of(show)
    response = client.get(show.get_absolute_url(), {"seat": [seats[1].pk, seats[2].pk]})
    assert "This leaves Stalls, row A, seat 1 by itself" in response.content.decode()


def test_a_restricted_view_is_pointed_out_before_the_hold(client):
    hall = make_listed_hall("section,row,number,category,flags\nStalls,A,1,Front,restricted\nStalls,A,2,Front,\n")
    show = make_show(hall=hall)
    text = client.get(show.get_absolute_url(), {"seat": seats_of(show)[0].pk}).content.decode()
    assert "Restricted view: Stalls, row A, seat 1." in text
    assert "by continuing you accept it" in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": Show.State.CANCELED}, "This show is canceled."),
        ({"state": Show.State.ENDED}, "This show began on"),
        ({"in_hours": -1}, "This show began on"),
        ({"sales_open_at": timedelta(days=1)}, "Seats go on sale on"),
        ({"sales_close_at": -timedelta(hours=1)}, "Seats for this show are no longer sold here."),
    ],
)
def test_a_show_that_cannot_be_booked_says_why(client, fields, words):
    show = make_show(**from_now(fields))

    response = client.get(show.get_absolute_url())

    assert words in response.content.decode()
    assert b"hold-form" not in response.content
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": seats_of(show)[0].pk})
    assert not Booking.objects.exists()


def test_a_show_without_prices_cannot_be_booked(client):
    show = make_show()
    show.prices.all().delete()
    assert "Prices for this show are not set yet." in client.get(show.get_absolute_url()).content.decode()


def test_a_full_show_is_sold_out_except_for_its_holders(client):
    show = make_show(hall=make_hall(rows=1, seats=2))
    hold = hold_in(client, show, 0, 1)

    assert "Every seat of this show is taken." in Client().get(show.get_absolute_url()).content.decode()
    assert "You are holding 2 tickets" in client.get(show.get_absolute_url()).content.decode()
    lapse(hold)
    forget_pages()
    assert "Choose up to 10 tickets" in Client().get(show.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "hidden",
    [
        lambda show: Show.objects.filter(pk=show.pk).update(state=Show.State.DRAFT),
        lambda show: type(show.event).objects.filter(pk=show.event_id).update(is_published=False),
        lambda show: type(show.hall.theater).objects.filter(pk=show.hall.theater_id).update(is_published=False),
    ],
)
def test_a_show_that_is_not_public_does_not_exist(client, hidden):
    show = make_show()
    hidden(show)
    for name in ("show", "plan", "best"):
        assert client.get(reverse(f"bookings:{name}", args=[show.code])).status_code == 404
    assert client.post(reverse("bookings:hold", args=[show.code])).status_code == 404


def test_a_returning_visitor_finds_the_hold(client):
    show = make_show()
    hold = hold_in(client, show, 0, 1)

    response = client.get(show.get_absolute_url())

    page = response.context["page"]
    assert {ticket.booking_id for ticket in page.held} == {hold.pk}
    assert len(page.lines) == 2
    assert reverse("bookings:checkout", args=[hold.code]) in response.content.decode()
    assert page.own_seats == set(hold.tickets.values_list("seat_id", flat=True))
    stranger = Client().get(show.get_absolute_url())
    assert not stranger.context["page"].held
    assert "You are holding" not in stranger.content.decode()


def test_a_signed_in_customer_sees_how_many_are_left(client, customer: User):
    show = make_show(tickets_per_customer=3)
    make_paid(show, 0, 1, customer=customer)
    client.force_login(customer)
    assert client.get(show.get_absolute_url()).context["page"].limit == 1

    make_paid(show, 2, customer=customer)
    text = client.get(show.get_absolute_url()).content.decode()
    assert "the most that one person may book" in text


def test_standing_places_are_chosen_by_number(client):
    show = make_show(hall=make_hall(rows=0, seats=0, standing=5))
    area = show.areas.get().area
    response = client.get(show.get_absolute_url(), {f"area-{area.pk}": "9"})
    assert "5 places free" in response.content.decode()
    assert response.context["page"].areas[0].steppers[0].quantity == 5


def test_the_plan_is_packed_named_by_its_content_and_kept(client):
    show = make_show(hall=make_hall(rows=4, seats=10))
    address = data_for_scripts(client.get(show.get_absolute_url()))["plan"]

    packed = client.get(address, headers={"accept-encoding": "gzip"})
    plain = client.get(address)

    assert packed["Content-Encoding"] == "gzip"
    assert "immutable" in packed["Cache-Control"]
    assert len(plain.json()["sections"][0]["rows"]) == 4
    Price.objects.update(amount=99)
    forget_pages()
    assert data_for_scripts(client.get(show.get_absolute_url()))["plan"] != address


def test_script_words_are_served_in_the_active_language(client):
    response = client.get(reverse("bookings:words"))
    assert response.status_code == 200
    assert b"gettext" in response.content


def test_titles_cannot_break_out_of_the_data_for_scripts(client):
    show = make_show(event=make_event("</script><script>alert(1)</script>"))
    assert b"<script>alert(1)" not in client.get(show.get_absolute_url()).content


def test_best_seats_are_chosen_without_scripts(client):
    show = make_show(hall=make_hall(rows=3, seats=6))
    response = client.get(reverse("bookings:best", args=[show.code]), {"quantity": 3}, headers={"accept": "text/html"})
    assert response.status_code == 302
    page = client.get(response.url).context["page"]
    assert len(page.lines) == 3
    assert len({line.seat.run for line in page.lines}) == 1


def test_best_seats_answer_scripts_in_json(client):
    show = make_show(hall=make_hall(rows=3, seats=6))
    url = reverse("bookings:best", args=[show.code])
    found = client.get(url, {"quantity": 2}, headers={"accept": "application/json"}).json()
    assert len(found["seats"]) == 2
    assert "The best seats for you" in found["message"]

    refused = client.get(url, {"quantity": 0}, headers={"accept": "application/json"})
    assert refused.status_code == 422
    assert refused.json()["seats"] == []
    wheelchair = client.get(url, {"quantity": 2, "accessible": "1"}, headers={"accept": "application/json"}).json()
    assert wheelchair["seats"] == []
    assert "There are no 2 such seats left" in wheelchair["message"]


def test_best_seats_cost_one_statement_warm(client, django_assert_num_queries):
    show = make_show(hall=make_hall(rows=20, seats=30))
    url = reverse("bookings:best", args=[show.code])
    client.get(url, {"quantity": 2}, headers={"accept": "application/json"})
    with django_assert_num_queries(1):
        client.get(url, {"quantity": 4}, headers={"accept": "application/json"})
    assert Seat.objects.count() == 600
