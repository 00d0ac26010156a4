"""A booking's story in the console, and what staff can do with it, by role."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.access import guest_token
from bookings.models import Booking, Ticket
from door.models import CheckIn
from events.models import Show
from notifications.models import Notification
from payments.models import Refund
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
ACTIONS = ("resend", "contact", "names", "cancel", "goodwill", "note")


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=4))


@pytest.fixture
def booking(show: Show) -> Booking:
    return make_paid(show, 0, 1, email="guest@example.com")


def page_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


def act(client: Client, booking: Booking, slug: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:bookings_booking_{slug}", args=[booking.pk]), data)


def test_the_page_shows_the_whole_story(booking: Booking, manager: User, door_staff: User):
    ticket = booking.tickets.first()
    CheckIn.objects.create(ticket=ticket, gate="North", result="admitted", passage=1, by=door_staff)
    Notification.objects.filter(about=booking.code).update(state="failed", error="Mailbox full")
    page = signed_in(manager).get(page_of(booking)).content.decode()
    for told in (
        "Places held", "Payment of €40.00 started: Test payment", "€40.00 received", "Confirmed", "Mailbox full",
        "At the door: Stalls, row A, seat 1", "North", "door@example.com", ticket.code, "guest@example.com", "Hamlet",
    ):  # fmt: skip
        assert told in page, told
    again = reverse("admin:bookings_booking_message_again", args=[booking.pk, Notification.objects.get().pk])
    assert again in page
    assert signed_in(manager).post(again).status_code == 302
    assert Notification.objects.get().state == Notification.State.WAITING
    assert AuditEntry.objects.filter(action="send message").count() == 1


@pytest.mark.slow
def test_the_statements_of_the_page_are_fixed(show: Show, manager: User, rival: User, django_assert_max_num_queries):
    client = signed_in(manager)
    first = make_paid(show, 0, customer=rival)
    client.get(page_of(first))
    for number in range(1, 6):
        make_paid(show, number, customer=rival)
    with django_assert_max_num_queries(19):
        page = client.get(page_of(first))
    assert len(page.context["others"]) == 5


def test_the_list_says_who_where_and_which_seats(booking: Booking, manager: User):
    page = signed_in(manager).get(reverse("admin:bookings_booking_changelist"), {"q": "a 2"}).content.decode()
    for told in (booking.code, "guest@example.com", "Hamlet", "Stalls A 1, A 2", "confirmed"):
        assert told in page, told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("manager", set(ACTIONS)),
        ("box_office", set(ACTIONS)),
        ("programmer", set()),
        ("accountant", set()),
        ("door_staff", None),
        ("other_manager", None),
    ],
)
def test_each_role_may_do_its_part(role: str, may: set[str] | None, booking: Booking, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(page_of(booking)).status_code == (404 if may is None else 200)
    before = (Notification.objects.count(), AuditEntry.objects.count(), Refund.objects.count())
    for slug in ACTIONS:
        address = reverse(f"admin:bookings_booking_{slug}", args=[booking.pk])
        if may is not None and slug in may:
            assert client.get(address).status_code == 200, slug
            assert f'href="{address}"' in client.get(page_of(booking)).content.decode(), slug
        else:
            refused = 404 if may is None else 403
            assert client.get(address).status_code == refused, slug
            assert client.post(address, {"reason": "x", "email": "x@example.com"}).status_code == refused, slug
    assert (Notification.objects.count(), AuditEntry.objects.count(), Refund.objects.count()) == before


@pytest.mark.slow
def test_a_corrected_address_renews_the_link(booking: Booking, box_office: User, client: Client):
    old = reverse("bookings:guest", args=[guest_token(booking)])
    stranger = Client()
    assert stranger.get(old).status_code == 302
    assert stranger.get(booking.get_absolute_url()).status_code == 200

    given = {"name": "Ana Guest", "email": "Right@Example.com", "phone": "1", "send_tickets": "on", "reason": "typo"}
    staff = signed_in(box_office)
    for _time in range(2):
        assert act(staff, booking, "contact", **given).status_code == 302
    booking.refresh_from_db()
    assert (booking.name, booking.email) == ("Ana Guest", "right@example.com")
    assert AuditEntry.objects.get(action="correct contact").before["email"] == "guest@example.com"

    assert client.get(old).status_code == 404
    assert stranger.get(booking.get_absolute_url()).status_code == 404
    assert stranger.get(reverse("bookings:list")).context["upcoming"] == []
    message = Notification.objects.get(recipient="right@example.com")
    assert client.get(message.context["url"]).status_code == 302
    assert client.get(booking.get_absolute_url()).status_code == 200
    assert [one.code for one in client.get(reverse("bookings:list")).context["upcoming"]] == [booking.code]


def test_a_forged_version_opens_nothing(booking: Booking, client: Client):
    Booking.objects.filter(pk=booking.pk).update(link_version=2)
    forged = signing.TimestampSigner(salt="bookings.guest").sign(f"{booking.code}.1").replace(":", "~")
    assert client.get(reverse("bookings:guest", args=[forged])).status_code == 404


def test_a_reason_is_required(booking: Booking, manager: User):
    client = signed_in(manager)
    cases = {
        "contact": {"email": "new@example.com"},
        "names": {f"ticket-{booking.tickets.first().pk}": "New"},
        "cancel": {"tickets": [booking.tickets.first().pk]},
        "goodwill": {"amount": "5", "key": str(uuid.uuid4())},
    }
    for slug, data in cases.items():
        assert act(client, booking, slug, **data).status_code == 200, slug
    booking.refresh_from_db()
    assert booking.email == "guest@example.com"
    assert not Refund.objects.exists()
    assert booking.tickets.issued().filter(attendee_name="").count() == 2


def test_names_and_notes(booking: Booking, manager: User):
    client = signed_in(manager)
    first, second = booking.tickets.order_by("pk")
    names = {f"ticket-{first.pk}": "Ada", f"ticket-{second.pk}": "", "reason": "asked by phone"}
    for _time in range(2):
        assert act(client, booking, "names", **names).status_code == 302
        assert act(client, booking, "note", note="Comes late").status_code == 302
    first.refresh_from_db()
    booking.refresh_from_db()
    assert (first.attendee_name, booking.note) == ("Ada", "Comes late")
    assert AuditEntry.objects.filter(action__in=["name tickets", "write note"]).count() == 2
    page = client.get(page_of(booking)).content.decode()
    assert "Reason: asked by phone" in page
    assert "Comes late" in page


def test_goodwill_is_given_once_and_never_too_much(booking: Booking, manager: User):
    client = signed_in(manager)
    key = str(uuid.uuid4())
    for _time in range(2):
        assert act(client, booking, "goodwill", amount="15", key=key, reason="bad view").status_code == 302
    assert Refund.objects.get().amount == Decimal(15)
    assert captured(booking).refunded == Decimal(15)
    refused = act(client, booking, "goodwill", amount="25.01", key=str(uuid.uuid4()), reason="bad view")
    assert "cannot be more than" in refused.content.decode()
    small = act(client, booking, "goodwill", amount="1.0005", key=str(uuid.uuid4()), reason="bad view")
    assert "There is no such amount in EUR" in small.content.decode()
    assert booking.tickets.issued().count() == 2
    assert Refund.objects.count() == 1


def test_actions_that_the_state_forbids_are_refused(show: Show, manager: User):
    client = signed_in(manager)
    hold = make_hold(show, 3, email="hold@example.com")
    for slug in ("resend", "cancel", "goodwill"):
        assert act(client, hold, slug, reason="x").status_code == 302
    assert not Notification.objects.exists()
    assert act(client, hold, "release").status_code == 302
    hold.refresh_from_db()
    assert hold.state == Booking.State.EXPIRED
    assert act(client, hold, "contact", email="new@example.com", reason="x").status_code == 302
    hold.refresh_from_db()
    assert hold.email == "hold@example.com"
    assert hold.tickets.get().state == Ticket.State.RELEASED


@pytest.mark.slow
def test_a_link_alone_does_nothing(booking: Booking, manager: User):
    client = signed_in(manager)
    before = (Notification.objects.count(), AuditEntry.objects.count())
    for slug in (*ACTIONS, "release"):
        client.get(reverse(f"admin:bookings_booking_{slug}", args=[booking.pk]))
    assert (Notification.objects.count(), AuditEntry.objects.count()) == before
    assert client.post(page_of(booking), {"state": "canceled"}).status_code == 403
