"""Book several shows of a theater with one call."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.services import hold_seats as hold_module
from bookings.services.cancel import cancel_tickets
from bookings.services.places import InTheWay
from events.models import Show
from testing.api_client import ApiClient, problem
from testing.bookings import captured, lapse, make_hold, race, seats_of
from testing.builders import make_hall, make_show, make_theater, make_user
from waiting_room.rooms import find_room

pytestmark = pytest.mark.django_db


def make_week() -> tuple[Show, Show]:
    """Make two shows in one hall of one theater, so that they share their seats; the second one starts earlier."""
    friday = make_show(hall=make_hall(rows=3, seats=6, standing=20), in_hours=72)
    sunday = make_show(hall=friday.hall, event=friday.event, in_hours=48)
    return friday, sunday


@pytest.fixture
def week(db: None) -> tuple[Show, Show]:
    return make_week()


@pytest.fixture
def api(customer: User) -> ApiClient:
    return ApiClient(customer)


def item(show: Show, *indices: int, **more: object) -> dict[str, object]:
    return {"show": show.code, "seats": [{"seat": seats_of(show)[index].pk} for index in indices], **more}


def best(show: Show, quantity: int) -> dict[str, object]:
    return {"show": show.code, "best_available": {"quantity": quantity}}


def wish(*items: object, **more: object) -> dict[str, object]:
    return {"items": items, **more}


def test_several_shows_become_one_booking(week, api, customer):
    friday, sunday = week
    area = {"area": friday.areas.get().area_id, "quantity": 2}
    response = api.post("/bookings", wish(item(friday, 0, 1, areas=[area]), best(sunday, 3)))
    body = response.json()
    booking = Booking.objects.get()
    assert (response.status_code, body["code"], body["total"]) == (201, booking.code, "140.00")
    assert (booking.customer, booking.channel, booking.theater) == (customer, Booking.Channel.API, friday.hall.theater)
    assert [show["code"] for show in body["shows"]] == [sunday.code, friday.code]
    assert body["show"] == body["shows"][0]
    assert [ticket["show"] for ticket in body["tickets"]] == [sunday.code] * 3 + [friday.code] * 4
    assert body == api.get(f"/bookings/{body['code']}").json() == api.get("/bookings").json()["items"][0]
    paid = api.post(f"/bookings/{body['code']}/pay", {"gateway": "sandbox", "token": "approve"}).json()
    assert (paid["state"], captured(booking).amount) == ("confirmed", 140)
    assert {ticket["qr"].split(".")[3] for ticket in paid["tickets"]} == {friday.code, sunday.code}


def test_one_item_is_a_booking_of_one_show(week, api):
    body = api.post("/bookings", wish(item(week[0], 0))).json()
    assert [show["code"] for show in body["shows"]] == [body["show"]["code"]] == [week[0].code]


def test_shows_without_valid_tickets_are_not_listed(week, api, customer):
    friday, sunday = week
    body = api.post("/bookings", wish(item(friday, 0), item(sunday, 1))).json()
    api.post(f"/bookings/{body['code']}/pay", {"gateway": "sandbox", "token": "approve"})
    booking = Booking.objects.get()
    cancel_tickets(booking=booking, tickets=list(booking.tickets.filter(show=sunday)), by=customer)
    body = api.get(f"/bookings/{body['code']}").json()
    assert ([show["code"] for show in body["shows"]], body["show"]["code"]) == ([friday.code], friday.code)
    assert [(ticket["show"], ticket["state"]) for ticket in body["tickets"]] == [
        (sunday.code, "canceled"),
        (friday.code, "issued"),
    ]


def test_everything_that_is_gone_is_named_and_nothing_is_held(week, api):
    friday, sunday = week
    make_hold(friday, 1, email="rival@example.com")
    make_hold(sunday, 0, 1, email="rival@example.com")
    area = sunday.areas.get()
    area.capacity = 1
    area.save()
    before = Ticket.objects.count()
    areas = [{"area": area.area_id, "quantity": 2}]
    response = api.post("/bookings", wish(item(friday, 0, 1), item(sunday, 0, areas=areas), voucher=""))
    assert problem(response) == (409, "seats-unavailable")
    seats = seats_of(friday)
    assert response.json()["seats"] == [
        {"id": seats[1].pk, "label": "Stalls, row A, seat 2", "show": friday.code},
        {"id": seats[0].pk, "label": "Stalls, row A, seat 1", "show": sunday.code},
    ]
    assert response.json()["areas"] == [{"id": area.area_id, "label": "Floor", "show": sunday.code}]
    assert f"{friday}: Stalls, row A, seat 2" in response.json()["detail"]
    assert Ticket.objects.count() == before


def test_a_party_that_fits_nowhere_is_named_by_its_show(week, api):
    friday, sunday = week
    Show.objects.update(tickets_per_customer=20)
    response = api.post("/bookings", wish(item(friday, 0), best(sunday, 19)))
    assert problem(response) == (409, "seats-unavailable")
    assert (response.json()["show"], response.json()["seats"]) == (sunday.code, [])
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("change", "slug", "pointer"),
    [
        ({"show": "NOSUCH"}, "invalid-input", "#/items/1/show"),
        ({"show": "\x01"}, "invalid-input", "#/items/1/show"),
        ({"seats": []}, "invalid-input", "#/items/1"),
        ({"seats": [{"seat": 0}]}, "invalid-input", "#/items/1/seats/0/seat"),
        ({"best_available": {"quantity": 1}}, "invalid-input", "#/items/1"),
        ({"voucher": "SPRING"}, "invalid-input", "#/items/1/voucher"),
        ({"seats": [{"seat": 2**63 - 1}]}, "unknown-place", None),
        ({"areas": [{"area": 987654321, "quantity": 1}]}, "unknown-place", None),
    ],
)
def test_bad_input_is_found_at_its_item(week, api, change, slug, pointer):
    friday, sunday = week
    response = api.post("/bookings", wish(item(friday, 0), item(sunday, 1) | change))
    assert problem(response) == (422, slug)
    if pointer:
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    else:
        assert response.json()["show"] == sunday.code
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"show": "ABC"}, ["#/show"]),
        ({"seats": [{"seat": 1}]}, ["#"]),
        ({"best_available": {"quantity": 1}}, ["#"]),
        ({"items": []}, ["#/show"]),
        ({"items": [{}] * 11}, ["#/items"]),
    ],
)
def test_one_show_or_several(week, api, change, pointers):
    response = api.post("/bookings", wish(item(week[0], 0)) | change)
    assert problem(response) == (422, "invalid-input")
    assert [error["pointer"] for error in response.json()["errors"]] == pointers
    assert not Booking.objects.exists()


def test_each_show_is_named_once(week, api):
    response = api.post("/bookings", wish(item(week[0], 0), item(week[1], 0), item(week[0], 1)))
    assert problem(response) == (422, "invalid-input")
    assert [error["pointer"] for error in response.json()["errors"]] == ["#/items/2/show"]


def test_shows_of_two_theaters_are_refused(week, api):
    elsewhere = make_show(hall=make_hall(theater=make_theater("Elsewhere")))
    response = api.post("/bookings", wish(item(week[0], 0), item(elsewhere, 0)))
    assert problem(response) == (422, "several-theaters")
    assert not Booking.objects.exists()


def test_each_show_has_its_own_limit(week, api):
    friday, sunday = week
    Show.objects.filter(pk=sunday.pk).update(tickets_per_customer=2)
    for asked in (item(sunday, 0, 1, 2), best(sunday, 3)):
        response = api.post("/bookings", wish(item(friday, 0, 1, 2), asked))
        assert problem(response) == (422, "too-many-tickets")
        assert (response.json()["limit"], response.json()["show"]) == (2, sunday.code)
    assert not Booking.objects.exists()
    assert api.post("/bookings", wish(item(friday, 0, 1, 2), item(sunday, 0, 1))).status_code == 201
    assert problem(api.post("/bookings", wish(item(friday, 3), item(sunday, 3)))) == (422, "too-many-tickets")


def test_a_show_that_is_not_on_sale_is_named(week, api):
    friday, sunday = week
    Show.objects.filter(pk=sunday.pk).update(state=Show.State.CANCELED)
    response = api.post("/bookings", wish(item(friday, 0), item(sunday, 0)))
    assert (problem(response), response.json()["show"]) == ((409, "not-on-sale"), sunday.code)
    assert not Booking.objects.exists()


def test_a_voucher_is_for_all_shows_that_it_fits(week, api):
    friday, sunday = week
    other = make_show(hall=make_hall(theater=friday.hall.theater), in_hours=96)
    voucher = Voucher.objects.create(code="SPRING", theater=friday.hall.theater, percent=50, event=friday.event)
    # The show that it is not for comes first.
    body = api.post("/bookings", wish(item(other, 0), item(friday, 0), item(sunday, 0), voucher="SPRING")).json()
    assert (body["total"], body["discount"], body["voucher"]) == ("40.00", "20.00", "SPRING")
    voucher.refresh_from_db()
    assert voucher.used == 1
    response = api.post("/bookings", wish(item(other, 1), voucher="SPRING"))
    assert problem(response) == (422, "voucher-refused")


def test_lapsed_holds_give_way_at_every_show(week, api):
    friday, sunday = week
    basket = make_hold(sunday, 0, email="rival@example.com", into=make_hold(friday, 0, email="rival@example.com"))
    lapse(basket)
    assert api.post("/bookings", wish(item(friday, 0), item(sunday, 0))).status_code == 201
    basket.refresh_from_db()
    assert basket.state == Booking.State.EXPIRED


@pytest.mark.slow
@pytest.mark.parametrize("second", [item, lambda show, *_indices: best(show, 2)])
def test_a_key_finds_the_same_basket(week, api, rival, second: Callable[..., Any]):
    friday, sunday = week
    Voucher.objects.create(code="SPRING", theater=friday.hall.theater, amount=Decimal(6))
    body = wish(item(friday, 0, 1), second(sunday, 0, 1), voucher="SPRING")
    first, again = (api.post("/bookings", body, Idempotency_Key="week") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    others = (
        wish(item(friday, 0, 1), voucher="SPRING"),
        wish(item(friday, 0, 1), second(sunday, 0, 1)),
        wish(item(friday, 0, 1), best(sunday, 1), voucher="SPRING"),
        wish(item(friday, 0, 2), second(sunday, 0, 1), voucher="SPRING"),
        item(friday, 0, 1, voucher="SPRING"),
        best(sunday, 2),
    )
    for other in others:
        assert problem(api.post("/bookings", other, Idempotency_Key="week")) == (422, "idempotency-key-reused"), other
    stranger = ApiClient(rival).post("/bookings", wish(item(friday, 3)), Idempotency_Key="week")
    assert stranger.json()["code"] != first.json()["code"]
    assert Booking.objects.count() == 2


def test_statements(week, api):
    friday, sunday = week
    for show in week:
        api.get(f"/shows/{show.code}/availability")
    # Which shows have a waiting room is read twice a minute for the whole site.
    find_room(friday.code)
    body = wish(item(friday, 0, 1), item(sunday, 0, 1))
    with CaptureQueriesContext(connection) as held:
        assert api.post("/bookings", body).status_code == 201
    statements = [query["sql"] for query in held if "SAVEPOINT" not in query["sql"]]
    # The token's; then eight as for one show, and four more for the second.
    assert len(statements) <= 13, statements


def ask_for_both(week: tuple[Show, Show]) -> list[Any]:
    """Let six customers ask for the same two seats of two shows at the same moment, named in either order."""
    items = [item(show, 0, 1) for show in week]
    calls = []
    for number in range(6):
        client = ApiClient(make_user(f"{number}@example.com"))
        calls.append(partial(client.post, "/bookings", wish(*(items if number % 2 else reversed(items)))))
    return race(*calls)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_customer_gets_all_and_the_others_nothing():
    answers = ask_for_both(make_week())
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert Ticket.objects.live().count() == 4
    assert Booking.objects.count() == 1


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_unique_index_alone_decides_between_items(monkeypatch: pytest.MonkeyPatch):
    week = make_week()
    monkeypatch.setattr(hold_module, "find_all_in_the_way", lambda *args, **kwargs: InTheWay(set(), set()))
    answers = ask_for_both(week)
    assert sum(getattr(answer, "status_code", 0) == 201 for answer in answers) == 1
    assert Ticket.objects.live().count() == 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_key_at_the_same_moment_makes_one_basket():
    friday, sunday = make_week()
    user = make_user("customer@example.com")
    body = wish(item(friday, 0), best(sunday, 2))
    calls = [partial(ApiClient(user).post, "/bookings", body, Idempotency_Key="one") for _ in range(4)]
    answers = race(*calls)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Booking.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_asks_for_the_best_seats_of_two_shows_is_seated():
    week = make_week()
    clients = [ApiClient(make_user(f"{number}@example.com")) for number in range(6)]
    orders = [wish(*(best(show, 2) for show in order)) for order in (week, week[::-1])]
    answers = race(*(partial(client.post, "/bookings", orders[number % 2]) for number, client in enumerate(clients)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert Ticket.objects.live().count() == 24
