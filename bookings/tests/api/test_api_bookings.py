"""Book, pay, read and cancel by API."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.services.confirm import confirm_payment
from bookings.throttles import WRONG_CODES
from bookings.tickets.codes import read
from events.models import Price, Show, TicketType
from legal.texts import read_links
from payments.models import Payment, Refund
from testing.api_client import ApiClient, problem
from testing.bookings import captured, lapse, make_hold, make_paid, race, seats_of
from testing.builders import make_hall, make_show, make_user
from theaters.directory import read_directory
from waiting_room.rooms import find_room

pytestmark = pytest.mark.django_db
APPROVE = {"gateway": "sandbox", "token": "approve"}


@pytest.fixture
def show(db: None) -> Show:
    return make_show(hall=make_hall(rows=3, seats=6, standing=20))


@pytest.fixture
def api(customer: User) -> ApiClient:
    return ApiClient(customer)


def wish(show: Show, *indices: int, **more: object) -> dict[str, object]:
    return {"show": show.code, "seats": [{"seat": seats_of(show)[index].pk} for index in indices], **more}


def test_seats_are_held(show, api, customer):
    response = api.post("/bookings", wish(show, 0, 1))
    body = response.json()
    booking = Booking.objects.get()
    assert response.status_code == 201
    assert (body["code"], body["state"], body["currency"], body["total"]) == (booking.code, "held", "EUR", "40.00")
    assert (booking.customer, booking.channel) == (customer, Booking.Channel.API)
    assert body["show"]["title"] == "Hamlet"
    assert [ticket["label"] for ticket in body["tickets"]] == ["Stalls, row A, seat 1", "Stalls, row A, seat 2"]
    assert {(ticket["price"], ticket["qr"], ticket["state"]) for ticket in body["tickets"]} == {("20.00", None, "held")}
    assert body["expires_at"]


def test_the_best_seats_for_tickets_of_several_types(show, api):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=3)
    adult = TicketType.objects.get(theater=show.hall.theater, name="Adult")
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=Decimal(8))
    tickets = [{"ticket_type": adult.pk, "quantity": 2}, {"ticket_type": child.pk, "quantity": 1}]
    asked = {"show": show.code, "best_available": {"tickets": tickets, "across_aisle": True}}
    body = api.post("/bookings", asked, Idempotency_Key="family").json()
    assert body["total"] == "48.00"
    assert [ticket["ticket_type"] for ticket in body["tickets"]] == ["Adult", "Adult", "Child"]
    assert len({ticket["label"].partition(", seat")[0] for ticket in body["tickets"]}) == 1
    assert api.post("/bookings", asked, Idempotency_Key="family").json()["code"] == body["code"]


@pytest.mark.parametrize(
    "best",
    [
        {},
        {"quantity": None},
        {"tickets": []},
        {"quantity": 1, "tickets": [{"ticket_type": 1, "quantity": 1}]},
        {"ticket_type": 1, "tickets": [{"ticket_type": 1, "quantity": 1}]},
        {"tickets": [{"ticket_type": 1, "quantity": 1}, {"ticket_type": 1, "quantity": 2}]},
        {"tickets": [{"ticket_type": 1, "quantity": 60}, {"ticket_type": 2, "quantity": 60}]},
        {"tickets": [{"ticket_type": 1, "quantity": 0}]},
        {"quantity": 2, "accessible": 3},
        {"quantity": 2, "accessible": -1},
        {"quantity": 2, "beside": 1},
    ],
)
def test_a_wish_for_best_seats_that_makes_no_sense_is_refused(show, api, best):
    response = api.post("/bookings", {"show": show.code, "best_available": best})
    assert problem(response) == (422, "invalid-input")
    assert not Booking.objects.exists()


def test_areas_ticket_types_and_vouchers(show, api):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=3)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=Decimal(8))
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, amount=Decimal(6))
    area = show.areas.get().area_id
    body = api.post(
        "/bookings",
        {"show": show.code, "areas": [{"area": area, "quantity": 2, "ticket_type": child.pk}], "voucher": "SPRING"},
    ).json()
    assert (body["total"], body["discount"], body["voucher"]) == ("10.00", "6.00", "SPRING")
    assert [(one["label"], one["ticket_type"], one["area"]) for one in body["tickets"]] == [
        ("Floor", "Child", area)
    ] * 2


def test_the_best_seats_are_found_and_held(show, api):
    body = api.post("/bookings", {"show": show.code, "best_available": {"quantity": 3}}).json()
    rows = {ticket["label"].split(",")[1] for ticket in body["tickets"]}
    assert len(body["tickets"]) == 3
    assert len(rows) == 1


def test_a_party_that_fits_nowhere_is_refused(show, api):
    for number in range(0, 18, 2):
        make_hold(show, number, email=f"{number}@example.com")
    response = api.post("/bookings", {"show": show.code, "best_available": {"quantity": 10}})
    assert problem(response) == (409, "seats-unavailable")
    assert response.json()["seats"] == []
    assert not Booking.objects.filter(channel=Booking.Channel.API).exists()


@pytest.mark.slow
def test_the_same_key_finds_the_same_booking(show, api, rival):
    for body in (wish(show, 2), {"show": show.code, "best_available": {"quantity": 2}}):
        key = f"key-{len(body)}-{'seats' in body}"
        first = api.post("/bookings", body, Idempotency_Key=key)
        second = api.post("/bookings", body, Idempotency_Key=key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        other = {"show": show.code, "best_available": {"quantity": 5}}
        assert problem(api.post("/bookings", other, Idempotency_Key=key)) == (422, "idempotency-key-reused")
        stranger = ApiClient(rival).post("/bookings", other | {"best_available": {"quantity": 1}}, Idempotency_Key=key)
        assert stranger.json()["code"] != first.json()["code"]


def test_taken_seats_are_named_and_nothing_is_kept(show, api):
    make_hold(show, 1, 2, email="rival@example.com")
    response = api.post("/bookings", wish(show, 0, 1, 2))
    assert problem(response) == (409, "seats-unavailable")
    assert response.json()["seats"] == [
        {"id": seats_of(show)[index].pk, "label": f"Stalls, row A, seat {index + 1}"} for index in (1, 2)
    ]
    assert Booking.objects.count() == 1


def test_full_areas_are_named(show, api):
    area = show.areas.get()
    response = api.post("/bookings", {"show": show.code, "areas": [{"area": area.area_id, "quantity": 10}]})
    assert response.status_code == 201
    area.refresh_from_db()
    area.capacity = 15
    area.save()
    rival = ApiClient(make_user("third@example.com"))
    response = rival.post("/bookings", {"show": show.code, "areas": [{"area": area.area_id, "quantity": 6}]})
    assert problem(response) == (409, "seats-unavailable")
    assert response.json()["areas"] == [{"id": area.area_id, "label": "Floor"}]


def test_a_show_that_is_not_on_sale_is_refused(api):
    over = make_show(sales_close_at=timezone.now() - timedelta(hours=1))
    assert problem(api.post("/bookings", wish(over, 0))) == (409, "not-on-sale")


def test_the_limit_for_one_customer(show, api):
    Show.objects.filter(pk=show.pk).update(tickets_per_customer=2)
    response = api.post("/bookings", wish(show, 0, 1, 2))
    assert problem(response) == (422, "too-many-tickets")
    assert response.json()["limit"] == 2
    assert problem(api.post("/bookings", {"show": show.code, "best_available": {"quantity": 3}})) == (
        422,
        "too-many-tickets",
    )


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"seats": []}, "invalid-input"),
        ({"seats": [{"seat": 0}]}, "invalid-input"),
        ({"seats": [{"seat": 2**63}]}, "invalid-input"),
        ({"seats": [{"seat": 2**63 - 1}]}, "unknown-place"),
        ({"seats": [{"chair": 1}]}, "invalid-input"),
        ({"best_available": {"quantity": 1}}, "invalid-input"),
        ({"seats": [], "best_available": {"quantity": 0}}, "invalid-input"),
        ({"seats": [], "areas": [{"area": 1, "quantity": 0}]}, "invalid-input"),
        ({"seats": [], "areas": [{"area": 987654321, "quantity": 1}]}, "unknown-place"),
        ({"show": "\x01"}, "invalid-input"),
        ({"show": 5}, "invalid-input"),
        ({"voucher": "\x01"}, "invalid-input"),
        ({"voucher": "NOSUCH"}, "voucher-refused"),
        ({"seat": 1}, "invalid-input"),
    ],
)
def test_bad_input_is_explained_and_changes_nothing(change, slug, show, api):
    response = api.post("/bookings", wish(show, 0) | change)
    assert problem(response) == (422, slug)
    assert not Booking.objects.exists()


def test_errors_point_at_what_is_wrong(show, api):
    body = api.post("/bookings", {"show": show.code, "seats": [{"seat": 1}, {"seat": "x"}]}).json()
    assert [error["pointer"] for error in body["errors"]] == ["#/seats/1/seat"]
    assert problem(api.post("/bookings", wish(show, 0) | {"show": "NOSUCH"})) == (404, "not-found")


def test_unreadable_bodies_are_refused(api):
    assert problem(api.post("/bookings", "[")) == (400, "bad-request")
    assert problem(api.post("/bookings", "[]"))[0] == 422


@pytest.mark.slow
def test_guessing_vouchers_is_throttled(show, api):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=50)
    for number in range(WRONG_CODES.limit):
        assert problem(api.post("/bookings", wish(show, 0, voucher=str(number)))) == (422, "voucher-refused")
    response = api.post("/bookings", wish(show, 0, voucher="SPRING"))
    assert problem(response) == (429, "too-many-requests")
    assert response["Retry-After"]
    assert not Booking.objects.exists()
    assert api.post("/bookings", wish(show, 0)).status_code == 201


def test_a_hold_is_paid_and_its_tickets_carry_codes(show, api):
    code = api.post("/bookings", wish(show, 0, 1)).json()["code"]
    response = api.post(f"/bookings/{code}/pay", APPROVE)
    body = response.json()
    assert (response.status_code, body["state"], body["expires_at"]) == (200, "confirmed", None)
    assert [read(ticket["qr"]) for ticket in body["tickets"]] == [ticket["code"] for ticket in body["tickets"]]
    assert captured(Booking.objects.get()).amount == 40


def test_paying_twice_pays_once(show, api):
    code = api.post("/bookings", wish(show, 0)).json()["code"]
    first, second = (api.post(f"/bookings/{code}/pay", APPROVE) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert Payment.objects.count() == 1


def test_a_declined_payment_keeps_the_hold(show, api):
    code = api.post("/bookings", wish(show, 0)).json()["code"]
    assert problem(api.post(f"/bookings/{code}/pay", APPROVE | {"token": "decline"})) == (402, "payment-declined")
    assert api.get(f"/bookings/{code}").json()["state"] == "held"
    assert api.post(f"/bookings/{code}/pay", APPROVE).json()["state"] == "confirmed"


def test_a_later_answer_confirms(show, api):
    code = api.post("/bookings", wish(show, 0)).json()["code"]
    response = api.post(f"/bookings/{code}/pay", APPROVE | {"token": "later"})
    assert (response.status_code, response.json()["state"]) == (202, "held")
    confirm_payment(payment=Payment.objects.get())
    assert api.get(f"/bookings/{code}").json()["state"] == "confirmed"
    assert api.post(f"/bookings/{code}/pay", APPROVE).status_code == 200


def test_a_lapsed_hold_cannot_be_paid(show, api, customer):
    booking = make_hold(show, 0, customer=customer)
    lapse(booking)
    assert api.get(f"/bookings/{booking.code}").json()["state"] == "expired"
    assert problem(api.post(f"/bookings/{booking.code}/pay", APPROVE)) == (409, "hold-expired")
    assert not Payment.objects.exists()


def test_a_free_booking_is_confirmed(api):
    show = make_show(price=0)
    code = api.post("/bookings", wish(show, 0)).json()["code"]
    assert api.post(f"/bookings/{code}/pay", APPROVE).json()["state"] == "confirmed"
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("payment", "slug"),
    [
        ({"gateway": "sandbox", "token": "maybe"}, "gateway-not-offered"),
        ({"gateway": "cash", "token": "approve"}, "gateway-not-offered"),
        ({"gateway": "nonsense", "token": "approve"}, "gateway-not-offered"),
        ({"gateway": "\x01", "token": "approve"}, "invalid-input"),
        ({"gateway": "sandbox"}, "invalid-input"),
        ({}, "invalid-input"),
    ],
)
def test_other_gateways_are_refused(payment, slug, show, api, customer):
    booking = make_hold(show, 0, customer=customer)
    assert problem(api.post(f"/bookings/{booking.code}/pay", payment)) == (422, slug)
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_ones_own_bookings_are_listed_in_pages(show, api, customer, rival):
    mine = [make_hold(show, number, customer=customer) for number in range(3)]
    make_hold(show, 4, customer=rival)
    body = api.get("/bookings").json()
    assert body["count"] == 3
    assert [item["code"] for item in body["items"]] == [booking.code for booking in reversed(mine)]
    page = api.get("/bookings?limit=1&offset=1").json()
    assert ([item["code"] for item in page["items"]], page["count"]) == ([mine[1].code], 3)
    assert problem(api.get("/bookings?limit=0")) == (422, "invalid-input")


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("delete", ""), ("post", "/pay")])
def test_others_cannot_read_pay_or_cancel(method, path, show, customer, request):
    booking = make_hold(show, 0, customer=customer)
    guest = make_hold(show, 1, email="rival@example.com")
    body = {"body": APPROVE} if method == "post" else {}
    for person in ("rival", "platform_admin"):
        client = ApiClient(request.getfixturevalue(person))
        for code in (booking.code, guest.code, "NOSUCH"):
            assert problem(getattr(client, method)(f"/bookings/{code}{path}", **body)) == (404, "not-found")
    assert problem(getattr(ApiClient(), method)(f"/bookings/{booking.code}{path}", **body)) == (401, "sign-in-required")
    assert not Booking.objects.exclude(state="held").exists()


@pytest.mark.parametrize(("method", "path"), [("get", "/bookings"), ("post", "/bookings"), ("post", "/check-ins")])
def test_strangers_have_to_sign_in(method, path):
    assert problem(getattr(ApiClient(), method)(path)) == (401, "sign-in-required")


def test_a_hold_is_released(show, api, customer):
    booking = make_hold(show, 0, customer=customer)
    for _ in range(2):
        body = api.delete(f"/bookings/{booking.code}").json()
        assert (body["state"], body["refund"]) == ("expired", None)
    assert not Ticket.objects.live().exists()


def test_a_booking_is_canceled_with_its_refund(show, api, customer):
    booking = make_paid(show, 0, 1, customer=customer)
    body = api.delete(f"/bookings/{booking.code}").json()
    assert body["state"] == "canceled"
    assert (body["refund"]["amount"], body["refund"]["currency"]) == ("40.00", "EUR")
    assert {ticket["state"] for ticket in body["tickets"]} == {"canceled"}
    again = api.delete(f"/bookings/{booking.code}").json()
    assert (again["state"], again["refund"]) == ("canceled", None)
    assert Refund.objects.count() == 1


def test_some_tickets_are_canceled(show, api, customer):
    booking = make_paid(show, 0, 1, 2, customer=customer)
    first, second, third = booking.tickets.order_by("seat__position")
    body = api.delete(f"/bookings/{booking.code}?ticket={first.code}&ticket={second.code}").json()
    assert (body["state"], body["refund"]["amount"]) == ("confirmed", "40.00")
    assert [ticket["state"] for ticket in body["tickets"]] == ["canceled", "canceled", "issued"]
    assert problem(api.delete(f"/bookings/{booking.code}?ticket=NOSUCHTICKET")) == (422, "invalid-input")
    third.refresh_from_db()
    assert third.state == Ticket.State.ISSUED


def test_tickets_that_may_not_be_canceled_stay(api, customer):
    booking = make_paid(make_show(refund_hours=None), 0, customer=customer)
    assert problem(api.delete(f"/bookings/{booking.code}")) == (409, "not-cancelable")
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_amounts_have_the_digits_of_their_currency(api):
    show = make_show(price="1500")
    Show.objects.filter(pk=show.pk).update(lowest_price=1500)
    show.hall.theater.currency = "JPY"
    show.hall.theater.save()
    body = api.post("/bookings", wish(show, 0)).json()
    assert (body["total"], body["currency"], body["tickets"][0]["price"]) == ("1500", "JPY", "1500")


@pytest.mark.slow
def test_statements(show, api, customer, django_assert_max_num_queries):
    for number in range(3):
        make_hold(show, number, customer=customer)
    # All theaters are read once a minute.
    read_directory()
    # One for the token, three for any number of bookings.
    with django_assert_max_num_queries(4):
        api.get("/bookings")
    make_hold(show, 3, 4, 5, customer=customer)
    with django_assert_max_num_queries(4):
        api.get("/bookings")
    api.get(f"/shows/{show.code}/availability")
    # Which shows have a waiting room is read twice a minute for the whole site.
    find_room(show.code)
    # Which legal pages there are, each minute.
    read_links(show.hall.theater_id)
    asked = wish(show, 7, 8)
    # The token's and the hold's own eight.
    with CaptureQueriesContext(connection) as held:
        body = api.post("/bookings", asked).json()
    # The token’s, the booking’s, and the payment’s own eleven.
    with CaptureQueriesContext(connection) as paid:
        assert api.post(f"/bookings/{body['code']}/pay", APPROVE).json()["state"] == "confirmed"
    for queries, limit in ((held, 9), (paid, 13)):
        statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(statements) <= limit, statements


def test_a_new_booking_is_described_as_when_it_is_read_later(show, api):
    area = show.areas.get().area_id
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=50)
    made = api.post("/bookings", wish(show, 7, 2, areas=[{"area": area, "quantity": 2}], voucher="SPRING")).json()
    assert made == api.get(f"/bookings/{made['code']}").json()
    paid = api.post(f"/bookings/{made['code']}/pay", APPROVE).json()
    assert paid == api.get(f"/bookings/{made['code']}").json()


@pytest.mark.django_db(transaction=True)
def test_one_of_two_customers_gets_the_seat():
    show = make_show()
    clients = [ApiClient(make_user(f"{number}@example.com")) for number in range(2)]
    answers = race(*[lambda client=client: client.post("/bookings", wish(show, 0, 1)) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Ticket.objects.live().count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_asks_for_the_best_seats_is_seated():
    show = make_show(hall=make_hall(rows=6, seats=10))
    clients = [ApiClient(make_user(f"{number}@example.com")) for number in range(8)]
    body = {"show": show.code, "best_available": {"quantity": 2}}
    answers = race(*[lambda client=client: client.post("/bookings", body) for client in clients])
    assert [answer.status_code for answer in answers] == [201] * 8
    assert Ticket.objects.live().count() == 16


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_key_at_the_same_moment_makes_one_booking():
    show = make_show(hall=make_hall(rows=6, seats=10))
    client_of = make_user("customer@example.com")
    clients = [ApiClient(client_of) for _ in range(4)]
    body = {"show": show.code, "best_available": {"quantity": 2}}
    answers = race(*[lambda c=client: c.post("/bookings", body, Idempotency_Key="one") for client in clients])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Booking.objects.count() == 1
