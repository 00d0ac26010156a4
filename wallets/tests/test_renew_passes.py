"""Passes follow their tickets, and wallets are told."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from bookings.models import Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.move_tickets import move_tickets
from bookings.services.pass_on import pass_on_ticket
from events.models import Event, Show
from testing.bookings import choose, make_paid
from testing.builders import make_hall, make_show
from testing.wallets import PASS_TYPE_ID, read_pass
from theaters.models import Brand, Theater
from wallets import passes
from wallets.apple import push
from wallets.apple.pkpass import make_pkpass
from wallets.keys import apple_keys
from wallets.models import Platform, WalletDevice, WalletPass
from wallets.passes import RELATED, RETRY_DELAYS, issue_pass, renew_changed, tell_wallets
from wallets.tasks import renew_passes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apple")]


@pytest.fixture
def show(theater):
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def booking(show, customer):
    return make_paid(show, 0, 1, customer=customer, email=customer.email)


def first(booking) -> Ticket:
    return booking.tickets.issued().select_related("show", "seat", "booking").order_by("seat__position", "pk").first()


@pytest.fixture
def made(booking):
    return issue_pass(first(booking), Platform.APPLE)


def now_says() -> dict[str, object]:
    """Return what the only pass of Apple's says now."""
    return read_pass(make_pkpass(WalletPass.objects.select_related(*RELATED).get(platform="apple"), apple_keys()))


def seat_of(said) -> str:
    return next(field["value"] for field in said["eventTicket"]["auxiliaryFields"] if field["key"] == "seat")


class Apple:
    """Stands for Apple's push service, at its address."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.answer = httpx.Response(200)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return self.answer


@pytest.fixture
def apns(monkeypatch):
    apple = Apple()
    client = httpx.Client(base_url=push.ADDRESS, transport=httpx.MockTransport(apple))
    monkeypatch.setattr(push, "_open_client", lambda _keys: client)
    yield apple
    client.close()


@pytest.fixture
def _device(made):
    WalletDevice.objects.create(owned=made, library="phone", push_token="0a" * 32)


def test_what_has_not_changed_is_left_alone(made):
    assert renew_changed() == 0
    assert WalletPass.objects.get().notify_at is None


CHANGES = {
    "canceled": lambda booking: cancel_tickets(booking=booking, tickets=[first(booking)], by=None),
    "show canceled": lambda booking: Show.objects.update(state=Show.State.CANCELED),
    "passed on": lambda booking: pass_on_ticket(
        booking=booking, ticket=first(booking), name="Ravi", email="ravi@example.com", by=None
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_ticket_that_ends_voids_its_pass(booking, made, change):
    code = made.ticket.code
    CHANGES[change](booking)
    assert renew_changed() == 1
    said = now_says()
    assert said["voided"] is True
    assert said["barcodes"][0]["altText"] == code
    assert renew_changed() == 0


def test_a_move_renews_it(booking, made, show):
    move_tickets(booking=booking, tickets=[made.ticket], seats=choose(show, 6), by=None)
    before = WalletPass.objects.get().changed_at
    assert renew_changed() == 1
    said = now_says()
    assert "voided" not in said
    assert (said["serialNumber"], seat_of(said)) == (made.serial, "3")
    assert said["barcodes"][0]["altText"] == first_at(booking, 2).code
    assert WalletPass.objects.get().changed_at > before


def first_at(booking, position: int) -> Ticket:
    return booking.tickets.issued().get(seat__position=position)


def test_an_exchange_for_another_show_renews_each(booking, made, theater):
    second = issue_pass(first_at(booking, 1), Platform.APPLE)
    other = make_show(hall=make_hall(theater=theater))
    tickets = list(booking.tickets.issued().select_related("show").order_by("pk"))
    exchange_tickets(booking=booking, wish=ExchangeWish(tickets, other, choose(other, 2, 3)), by=None)
    assert renew_changed() == 2
    renewed = WalletPass.objects.select_related("ticket__seat").in_bulk([made.pk, second.pk])
    assert [renewed[one.pk].ticket.show_id for one in (made, second)] == [other.pk] * 2
    assert {one.ticket.seat.position for one in renewed.values()} == {2, 3}
    assert [one.ticket.state for one in renewed.values()] == [Ticket.State.ISSUED] * 2
    # A move afterwards is followed, too.
    moved = renewed[made.pk].ticket
    move_tickets(booking=booking, tickets=[moved], seats=choose(other, 7), by=None)
    renew_changed()
    assert WalletPass.objects.get(pk=made.pk).ticket.seat.row == "B"


def test_the_friends_pass_is_not_the_customers(booking, made):
    passed_on = pass_on_ticket(booking=booking, ticket=made.ticket, name="Ravi", email="ravi@example.com", by=None)
    theirs = issue_pass(passed_on, Platform.APPLE)
    renew_changed()
    assert WalletPass.objects.get(pk=made.pk).ticket_id == made.ticket_id
    assert WalletPass.objects.get(pk=theirs.pk).ticket_id == passed_on.pk


def test_an_exchange_of_both_leaves_each_theirs(booking, customer, theater):
    kept, given = booking.tickets.issued().select_related("show", "booking").order_by("-pk")
    passed_on = pass_on_ticket(booking=booking, ticket=given, name="Ravi", email="ravi@example.com", by=None)
    own, theirs = issue_pass(kept, Platform.APPLE), issue_pass(passed_on, Platform.APPLE)
    other = make_show(hall=make_hall(theater=theater))
    tickets = [Ticket.objects.select_related("show").get(pk=one.pk) for one in (passed_on, kept)]
    exchange_tickets(booking=booking, wish=ExchangeWish(tickets, other, choose(other, 2, 3)), by=None)
    renew_changed()
    found = WalletPass.objects.select_related("ticket").in_bulk([own.pk, theirs.pk])
    assert found[own.pk].ticket.attendee_email == ""
    assert found[theirs.pk].ticket.attendee_email == "ravi@example.com"
    assert {one.ticket.show_id for one in found.values()} == {other.pk}


def test_a_new_ticket_that_has_a_pass_keeps_it(booking, made, show):
    move_tickets(booking=booking, tickets=[made.ticket], seats=choose(show, 6), by=None)
    again = issue_pass(first_at(booking, 2), Platform.APPLE)
    assert renew_changed() == 1
    assert WalletPass.objects.get(pk=made.pk).ticket_id == made.ticket_id
    assert WalletPass.objects.get(pk=again.pk).ticket_id == again.ticket_id


def move_later() -> None:
    show = Show.objects.get()
    show.doors_at = show.starts_at - timedelta(minutes=45)
    show.save()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Theater.objects.update(place="2 River Street"),
        lambda: Event.objects.update(title="Hamlet, revised"),
        lambda: Ticket.objects.update(attendee_name="Asha"),
        move_later,
    ],
    ids=["address", "title", "name", "time"],
)
def test_what_it_shows_renews_it(made, change):
    change()
    assert renew_changed() == 1
    assert renew_changed() == 0


def test_after_the_show_nothing_is_renewed(made):
    Event.objects.update(title="Another")
    assert renew_changed(made.ticket.show.ends_at) == 0


@pytest.mark.usefixtures("_device")
def test_every_device_is_told_once(booking, made, apns):
    WalletDevice.objects.create(owned=made, library="watch", push_token="0b" * 32)
    CHANGES["canceled"](booking)
    assert renew_passes() == 1
    assert {call.url.path for call in apns.calls} == {f"/3/device/{'0a' * 32}", f"/3/device/{'0b' * 32}"}
    for call in apns.calls:
        assert (call.method, call.headers["apns-topic"], call.content) == ("POST", PASS_TYPE_ID, b"{}")
    assert renew_passes() == 0
    assert len(apns.calls) == 2


@pytest.mark.usefixtures("_device")
@pytest.mark.parametrize(
    "answer",
    [httpx.Response(410, json={"reason": "Unregistered"}), httpx.Response(400, json={"reason": "BadDeviceToken"})],
    ids=["gone", "bad"],
)
def test_a_device_that_is_gone_is_forgotten(booking, made, apns, answer):
    apns.answer = answer
    CHANGES["canceled"](booking)
    renew_passes()
    assert not WalletDevice.objects.exists()
    assert WalletPass.objects.get().notify_at is None


@pytest.mark.usefixtures("_device")
@pytest.mark.parametrize("fault", ["answer", "network"])
def test_what_fails_is_tried_again_and_given_up_in_the_end(booking, made, apns, monkeypatch, fault):
    apns.answer = httpx.Response(503, text="no JSON")
    if fault == "network":
        monkeypatch.setattr(Apple, "__call__", _fail)
    CHANGES["canceled"](booking)
    at = timezone.now()
    renew_changed(at)
    for delay in RETRY_DELAYS:
        assert tell_wallets(at) == 1
        assert tell_wallets(at) == 0
        at += delay
    assert tell_wallets(at) == 1
    assert WalletPass.objects.get().notify_at is None
    assert WalletDevice.objects.exists()


def _fail(*_arguments: object) -> httpx.Response:
    raise httpx.ConnectError("no network")


@pytest.mark.usefixtures("_device")
def test_a_change_while_it_is_told_is_told_again(booking, made, apns, monkeypatch):
    CHANGES["canceled"](booking)
    renew_changed()

    def change_meanwhile(one: WalletPass) -> None:
        WalletPass.objects.update(version="newer")

    monkeypatch.setattr(passes, "push", change_meanwhile)
    tell_wallets()
    assert WalletPass.objects.get().notify_at is not None


def test_a_pass_takes_the_new_look_of_its_theater(made, theater):
    assert renew_changed() == 0
    brand = Brand.objects.create(name="Riverside Players", slug="riverside", color="#0b5d4a")
    Theater.objects.filter(pk=theater.pk).update(brand=brand)
    assert renew_changed() == 1
    assert now_says()["organizationName"] == "Riverside Players"
    # At once, whatever this process remembers of theaters.
    Brand.objects.update(color="#6a1b9a")
    assert renew_changed() == 1
    assert now_says()["labelColor"] == "rgb(106, 27, 154)"
    assert renew_changed() == 0
