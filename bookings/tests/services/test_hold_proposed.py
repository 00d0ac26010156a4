"""Many are shown the same best seats at the same moment: everyone gets some, as long as there are any."""

from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, Ticket
from events.models import Price, Show, TicketType
from testing.bookings import make_hold, race, seats_of
from testing.builders import make_event, make_hall, make_show

PARTIES = 12


def propose(client: Client, show: Show, **wish: Any) -> dict[str, Any]:
    url = reverse("bookings:best", args=[show.code])
    answer: dict[str, Any] = client.get(url, {"quantity": 2, **wish}, headers={"accept": "application/json"}).json()
    return answer


def hold(client: Client, show: Show, found: dict[str, Any], **data: Any) -> Any:
    data = {"seat": found["seats"], "proposal": found["proposal"], **data}
    response = client.post(reverse("bookings:hold", args=[show.code]), data)
    # Browsers send the form once more to where it is sent on.
    return client.post(response.url, data) if response.status_code == 307 else response


def is_held(response: Any) -> bool:
    return response.status_code == 302 and "/checkout/" in response.url


def rush(show: Show, **data: Any) -> list[Any]:
    """Let parties of two who were all shown the same seats hold them at the same moment."""
    clients = [Client() for _ in range(PARTIES)]
    found = propose(clients[0], show)
    return race(*[partial(hold, client, show, found, **data) for client in clients])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_party_of_a_rush_is_refused_while_seats_are_free():
    show = make_show(hall=make_hall(rows=6, seats=10))
    answers = rush(show)
    assert [is_held(answer) for answer in answers] == [True] * PARTIES
    assert Ticket.objects.live().count() == 2 * PARTIES
    for booking in Booking.objects.prefetch_related("tickets__seat"):
        first, second = sorted(ticket.seat.position for ticket in booking.tickets.all())
        assert second == first + 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_control_without_the_proposal_all_but_one_are_refused():
    show = make_show(hall=make_hall(rows=6, seats=10))
    answers = rush(show, proposal="")
    assert sum(is_held(answer) for answer in answers) == 1


@pytest.fixture
def show(db: None) -> Show:
    return make_show(hall=make_hall(rows=3, seats=6))


def test_the_second_party_gets_the_next_best_and_is_told(client, show: Show):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=3)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=7)
    found = propose(client, show)
    make_hold(show, *[[seat.pk for seat in seats_of(show)].index(pk) for pk in found["seats"]])

    types = {f"type-{found['seats'][0]}": child.pk, f"type-{found['seats'][1]}": child.pk}
    response = hold(client, show, found, **types)

    booking = Booking.objects.latest("pk")
    assert is_held(response)
    assert not {ticket.seat_id for ticket in booking.tickets.all()} & set(found["seats"])
    assert {ticket.ticket_type for ticket in booking.tickets.all()} == {child}
    text = client.get(response.url).content.decode()
    assert "Others were faster" in text
    assert all(ticket.seat.label in text for ticket in booking.tickets.select_related("seat"))


def test_sent_twice_it_holds_once(show: Show, client):
    found = propose(client, show)
    make_hold(show, *[[seat.pk for seat in seats_of(show)].index(pk) for pk in found["seats"]])
    key = "a" * 32
    first, second = hold(client, show, found, key=key), hold(client, show, found, key=key)
    assert first.url == second.url
    assert Booking.objects.count() == 2


@pytest.mark.parametrize("proposal", ["", "quantity=2", "seat=x&quantity=2", "quantity=999&seat=1", "\x00", "%ff=%fe"])
def test_a_choice_of_ones_own_is_that_choice_or_nothing(client, show: Show, proposal: str):
    make_hold(show, 0)
    seats = [seat.pk for seat in seats_of(show)[:2]]
    response = hold(client, show, {"seats": seats, "proposal": proposal})
    assert not is_held(response)
    assert Booking.objects.count() == 1


def test_a_changed_proposal_is_a_choice_of_ones_own(client, show: Show):
    found = propose(client, show)
    other = next(seat.pk for seat in seats_of(show) if seat.pk not in found["seats"])
    taken = [seat.pk for seat in seats_of(show)].index(found["seats"][0])
    make_hold(show, taken)
    response = hold(client, show, {**found, "seats": [found["seats"][0], other]})
    assert not is_held(response)


@pytest.mark.parametrize("proposal", ["", "quantity=2", "quantity=999&seat={0}&seat={1}", "seat={0}&seat={1}"])
def test_a_forged_proposal_holds_no_other_seats(client, show: Show, proposal: str):
    make_hold(show, 0)
    seats = [seat.pk for seat in seats_of(show)[:2]]
    response = client.post(
        reverse("bookings:best", args=[show.code]), {"seat": seats, "proposal": proposal.format(*seats)}
    )
    assert (response.status_code, Booking.objects.count()) == (302, 1)
    assert "This place is no longer free: Stalls, row A, seat 1." in client.get(response.url).content.decode()


def test_a_party_without_seats_is_offered_other_ways(client, show: Show):
    found = propose(client, show, quantity=4)
    make_hold(show, *range(2, 16), channel=Booking.Channel.BOX_OFFICE)
    response = hold(client, show, found)
    assert not is_held(response)
    text = client.get(response.url).content.decode()
    assert "There are not that many seats left together." in text
    assert "Sit apart: 2 + 2</a>" in text


def test_without_scripts_the_proposal_comes_along(client, show: Show):
    url = reverse("bookings:best", args=[show.code])
    response = client.get(url, {"quantity": 2}, headers={"accept": "text/html"})
    proposal = parse_qs(urlsplit(response.url).query)["proposal"][0]
    assert client.get(response.url).context["proposal"] == proposal
    assert len(parse_qs(proposal)["seat"]) == 2


class TestWays:
    """What a party is offered for which no seats are left."""

    @pytest.fixture
    def full(self, show: Show) -> Show:
        """Leave two and two free seats, at the ends of the first and the last row."""
        make_hold(show, *range(2, 16), channel=Booking.Channel.BOX_OFFICE)
        return show

    def words(self, client: Client, show: Show, **wish: Any) -> list[str]:
        return [way["words"] for way in propose(client, show, **wish)["ways"]]

    def test_it_offers_to_sit_apart_and_the_waiting_list(self, client, full: Show):
        found = propose(client, full, quantity=4)
        assert found["seats"] == []
        apart, waiting = found["ways"]
        assert (apart["words"], waiting["words"]) == ("Sit apart: 2 + 2", "Join the waiting list")
        assert len(client.get(apart["url"]).context["page"].lines) == 4
        assert client.get(waiting["url"]).status_code == 200

    def test_it_offers_other_dates_where_they_sit_together(self, client, full: Show):
        def add(**fields: Any) -> Show:
            return make_show(event=full.event, **{"hall": make_hall(rows=2, seats=6), "in_hours": 90, **fields})

        other = add()
        add(hall=make_hall(rows=1, seats=2), in_hours=95)
        add(state=Show.State.DRAFT, in_hours=100)
        make_show(event=make_event(), hall=make_hall(rows=2, seats=6))
        dates = [way for way in propose(client, full, quantity=5)["ways"] if f"/{other.code}/" in way["url"]]
        assert len(dates) == 1
        assert len(self.words(client, full, quantity=5)) == 2
        assert len(client.get(dates[0]["url"], headers={"accept": "text/html"}, follow=True).context["page"].lines) == 5

    def test_pages_show_them_as_links(self, client, full: Show):
        url = reverse("bookings:best", args=[full.code])
        page = client.get(url, {"quantity": 4}, headers={"accept": "text/html"}, follow=True)
        assert "Sit apart: 2 + 2</a>" in page.content.decode()
