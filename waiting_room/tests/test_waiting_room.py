"""Visitors of a show in high demand come to its seats in turn, by page, form and API."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from bookings.models import Booking, Ticket
from events.models import Show
from lib.process_memory import forget_everything
from testing.api_client import ApiClient
from testing.bookings import lapse, make_hold, make_paid, seats_of
from testing.builders import make_hall, make_show, make_user
from waiting_room import shared
from waiting_room.line import TURN_SECONDS
from waiting_room.middleware import DOORS
from waiting_room.models import WaitingRoom
from waiting_room.places import PLACES_OF_NETWORK
from waiting_room.rooms import find_room, forget_rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6), tickets_per_customer=12)


@pytest.fixture
def room(show: Show) -> WaitingRoom:
    """One person a minute: who comes after the first has to wait."""
    return WaitingRoom.objects.create(theater=show.hall.theater, event=show.event, per_minute=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def change(room: WaitingRoom, **fields: Any) -> None:
    WaitingRoom.objects.filter(pk=room.pk).update(**fields)
    forget_rooms()


def visitor(number: int = 1) -> Client:
    """A browser of its own, behind an address of its own."""
    return Client(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250 + 1}")


def line_of(show: Show) -> str:
    return reverse("waiting_room:line", args=[show.code])


def turn_of(client: Client, show: Show) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(reverse("waiting_room:turn", args=[show.code])).json()
    return answer


def crowd(show: Show, count: int = 50) -> None:
    """Let others come first."""
    found = find_room(show.code)
    assert found is not None
    for _number in range(count):
        shared.give_number(found.line)
    forget_everything()


def pass_time(clock: time_machine.Traveller, **passed: float) -> None:
    clock.shift(timedelta(**passed))
    forget_everything()


def hold(client: Client, show: Show) -> Any:
    seat = seats_of(show)[0]
    return client.post(reverse("bookings:hold", args=[show.code]), {"seat": str(seat.pk)})


def test_a_show_without_a_room_has_no_line(show):
    client = visitor()
    assert client.get(show.get_absolute_url()).status_code == 200
    assert not [name for name in client.cookies if name.startswith("place")]
    assert client.get(line_of(show)).url == show.get_absolute_url()
    assert turn_of(client, show) == {"state": "open"}


def test_visitors_wait_on_a_page_that_keeps_their_place(show, room):
    crowd(show)
    client = visitor()
    answer = client.get(show.get_absolute_url())
    assert (answer.status_code, answer.url) == (302, line_of(show))

    page = client.get(answer.url)
    assert page.status_code == 200
    assert show.event.title in page.content.decode()
    first = turn_of(client, show)
    assert (first["state"], first["ahead"]) == ("waiting", 49)
    # Loaded again, and on another tab.
    client.get(show.get_absolute_url())
    client.get(line_of(show))
    assert turn_of(client, show) == first
    assert turn_of(visitor(2), show)["ahead"] == 50


def test_the_page_says_the_place_without_scripts(show, room):
    crowd(show)
    client = visitor()
    page = client.get(line_of(show), {"plain": ""}).content.decode()
    assert "49 people are ahead of you." in page
    assert re.search(r'http-equiv="refresh" content="\d+"', page)
    assert "49 people" not in client.get(line_of(show)).content.decode()


def test_whose_turn_it_is_chooses_and_holds_seats(show, room):
    client = visitor()
    assert client.get(show.get_absolute_url()).status_code == 200
    assert "/checkout/" in hold(client, show).url
    assert client.get(line_of(show)).url == show.get_absolute_url()


def test_a_choice_is_kept_for_when_the_turn_comes(show, room, clock):
    crowd(show, 3)
    client = visitor()
    seat = seats_of(show)[0]
    answer = hold(client, show)
    assert answer.url.startswith(line_of(show))
    assert not Booking.objects.exists()
    pass_time(clock, minutes=1)
    turn_of(client, show)
    pass_time(clock, minutes=4)
    assert client.get(answer.url).url == f"{show.get_absolute_url()}?seat={seat.pk}"


def test_a_turn_comes_and_ends(show, room, clock):
    crowd(show, 3)
    client = visitor()
    assert turn_of(client, show)["state"] == "waiting"
    for _minute in range(5):
        pass_time(clock, minutes=1)
        turn = turn_of(client, show)
    assert turn["state"] == "admitted"
    assert client.get(show.get_absolute_url()).status_code == 200
    crowd(show, 100)
    pass_time(clock, seconds=TURN_SECONDS + 60)
    turn_of(visitor(2), show)
    # An old place is worth nothing, and its owner is at the end of the line.
    assert turn_of(client, show)["ahead"] > 50


@pytest.mark.parametrize(
    "cookie", ["1.0:forged", "1.1700000000:AAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "x" * 500], ids=lambda text: text[:12]
)
def test_a_place_cannot_be_made_up(show, room, cookie):
    crowd(show)
    client = visitor()
    client.get(show.get_absolute_url())
    name = next(name for name in client.cookies if name.startswith("place"))
    client.cookies[name] = cookie
    assert turn_of(client, show)["ahead"] >= 49


def test_a_place_in_one_line_is_none_in_another(show, room):
    client = visitor()
    assert client.get(show.get_absolute_url()).status_code == 200
    other = make_show(hall=show.hall, starts_at=show.starts_at + timedelta(days=1))
    WaitingRoom.objects.create(theater=other.hall.theater, event=other.event, per_minute=1)
    forget_rooms()
    crowd(other)
    names = [name for name in client.cookies if name.startswith("place")]
    client.get(other.get_absolute_url())
    theirs = next(name for name in client.cookies if name.startswith("place") and name not in names)
    client.cookies[theirs] = client.cookies[names[0]].value
    assert turn_of(client, other)["state"] == "waiting"


def test_one_place_used_from_many_networks_holds_nothing_there(show, room):
    client = visitor()
    client.get(show.get_absolute_url())
    crowd(show)
    for number in range(1, 4):
        assert (
            "/line/"
            not in client.post(
                reverse("bookings:hold", args=[show.code]), {"seat": "0"}, REMOTE_ADDR=f"198.51.9.{number}"
            ).url
        )
    assert "/line/" in hold(Client(REMOTE_ADDR="198.51.9.4", headers={"cookie": _cookies(client)}), show).url


def _cookies(client: Client) -> str:
    return "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())


def test_a_network_has_so_many_places_and_an_account_one_of_its_own(show, room):
    crowd(show)
    robot = [Client(REMOTE_ADDR="198.51.7.7") for _tab in range(100)]
    turns = [turn_of(one, show)["state"] for one in robot]
    assert turns.count("waiting") == PLACES_OF_NETWORK.limit
    assert turns.count("crowded") == 100 - PLACES_OF_NETWORK.limit

    page = robot[-1].get(line_of(show), {"plain": ""}).content.decode()
    assert reverse("account_login") in page
    person = make_user("ada@example.com")
    robot[-1].force_login(person)
    robot[-1].get(line_of(show))
    own = turn_of(robot[-1], show)
    assert own["state"] == "waiting"
    # The same place on another device.
    robot[-2].force_login(person)
    robot[-2].get(line_of(show))
    assert turn_of(robot[-2], show)["ahead"] == own["ahead"]


def test_who_passes_at_once_is_not_counted(show, room):
    change(room, per_minute=100_000)
    for _person in range(3 * PLACES_OF_NETWORK.limit):
        assert Client(REMOTE_ADDR="198.51.7.7").get(show.get_absolute_url()).status_code in {200, 302}
    turns = [turn_of(Client(REMOTE_ADDR="198.51.7.7"), show)["state"] for _person in range(20)]
    assert "crowded" not in turns


def test_the_api_admits_accounts_in_turn(show, room):
    crowd(show)
    person = make_user("ada@example.com")
    api = ApiClient(person)
    seat = seats_of(show)[0]
    wish = {"show": show.code, "seats": [{"seat": seat.pk}]}
    refused = api.post("/bookings", wish)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (429, "waiting-room")
    assert refused.json()["ahead"] == 49
    turn = api.post(f"/shows/{show.code}/waiting-room", {}).json()
    assert (turn["state"], turn["ahead"]) == ("waiting", 49)
    # A place on the site, of whomever, is none for the API.
    assert api.post("/bookings", wish, cookie=_cookies(visitor())).status_code == 429


def test_the_api_books_when_the_turn_has_come(show, room):
    api = ApiClient(make_user("ada@example.com"))
    assert api.post(f"/shows/{show.code}/waiting-room", {}).json()["state"] == "admitted"
    wish = {"show": show.code, "seats": [{"seat": seats_of(show)[0].pk}]}
    assert api.post("/bookings", wish).status_code == 201


def test_an_exchange_waits_too(show, room):
    other = make_show(hall=show.hall, event=show.event, starts_at=show.starts_at + timedelta(days=2))
    person = make_user("ada@example.com")
    booking = make_paid(other, 0, customer=person)
    crowd(show)
    client = visitor()
    client.force_login(person)
    address = reverse("bookings:exchange", args=[booking.code])
    ticket = booking.tickets.get()
    answer = client.get(address, {"ticket": ticket.code, "show": show.code})
    assert answer.url.startswith(line_of(show))
    assert client.post(address, {"ticket": ticket.code, "show": show.code}).url.startswith(line_of(show))


def test_early_comers_gather_and_nobody_enters_before_the_sale(show, room, clock):
    opening = timezone.now() + timedelta(minutes=20)
    Show.objects.filter(pk=show.pk).update(sales_open_at=opening)
    clients = [visitor(number) for number in range(30)]
    assert {turn_of(client, show)["state"] for client in clients} == {"gathering"}
    assert "The sale opens at" in turn_of(clients[0], show)["headline"]
    pass_time(clock, minutes=20, seconds=1)
    places = [turn_of(client, show) for client in clients]
    assert [turn["state"] for turn in places].count("admitted") == 1
    ahead = [turn["ahead"] for turn in places]
    assert ahead != sorted(ahead)
    # Who comes now is behind all of them.
    assert turn_of(visitor(99), show)["ahead"] > max(ahead)


def test_the_room_opens_as_long_before_the_sale_as_staff_say(show, room, clock):
    Show.objects.filter(pk=show.pk).update(sales_open_at=timezone.now() + timedelta(minutes=40))
    assert visitor().get(show.get_absolute_url()).status_code == 200
    pass_time(clock, minutes=11)
    assert visitor().get(show.get_absolute_url()).status_code == 302


def test_nobody_waits_for_a_show_that_is_sold_out(show, room):
    make_paid(show, *range(12), email="guest@example.com")
    crowd_would_wait = visitor()
    answer = crowd_would_wait.get(show.get_absolute_url())
    assert answer.status_code == 200
    assert turn_of(crowd_would_wait, show) == {"state": "open"}


def test_those_in_line_read_that_all_places_are_in_baskets(show, room):
    held = make_hold(show, *range(12))
    crowd(show, 5)
    client = visitor()
    assert "in baskets right now" in turn_of(client, show)["detail"]
    lapse(held)
    Booking.objects.filter(pk=held.pk).update(state=Booking.State.EXPIRED)
    Ticket.objects.filter(booking=held).update(state=Ticket.State.RELEASED)
    forget_everything()
    assert "in baskets" not in turn_of(client, show)["detail"]


def test_staff_pause_the_line_and_speak_to_it(show, room):
    crowd(show)
    client = visitor()
    assert turn_of(client, show)["message"] == ""
    change(room, is_paused=True, message="Back at eight.")
    turn = turn_of(client, show)
    assert turn["message"] == "Back at eight."
    assert "paused" in turn["detail"]


def test_who_waits_costs_no_statement_and_no_session(show, room, django_assert_num_queries):
    crowd(show)
    clients = [visitor(number) for number in range(5)]
    for client in clients:
        client.get(line_of(show))
    with django_assert_num_queries(0):
        for client in clients:
            assert turn_of(client, show)["state"] == "waiting"
            assert client.get(line_of(show)).status_code == 200
    assert all("sessionid" not in client.cookies for client in clients)


def test_a_line_outlives_the_loss_of_its_cache(show, room):
    crowd(show, 20)
    client = visitor()
    before = turn_of(client, show)
    caches["default"].clear()
    shared._kept.clear()
    assert turn_of(client, show)["ahead"] == before["ahead"]
    assert turn_of(visitor(2), show)["ahead"] > before["ahead"]


def test_the_box_office_does_not_wait(show, room):
    crowd(show)
    assert make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE).state == Booking.State.HELD


def test_every_address_of_a_show_is_behind_the_door_or_free_of_holds():
    """A new page under a show's address has to be put on one of these lists."""
    free = {f"shows/<str:code>/{part}" for part in ("plan.json", "photos.json", "waiting-list/", "groups/")} | {
        "shows/words.js"
    }
    found = {
        str(one.pattern) for one in _patterns(get_resolver().url_patterns) if str(one.pattern).startswith("shows/")
    }
    behind = {one for one in found if DOORS.match("/" + one.replace("<str:code>", "abc"))}
    assert found - behind == free
    assert len(behind) == 5


def _patterns(patterns: Any) -> list[URLPattern]:
    found = []
    for one in patterns:
        found += [one] if isinstance(one, URLPattern) else _patterns(one.url_patterns) if str(one.pattern) == "" else []
    return found
