"""The waiting list on pages: for customers, guests and staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings import throttles
from bookings.models import Booking
from bookings.services.release_hold import release_hold
from events.models import Price, Show, TicketType
from notifications.models import Notification
from testing.bookings import lapse, make_hold
from testing.builders import from_now, make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater
from waiting_list.access import entry_path
from waiting_list.join import join
from waiting_list.models import WaitingListEntry
from waiting_list.offers import offer_free_places

pytestmark = pytest.mark.django_db

State = WaitingListEntry.State


@pytest.fixture
def show(theater: Theater) -> Show:
    show = make_show(hall=make_hall(theater=theater, rows=1, seats=4))
    make_hold(show, 0, 1, email="a@example.com")
    make_hold(show, 2, 3, email="b@example.com")
    return show


def address(show: Show) -> str:
    return reverse("waiting_list:join", args=[show.code])


def send(client: Client, show: Show, **data: Any) -> Any:
    return client.post(address(show), {"party_size": 2, "sits_together": "on", **data}, follow=True)


def offer(show: Show, entry: WaitingListEntry) -> WaitingListEntry:
    release_hold(booking=Booking.objects.get(email="a@example.com"))
    assert offer_free_places(show.pk) == 1
    entry.refresh_from_db()
    return entry


@pytest.mark.slow
def test_a_guest_joins_looks_and_leaves(show: Show, client: Client) -> None:
    assert address(show) in client.get(show.get_absolute_url()).content.decode()
    assert 'name="email"' in client.get(address(show)).content.decode()
    answer = send(client, show, email="Guest@Example.com")
    entry = WaitingListEntry.objects.get(email="guest@example.com")
    assert entry.sits_together
    assert "guest@example.com" in answer.content.decode()
    assert entry_path(entry) in answer.content.decode()
    page = client.get(entry_path(entry))
    assert "You are first in line" in page.content.decode()
    assert (page["Cache-Control"].count("no-store"), page["Referrer-Policy"]) == (1, "same-origin")
    # From the mail, in any browser.
    left = Client().post(entry_path(entry), {"action": "leave"}, follow=True)
    assert "You have left the list" in left.content.decode()
    assert entry_path(entry) not in client.get(reverse("bookings:list")).content.decode()


def test_a_second_time_reveals_nothing(show: Show, client: Client) -> None:
    entry = join(show=show, party_size=2, email="guest@example.com")
    answer = send(client, show, email="guest@example.com", party_size=3)
    assert "You are on the waiting list" in answer.content.decode()
    assert entry_path(entry) not in answer.content.decode()
    entry.refresh_from_db()
    assert entry.party_size == 2
    assert Notification.objects.filter(kind="waiting_list_joined").count() == 1


@pytest.mark.slow
def test_mail_for_strangers_is_throttled(show: Show, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MAIL_FOR_NETWORK", replace(throttles.MAIL_FOR_NETWORK, limit=3))
    for number in range(5):
        answer = send(client, show, email=f"guest-{number}@example.com")
    assert "try again in an hour" in answer.content.decode()
    assert WaitingListEntry.objects.count() == 3


@pytest.mark.slow
def test_invalid_input_is_explained(show: Show, client: Client, customer: User) -> None:
    assert "field--invalid" in send(client, show, email="nobody").content.decode()
    client.force_login(customer)
    Show.objects.filter(pk=show.pk).update(tickets_per_customer=2)
    make_hold(make_show(), 0, customer=customer)
    assert "field--invalid" in send(client, show, party_size=11).content.decode()
    release_hold(booking=Booking.objects.get(email="a@example.com"))
    assert send(client, show).redirect_chain[-1][0] == show.get_absolute_url()
    assert not WaitingListEntry.objects.exists()
    for path in ("/waiting-list/ABCDEFGHJKMN/", "/waiting-list/ABCDEFGHJKMN~x/", "/shows/NOSUCH/waiting-list/"):
        assert client.get(path).status_code == 404


def test_a_show_with_free_places_has_no_list(theater: Theater, client: Client) -> None:
    free = make_show(hall=make_hall(theater=theater, rows=2, seats=10))
    assert address(free) not in client.get(free.get_absolute_url()).content.decode()
    assert client.get(address(free)).url == free.get_absolute_url()
    closed = make_show(hall=make_hall(theater=theater, rows=1, seats=1), in_hours=-1)
    assert client.get(address(closed)).url == closed.get_absolute_url()


@pytest.mark.slow
def test_a_customer_finds_the_offer_and_changes_the_ticket_types(show: Show, client: Client, customer: User) -> None:
    client.force_login(customer)
    assert "You are first in line" in send(client, show).content.decode()
    entry = offer(show, WaitingListEntry.objects.get(customer=customer))
    assert entry.booking is not None
    assert entry.booking.code in client.get(reverse("bookings:list")).content.decode()
    # With only the link, the visitor has to sign in: the booking is the account's.
    assert "/login/" in Client().post(entry_path(entry), {"action": "book"}).url
    checkout = client.post(entry_path(entry), {"action": "book"})
    assert checkout.url == reverse("bookings:checkout", args=[entry.booking.code])
    assert client.get(checkout.url).status_code == 200

    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=9)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=5)
    seats = [ticket.seat_id for ticket in entry.booking.tickets.all()]
    choice = {"seat": seats, **{f"type-{seat}": child.pk for seat in seats}}
    client.post(reverse("bookings:hold", args=[show.code]), choice)
    old = entry.booking
    entry.refresh_from_db()
    assert entry.state == State.OFFERED
    assert entry.booking == old
    assert (entry.booking.total, entry.booking.expires_at) == (10, old.expires_at)  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_hold_for_more_people_than_the_offer_is_none(show: Show, client: Client, customer: User) -> None:
    entry = offer(show, join(show=show, party_size=2, email="", customer=customer))
    offered = entry.booking
    assert offered is not None
    other = Booking.objects.get(email="b@example.com")
    more = [*offered.tickets.values_list("seat_id", flat=True), other.tickets.values_list("seat_id", flat=True)[0]]
    release_hold(booking=other)
    client.force_login(customer)
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": more})
    entry.refresh_from_db()
    assert entry.booking == offered
    hold = Booking.objects.get(customer=customer, state=Booking.State.HELD)
    assert (hold.tickets.count(), hold.expires_at == offered.expires_at) == (3, False)


@pytest.mark.slow
def test_an_offer_is_given_back_by_its_link(show: Show) -> None:
    entry = offer(show, join(show=show, party_size=2, email="guest@example.com"))
    client = Client()
    assert "Places are held for you" in client.get(entry_path(entry)).content.decode()
    booked = client.post(entry_path(entry), {"action": "book"}, follow=True)
    assert booked.status_code == 200
    client.post(entry_path(entry), {"action": "leave"})
    entry.refresh_from_db()
    assert (entry.state, entry.booking.state) == (State.LEFT, Booking.State.EXPIRED)  # type: ignore[union-attr]
    assert client.post(entry_path(entry), {"action": "book"}, follow=True).status_code == 200


def test_who_books_what_is_not_offered_stays_in_line(show: Show) -> None:
    entry = join(show=show, party_size=2, email="guest@example.com")
    page = Client().post(entry_path(entry), {"action": "book"}, follow=True)
    assert "You are first in line" in page.content.decode()


def test_who_books_an_offer_that_has_just_ended_reads_so(show: Show) -> None:
    entry = offer(show, join(show=show, party_size=2, email="guest@example.com"))
    assert entry.booking is not None
    lapse(entry.booking)
    page = Client().post(entry_path(entry), {"action": "book"}, follow=True)
    assert "Your time for these places is up" in page.content.decode()


def test_a_sold_out_date_leads_to_the_list(show: Show, client: Client) -> None:
    assert address(show) in client.get(show.event.get_absolute_url()).content.decode()


class TestConsole:
    @pytest.fixture
    def line(self, show: Show) -> list[WaitingListEntry]:
        return [join(show=show, party_size=2, email=f"{name}@example.com") for name in ("first", "second")]

    def page(self, entry: WaitingListEntry, view: str) -> str:
        return reverse(f"admin:waiting_list_waitinglistentry_{view}", args=[entry.pk])

    @pytest.mark.slow
    def test_staff_see_the_line_and_offer_out_of_turn(
        self, show: Show, line: list[WaitingListEntry], client: Client, box_office: User
    ) -> None:
        client.force_login(box_office)
        listed = client.get(reverse("admin:waiting_list_waitinglistentry_changelist")).content.decode()
        assert "second@example.com" in listed
        assert "2 people, side by side" in listed
        second = line[1]
        offer_page = self.page(second, "offer_now")
        assert "There are currently no free places" in client.post(offer_page, {"reason": "a friend"}).content.decode()
        release_hold(booking=Booking.objects.get(email="a@example.com"))
        assert "This field is required" in client.post(offer_page, {}).content.decode()
        assert client.post(offer_page, {"reason": "wheelchair"}).status_code == 302
        second.refresh_from_db()
        assert second.state == State.OFFERED
        entry = AuditEntry.objects.get(action="offer out of turn")
        assert (entry.by, entry.reason, entry.theater_id) == (box_office, "wheelchair", show.hall.theater_id)
        assert client.get(self.page(second, "change")).status_code == 200
        # A second click finds that it is done.
        assert client.post(offer_page, {"reason": "again"}).status_code in (302, 403)

    def test_staff_take_a_party_off(self, line: list[WaitingListEntry], client: Client, box_office: User) -> None:
        client.force_login(box_office)
        assert client.post(self.page(line[0], "take_off"), {"reason": "asked by phone"}).status_code == 302
        line[0].refresh_from_db()
        assert line[0].state == State.LEFT
        assert AuditEntry.objects.get(action="take off the waiting list").reason == "asked by phone"

    @pytest.mark.parametrize("who", ["other_manager", "door_staff", "accountant", "customer"])
    def test_other_roles_may_not(
        self, who: str, line: list[WaitingListEntry], client: Client, request: pytest.FixtureRequest
    ) -> None:
        client.force_login(request.getfixturevalue(who))
        for view in ("offer_now", "take_off"):
            client.post(self.page(line[0], view), {"reason": "mine"})
        line[0].refresh_from_db()
        assert line[0].state == State.WAITING

    @pytest.mark.slow
    def test_the_list_asks_a_fixed_number_of_statements(
        self,
        show: Show,
        line: list[WaitingListEntry],
        client: Client,
        manager: User,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(8):
            entry = join(show=show, party_size=2, email=f"more-{number}@example.com")
            WaitingListEntry.objects.filter(pk=entry.pk).update(joined_at=entry.joined_at + timedelta(minutes=number))
        client.force_login(manager)
        client.get(reverse("admin:waiting_list_waitinglistentry_changelist"))
        with django_assert_max_num_queries(16):
            client.get(reverse("admin:waiting_list_waitinglistentry_changelist"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "became",
    [
        ({"state": "confirmed", "confirmed_at": timedelta(0)}, "You have booked", "booked"),
        ({"state": "canceled"}, "You have booked", "booked"),
        ({"state": "expired"}, "Your time for these places is up", "lapsed"),
        ({"expires_at": -timedelta(hours=1)}, "Your time for these places is up", "lapsed"),
        ({}, "Places are held for you", "offered"),
    ],
)
def test_the_fate_of_an_offer_shows_at_once(
    became: tuple[dict[str, object], str, str], show: Show, client: Client, manager: User
) -> None:
    """Entries follow their bookings within a minute; what is read of them does not wait for it."""
    booking, on_page, in_list = became
    send(client, show, email="guest@example.com")
    entry = offer(show, WaitingListEntry.objects.get())
    Booking.objects.filter(pk=entry.booking_id).update(**from_now(booking))
    entry.refresh_from_db()
    assert entry.state == "offered"
    assert on_page in client.get(entry_path(entry)).content.decode()
    page = signed_in(manager).get(reverse("admin:waiting_list_waitinglistentry_changelist"))
    assert str(WaitingListEntry.State(in_list).label) in page.content.decode()


@pytest.mark.slow
def test_an_offer_of_a_show_that_is_canceled_has_ended(show: Show, client: Client) -> None:
    send(client, show, email="guest@example.com")
    entry = offer(show, WaitingListEntry.objects.get())
    Booking.objects.filter(pk=entry.booking_id).update(state="expired")
    Show.objects.filter(pk=show.pk).update(state="canceled")
    assert "This list has ended" in client.get(entry_path(entry)).content.decode()
